"""A network of its own in which WeChat's host name leads to the server."""

from __future__ import annotations

import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.contracts.stand import ROOT
from tests.running import SHIZI

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WECHAT = "api.weixin.qq.com"

# Needs no privilege where a user may have a namespace: in it the user is root, may turn
# the loopback interface on, listen on port 443, and lay another file over /etc/hosts.
_APART = ("unshare", "--map-root-user", "--mount", "--net", "sh", "-euc")
_SET_UP = 'ip link set lo up; mount --bind "$0" /etc/hosts; exec "$@"'


@dataclass(frozen=True, slots=True)
class Island:
    """A running server with WeChat's name.

    Attributes:
        inside: What to put before a command that shall run on the island.
        certificate: The CA that signed the server's certificate.
    """

    inside: tuple[str, ...]
    certificate: Path


def make_ca(folder: Path, *hosts: str) -> None:
    """Run the script that the documents tell to run."""
    script = ROOT / "deploy" / "own-ca.sh"
    subprocess.run(["sh", script, folder, *hosts], check=True, capture_output=True)


@contextmanager
def island(folder: Path, data: Path, pictures: Path) -> Iterator[Island]:
    """Serve on port 443 of WeChat's host, and pictures on port 8000 of localhost.

    Args:
        folder: For the hosts file, the certificate and logs.
        data: The server's data folder.
        pictures: What the second server serves.
    """
    make_ca(folder, WECHAT)
    hosts = folder / "hosts"
    hosts.write_text(f"127.0.0.1 localhost {WECHAT}\n")
    tls = ("--tls-cert", folder / "tls.crt", "--tls-key", folder / "tls.key")
    place = ("--data", data, "--port", "443", "--fetch-allow", "localhost")
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [*_APART, _SET_UP, hosts, *SHIZI, "serve", "--workers", "1", *tls, *place],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert server.stdout is not None
        inside = ("nsenter", f"--target={server.pid}", "--user", "--mount", "--net")
        inside += ("--preserve-credentials", "--")
        web = None
        try:
            assert re.search("ready on", server.stdout.readline()), (
                folder / "log"
            ).read_text()
            web = subprocess.Popen(
                [*inside, SHIZI[0], "-m", "http.server", "-d", pictures, "8000"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            yield Island(inside, folder / "ca.pem")
        finally:
            for process in (web, server):
                if process is not None:
                    process.kill()
                    process.communicate()
