"""What has been done of a long run: one file, one line of JSON an item, only added to.

The first line tells the format and what the run was told to do; each further one tells
of one item that it is done, or why it failed. An item is known by an id (a path, an
address) and a version, which changes when the item does. A run that ends in the middle,
however it ends, is taken up again: what the journal tells of is not done once more.

::

    {"journal": 1, "run": {"formats": "json", "card": ""}}
    {"id": "scans/a.jpg", "version": "48213-1795253434", "pages": 1, "at": 1795253500.1}
    {"id": "scans/b.jpg", "version": "12-1795253434", "error": "no JPEG, PNG, WebP ..."}

The last line may be cut short by a crash; it is dropped.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Self, cast

from shizi.core.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one item.

    Attributes:
        id: The item's name, one of its own in the run.
        version: What tells this item from a later one of the same name.
        error: Why it failed, or a part of it; none if nothing did.
        pages: How many pictures were read of it.
        ends: Bytes of each file that many items share, once this one was in it, by the
            file's name.
        at: When, in seconds since 1970; 0 if it does not matter.
    """

    id: str
    version: str = ""
    error: str | None = None
    pages: int = 0
    ends: Mapping[str, int] = field(default_factory=dict[str, int])
    at: float = 0.0

    @property
    def is_done(self) -> bool:
        """Return whether something came of the item: it is not done once more."""
        return self.error is None or self.pages > 0


class Journal:
    """An open journal; one process at a time, one thread at a time."""

    def __init__(
        self, path: Path, *, run: Mapping[str, str], resume: bool = False
    ) -> None:
        """Open or begin a journal.

        Args:
            path: The file; its folder is there.
            run: What the run was told, as far as the results depend on it.
            resume: Whether to go on with what the file tells; else it begins anew.

        Raises:
            JournalError: The file is no journal, tells of a run that was told something
                else, or is another process's.
            OSError: It cannot be read or written.
        """
        self._entries: dict[str, Entry] = {}
        self._ends: dict[str, int] = {}
        self._file = path.open("a+b")
        try:
            self._lock(path)
            if resume:
                self._take_up(path, run)
            else:
                self._file.truncate(0)
            if not self._file.seek(0, os.SEEK_END):
                self._write({"journal": FORMAT, "run": dict(run)})
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        """Return the journal itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Return what became of each item, by its id; the latest where it was twice."""
        return self._entries

    @property
    def ends(self) -> Mapping[str, int]:
        """Return the bytes of each shared file that the journal vouches for."""
        return self._ends

    def is_done(self, name: str, version: str = "") -> bool:
        """Return whether an item of this version is done."""
        entry = self._entries.get(name)
        return entry is not None and entry.is_done and entry.version == version

    def add(self, entry: Entry) -> None:
        """Tell what became of an item; what the entry tells of is written already.

        Raises:
            OSError: It cannot be written.
        """
        blank = asdict(Entry(entry.id))
        told = {k: v for k, v in asdict(entry).items() if v != blank[k]}
        self._write({"id": entry.id, **told})
        self._note(entry)

    def _note(self, entry: Entry) -> None:
        self._entries[entry.id] = entry
        self._ends.update(entry.ends)

    def _lock(self, path: Path) -> None:
        """Keep others out until the file is closed."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise JournalError(f"{path}: another process writes it") from error

    def _take_up(self, path: Path, run: Mapping[str, str]) -> None:
        """Read what is there, and cut off a last line that is not whole."""
        self._file.seek(0)
        place = 0
        for number, line in enumerate(self._file, 1):
            if not line.endswith(b"\n"):
                break
            told = _parse(path, number, line)
            if number == 1:
                _check(path, told, run)
            else:
                self._note(_entry(path, number, told))
            place += len(line)
        self._file.truncate(place)

    def _write(self, told: Mapping[str, object]) -> None:
        # One write a line: a crash leaves whole lines and at most one that is not.
        # Escaped: file names that are no text have a form in JSON, and none in UTF-8.
        self._file.write(json.dumps(told).encode("ascii") + b"\n")
        self._file.flush()


def cut(file: BinaryIO, name: str, ends: Mapping[str, int]) -> int:
    """Cut a file that items share off where a journal ends; return its size.

    Raises:
        JournalError: The file is shorter than the journal tells.
        OSError: It cannot be written.
    """
    end = ends.get(name, 0)
    if file.seek(0, os.SEEK_END) < end:
        raise JournalError(f"{name}: shorter than the journal beside it tells")
    file.truncate(end)
    return file.seek(0, os.SEEK_END)


def _parse(path: Path, number: int, line: bytes) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        told: object = json.loads(line)
        if isinstance(told, dict):
            return cast("dict[str, Any]", told)
    raise JournalError(f"{path}: line {number} is no line of a journal")


def _check(path: Path, told: Mapping[str, Any], run: Mapping[str, str]) -> None:
    """Refuse to go on with what is another run."""
    if told.get("journal") != FORMAT:
        raise JournalError(f"{path}: no journal of this format")
    before: Mapping[str, str] = told.get("run", {})
    for name in sorted({*before, *run}):
        if before.get(name) != run.get(name):
            raise JournalError(
                f"{path}: the run was begun with {name} = {before.get(name)!r},"
                f" not {run.get(name)!r}"
            )


def _entry(path: Path, number: int, told: Mapping[str, Any]) -> Entry:
    try:
        return Entry(**told)
    except TypeError as error:
        raise JournalError(f"{path}: line {number} is no line of a journal") from error


def version_of(path: Path) -> str:
    """Return what tells a file from another one of the same name: its size and time.

    Raises:
        OSError: There is no such file.
    """
    status = os.stat(path)  # noqa: PTH116 - the same for a path of any kind
    return f"{status.st_size}-{status.st_mtime_ns}"
