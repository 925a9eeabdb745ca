"""Tables: a row a line of text or field, or a row a document."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shizi.core.card import Field
    from shizi.core.text import TextLine
    from shizi.formats.scan import Leaf, Scan

_Row: TypeAlias = "list[str]"

# Of a long table; `name` is the line's number, from 1, or the field's name.
_LONG = ("file", "page", "name", "text", "score")
_CORNERS = ("left_top", "right_top", "right_bottom", "left_bottom")
_PLACE = tuple(f"{corner}_{axis}" for corner in _CORNERS for axis in "xy")
# Of a wide one, before and behind the fields.
_BEFORE, _BEHIND = ("file", "page"), ("warnings",)


@dataclass(frozen=True, slots=True)
class Table:
    """How rows are written.

    Attributes:
        mark: What the file begins with.
        is_quoted: Whether values are quoted where needed; otherwise what parts values
            is taken out of them.
    """

    mark: str
    is_quoted: bool


# The mark of UTF-8: without it Excel takes the file for the system's old encoding.
CSV = Table("\ufeff", is_quoted=True)
TSV = Table("", is_quoted=False)


def head(table: Table, fields: Sequence[str]) -> str:
    """Return the first row, with the file's mark before it."""
    columns = (*_BEFORE, *fields, *_BEHIND) if fields else (*_LONG, *_PLACE)
    return table.mark + _written(table, [list(columns)])


def write(table: Table, fields: Sequence[str], scan: Scan) -> str:
    """Return the rows of a scan.

    Args:
        table: How they are written.
        fields: The fields that have a column each; none for a row a line or field.
        scan: What was read.
    """
    if fields:
        rows = (_wide(scan.title, leaf, fields) for leaf in scan.leaves)
        return _written(table, rows)
    leaves = (_long(scan.title, leaf) for leaf in scan.leaves)
    return _written(table, chain.from_iterable(leaves))


def _wide(source: str, leaf: Leaf, fields: Sequence[str]) -> _Row:
    card = leaf.sheet.card
    if card is None:
        return [source, str(leaf.number), *("" for _ in fields), ""]
    known = card.fields
    texts = [known[name].text if name in known else "" for name in fields]
    return [source, str(leaf.number), *texts, " ".join(card.warnings)]


def _long(source: str, leaf: Leaf) -> Iterator[_Row]:
    card, lines = leaf.sheet.card, leaf.sheet.page.lines
    items: Iterable[tuple[str, Field | TextLine]] = (
        ((str(number), line) for number, line in enumerate(lines, 1))
        if card is None
        else card.fields.items()
    )
    for name, item in items:
        place = [f"{number:.1f}" for corner in item.quad for number in corner]
        text, score = item.text, f"{item.score:.4f}"
        yield [source, str(leaf.number), name, text, score, *place]


def _written(table: Table, rows: Iterable[_Row]) -> str:
    if not table.is_quoted:
        return "".join(
            "\t".join(" ".join(value.split()) for value in row) + "\n" for row in rows
        )
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()
