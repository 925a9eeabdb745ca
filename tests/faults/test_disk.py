"""Claims about a store on a disk that is full, or may not be written."""

from __future__ import annotations

import asyncio
import resource
import subprocess
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.faults.crowd import crowd
from tests.faults.test_kill import count
from tests.running import NULL, serving, shizi

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bars import Bars

pytestmark = [pytest.mark.real, pytest.mark.fault]


class Disk(Protocol):
    """Where a store lies, and what can happen to it."""

    folder: Path

    def fill(self, process: int) -> None:
        """Leave no place for what the process writes."""

    def empty(self, process: int) -> None:
        """Give the place back."""


class Mounted:
    """A disk of two megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, process: int) -> None:
        del process
        with (self.folder / "filler").open("wb", buffering=0) as filler:
            for size in (65536, 4096, 1):
                with suppress(OSError):
                    while True:
                        filler.write(b"a" * size)

    def empty(self, process: int) -> None:
        del process
        (self.folder / "filler").unlink()


class Limited:
    """A folder into which the kernel lets a process write no byte more."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, process: int) -> None:
        _, most = resource.prlimit(process, resource.RLIMIT_FSIZE)
        resource.prlimit(process, resource.RLIMIT_FSIZE, (0, most))

    def empty(self, process: int) -> None:
        _, most = resource.prlimit(process, resource.RLIMIT_FSIZE)
        resource.prlimit(process, resource.RLIMIT_FSIZE, (most, most))


def may_mount() -> bool:
    """Return whether this process may mount a disk at all."""
    parts = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/tmp"]
    with suppress(OSError):
        return subprocess.run(parts, capture_output=True, check=False).returncode == 0
    return False


@contextmanager
def disk(folder: Path, kind: type[Mounted | Limited]) -> Iterator[Disk]:
    folder.mkdir()
    if kind is Limited:
        yield Limited(folder)
        return
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    try:
        yield Mounted(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


# Where nothing may be mounted, the limit alone stands for a full disk.
KINDS = [Limited, Mounted] if may_mount() else [Limited]


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_is_told_loses_nothing_and_heals(
    tmp_path: Path, bars: Bars, kind: type[Mounted | Limited]
) -> None:
    log = tmp_path / "log"
    with (
        disk(tmp_path / "disk", kind) as small,
        serving(
            small.folder / "data", "--workers", "2", program=NULL, log_name=str(log)
        ) as server,
    ):
        token = server.token()
        before = crowd(server.url, token, callers=4, each=3)
        small.fill(server.process.pid)
        during = crowd(server.url, token, callers=4, each=3)
        small.empty(server.process.pid)
        after = crowd(server.url, token, callers=4, each=3)
        alive = server.process.poll() is None
        answered = sum(each.code == 0 for each in (*before, *during, *after))
        counted = asyncio.run(count(small.folder / "data"))
    codes = sorted({each.code for each in during})
    figures = f"{codes} while full, {answered} answered, {counted} counted"
    measured = f"{kind.__name__.lower()}: {figures}"
    bars.tell("faults", "a full disk: answered with -1, heals, counts hold", measured)
    assert alive
    assert {each.code for each in (*before, *after)} == {0}
    assert set(codes) <= {0, -1}
    assert kind is Mounted or codes == [-1]
    assert answered <= counted <= answered + 4
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize("kind", KINDS)
def test_a_store_that_may_not_be_written_ends_the_start_with_a_sentence(
    tmp_path: Path, bars: Bars, kind: type[Mounted | Limited]
) -> None:
    with disk(tmp_path / "disk", kind) as small:
        data = small.folder / "data"
        start = [*NULL, "serve", "--data", str(data), "--port", "0"]
        if kind is Mounted:
            shizi("app", "add", "t", "--data", data)
            remount = ["mount", "-o", "remount,ro", str(small.folder)]
            subprocess.run(remount, check=True)
        else:
            # No store is there yet, and none can be made.
            start = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *start]
        done = subprocess.run(
            start, capture_output=True, text=True, timeout=60, check=False
        )
    said = done.stderr.strip().splitlines()[-1].replace(str(data), "...")
    measured = f"{kind.__name__.lower()}: exit {done.returncode}, `{said}`"
    bars.tell("faults", "a read-only store: the start ends, a sentence why", measured)
    assert done.returncode not in {0, 1}
    assert "Traceback" not in done.stderr
    (sentence,) = done.stderr.strip().splitlines()
    assert str(data) in sentence
