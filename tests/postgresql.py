"""A PostgreSQL server of the tests' own, from the system's package."""

from __future__ import annotations

import asyncio
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Where Debian keeps what belongs to one version; others have it on the path.
_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


class Cluster:
    """A running server that anyone on this machine may use."""

    def __init__(
        self, command: Sequence[str | Path], as_whom: dict[str, Any], port: int
    ) -> None:
        self._command = command
        self._as_whom = as_whom
        self._port = port
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, name: str) -> str:
        return f"postgresql://shizi:unused@127.0.0.1:{self._port}/{name}"

    def create(self) -> str:
        """Return the URL of what is as good as an empty database: an empty schema.

        A database of its own for each test costs 7 MB and half a second.
        """
        name = f"t{secrets.token_hex(8)}"
        asyncio.run(self._execute(f"CREATE SCHEMA {name}"))
        return f"{self.url('postgres')}?search_path={name}"

    async def _execute(self, statement: str) -> None:
        driver: Any = import_module("asyncpg")
        connection = await driver.connect(self.url("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def start(self) -> None:
        """Start the server and return when it answers."""
        self.process = subprocess.Popen(
            self._command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._as_whom,
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                return asyncio.run(self._execute("SELECT 1"))
            except Exception:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End the server: at once, or with SIGINT after a last checkpoint."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)


def find_program(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join(map(str, _FOLDERS))) or shutil.which(
        name
    )


def _account(*names: str) -> pwd.struct_passwd:
    """Return the first of some users that this machine has."""
    known = {each.pw_name: each for each in pwd.getpwall()}
    return next(known[name] for name in names if name in known)


@contextmanager
def running_cluster(*options: str) -> Iterator[Cluster]:
    """Start a server in a folder of its own, and leave nothing of it.

    Args:
        options: Settings of its own, `name=value`.
    """
    folder = Path(tempfile.mkdtemp(prefix="shizi-postgresql-"))
    as_whom: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:
        # PostgreSQL does not run as root.
        account = _account("postgres", "nobody")
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_whom |= {
            "user": account.pw_uid,
            "group": account.pw_gid,
            "extra_groups": [],
        }
    data = folder / "data"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    try:
        subprocess.run(
            [find_program("initdb") or "initdb", "--pgdata", data, "--no-sync",
             "--username", "shizi", "--auth", "trust", "--encoding", "UTF8",
             "--locale", "C"],
            check=True, capture_output=True, **as_whom,
        )  # fmt: skip
        cluster = Cluster(
            [find_program("postgres") or "postgres", "-D", data, "-p", str(port),
             "-c", "listen_addresses=127.0.0.1", "-k", folder, "-c", "fsync=off",
             *(word for option in options for word in ("-c", option))],
            as_whom, port,
        )  # fmt: skip
        try:
            cluster.start()
            yield cluster
        finally:
            # Without a last checkpoint: the data go, too.
            cluster.stop()
    finally:
        shutil.rmtree(folder)
