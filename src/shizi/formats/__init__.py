"""How what was read is written: one module a format, a table of them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from shizi.formats import alto, hocr, json, markdown, rows, text, wechat
from shizi.formats.scan import Scan

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["NAMES", "Format", "Write", "find_format"]

Write: TypeAlias = Callable[[Scan], str]


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write scans.

    Attributes:
        suffix: What is put behind a file's name to name what was read of it.
        write: Returns the text of one scan.
        head: The first row of a file that many scans share; none where each scan has a
            file of its own.
    """

    suffix: str
    write: Write
    head: str | None = None

    @property
    def is_shared(self) -> bool:
        """Return whether all scans of a run go into one file."""
        return self.head is not None


_FORMATS = {
    "txt": Format(".txt", text.write),
    "json": Format(".json", json.write),
    "jsonl": Format(".jsonl", json.write_lines, ""),
    "md": Format(".md", markdown.write),
    "hocr": Format(".hocr", hocr.write),
    "alto": Format(".alto.xml", alto.write),
    "wechat": Format(".wechat.json", wechat.write),
}
_TABLES = {"csv": rows.CSV, "tsv": rows.TSV}

NAMES = tuple(sorted({*_FORMATS, *_TABLES}))


def find_format(name: str, *, fields: Sequence[str] = ()) -> Format:
    """Return a format by its name, one of `NAMES`.

    Args:
        name: The format's name.
        fields: Of a table, the columns, where each picture is a document with these
            fields; otherwise a row is a line of text or a field.
    """
    if name in _FORMATS:
        return _FORMATS[name]
    table = _TABLES[name]
    return Format(
        f".{name}", partial(rows.write, table, fields), rows.head(table, fields)
    )
