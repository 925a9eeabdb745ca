"""Where rows go: one file of JSON lines, or a folder of Parquet files.

Rows are safe on the disk when `write` returns. What it returns goes into the journal,
row by row; rows that the journal does not tell of, `cut` takes away.
"""

from __future__ import annotations

import json
import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol

from shizi.core.errors import SourceError
from shizi.journal import cut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from shizi.journal import Journal

# How a file's name that is no text is written.
_ODD: Final = "backslashreplace"

Row = dict[str, Any]


class Writer(Protocol):
    """One kind of table.

    Attributes:
        rows: How many rows are worth a write.
        seconds: How long rows may wait for others.
    """

    rows: int
    seconds: float

    def cut(self, journal: Journal) -> None:
        """Take away the rows that are not in the journal.

        Raises:
            JournalError: Rows that the journal tells of are gone.
            OSError: It cannot be written.
        """
        ...

    def write(self, rows: Sequence[Row]) -> Sequence[Mapping[str, int]]:
        """Write rows; return for each the file that has it, and the bytes to its end.

        Raises:
            OSError: It cannot be written.
        """
        ...

    def close(self) -> None:
        """Let go of the files."""
        ...


class JsonLines:
    """One file, a line a picture."""

    # What a kill costs is at most a second's work; a write to the disk takes some ms.
    rows = 100
    seconds = 1.0

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises:
            OSError: It cannot be written.
        """
        self._name = path.name
        self._file = path.open("ab")

    def cut(self, journal: Journal) -> None:
        """Cut the file off where the journal ends."""
        cut(self._file, self._name, journal.ends)

    def write(self, rows: Sequence[Row]) -> Sequence[Mapping[str, int]]:
        """Write rows and return where each ends."""
        ends: list[Mapping[str, int]] = []
        for row in rows:
            line = json.dumps(row, ensure_ascii=False) + "\n"
            self._file.write(line.encode(errors=_ODD))
            ends.append({self._name: self._file.tell()})
        self._file.flush()
        os.fsync(self._file.fileno())
        return ends

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Parquet:
    """A folder with a file for each so many pictures."""

    # Half a minute's work is what a kill costs at most.
    seconds = 30.0

    def __init__(self, folder: Path, *, rows: int, fields: bool) -> None:
        """Take a folder that is there.

        Args:
            folder: Where the files go.
            rows: Pictures a file, at most.
            fields: Whether there are documents with fields among the pictures.

        Raises:
            SourceError: The library for Parquet is not installed.
        """
        self.rows = rows
        try:
            self._arrow: Any = import_module("pyarrow")
            self._parquet: Any = import_module("pyarrow.parquet")
        except ImportError as error:
            raise SourceError(
                "Parquet needs its library: pip install 'shizi[bulk]'"
            ) from error
        self._folder = folder
        self._schema = _schema(self._arrow, fields=fields)
        self._number = 0

    def cut(self, journal: Journal) -> None:
        """Remove the files that the journal does not tell of, and such rows.

        Rows only of the last: it is begun when the one before it is in the journal.
        """
        for path in self._folder.glob("part-*.parquet"):
            if path.name not in journal.ends:
                path.unlink()
        last = max(journal.ends, default=None)
        if last is None:
            return
        self._number = int(last.removeprefix("part-").removesuffix(".parquet")) + 1
        rows: list[Row] = self._parquet.read_table(self._folder / last).to_pylist()
        done = {_text(each.id) for each in journal.entries.values() if each.is_done}
        kept = [row for row in rows if row["id"] in done]
        if len(kept) < len(rows):
            self._write(last, kept)

    def write(self, rows: Sequence[Row]) -> Sequence[Mapping[str, int]]:
        """Write one file and return its size, for each row the same."""
        name = f"part-{self._number:06}.parquet"
        self._number += 1
        size = self._write(name, [{**row, "id": _text(row["id"])} for row in rows])
        return [{name: size}] * len(rows)

    def _write(self, name: str, rows: Sequence[Row]) -> int:
        """Write one file, all or nothing of it, and return its size."""
        path = self._folder / name
        # Readers of the folder pass over names that begin with a dot.
        draft = self._folder / f".{name}"
        table = self._arrow.Table.from_pylist(rows, schema=self._schema)
        with draft.open("wb") as file:
            self._parquet.write_table(table, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        draft.rename(path)
        _sync(self._folder)
        return size

    def close(self) -> None:
        """Do nothing: each file is closed when it is written."""


def _schema(arrow: Any, *, fields: bool) -> Any:  # noqa: ANN401 - it ships no types
    """Return the columns of a table and their types."""
    text, whole = arrow.string(), arrow.int32()
    quad = arrow.list_(arrow.list_(arrow.float32()))
    value = [("text", text), ("score", arrow.float32()), ("quad", quad)]
    lines = arrow.list_(arrow.struct(value))
    columns = [("id", text), ("width", whole), ("height", whole)]
    columns += [("text", text), ("lines", lines)]
    if fields:
        named = arrow.struct([("name", text), *value])
        columns += [
            ("kind", text),
            ("fields", arrow.list_(named)),
            ("warnings", arrow.list_(text)),
        ]
    return arrow.schema(columns)


def _text(name: str) -> str:
    """Return a name that has a form in UTF-8, whatever bytes it is made of."""
    return name.encode(errors=_ODD).decode()


def _sync(folder: Path) -> None:
    """Make the folder's newest entry outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
