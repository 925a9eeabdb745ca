"""Proxies that run the recipes in deploy/."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tests.contracts.stand import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def adapt(name: str, changes: Mapping[str, str]) -> str:
    """Return a recipe with the places of this machine in it, and nothing else new."""
    text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
    for theirs, ours in changes.items():
        assert text.count(theirs) == 1, theirs
        text = text.replace(theirs, ours)
    return text


@contextmanager
def running_nginx(folder: Path, recipe: str, ports: tuple[int, ...]) -> Iterator[None]:
    """Run nginx with a recipe that listens on some ports."""
    (folder / "shizi.conf").write_text(recipe)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}"
        f"http {{ {temporary} include {folder}/shizi.conf; }}"
    )
    command = ("nginx", "-e", folder / "error.log", "-c", main)
    checked = subprocess.run([*command, "-t"], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr
    with running(command, ports):
        yield


@contextmanager
def running(
    command: tuple[str | Path, ...],
    ports: tuple[int, ...],
    environment: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Run a proxy from when its ports are open."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 30
        for port in ports:
            while not _is_open(port):
                assert time.monotonic() < deadline
                assert process.poll() is None
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _is_open(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False
