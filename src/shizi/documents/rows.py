"""A document shown as rows of labels and values, as on the screen of a telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shizi.documents.label import line_height, spans
from shizi.documents.piece import Piece, cut, spelled
from shizi.documents.value import decode_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.core.text import TextLine
    from shizi.documents.spec import DocumentSpec
    from shizi.documents.value import Find
    from shizi.ports import Engine

# So many different labels of the document must head a row, where the picture names the
# document and where it does not: other papers have some of the same rows.
_LEAST, _LEAST_UNNAMED = 4, 10
# Lines that one value may have.
_LINES = 3
# What stands between a label and a value on one line.
_COLONS = ":\uff1a"


class _Row(NamedTuple):
    """A label and where it stands, in pixels."""

    field: str | None
    left: float
    right: float
    y: float
    height: float
    rest: Piece | None


def read_rows(
    engine: Engine,
    image: Image,
    lines: Sequence[TextLine],
    spec: DocumentSpec,
    today: date,
) -> dict[str, Find]:
    """Return what the fields may say, by name; nothing if there are too few labels.

    A value stands to the right of its label or below it: which of the two, most rows
    of the picture tell.

    Args:
        engine: What reads.
        image: The picture: uint8, (H, W, 3), RGB, upright.
        lines: Its lines at first sight.
        spec: The document.
        today: No date on it is later.

    Raises:
        EngineError: The inference library failed.
    """
    fields = _fields(spec)
    rows: list[_Row] = []
    others: list[TextLine] = []
    for line in lines:
        row = _row(engine, image, line, fields)
        if row is None:
            others.append(line)
        else:
            rows.append(row)
    named = spec.word and any(spec.word in line.text for line in lines)
    least = _LEAST if named else _LEAST_UNNAMED
    if len({row.field for row in rows if row.field}) < least:
        return {}
    beside = sum(
        row.rest is not None or bool(_right(row, rows, others)) for row in rows
    )
    pick = _right if 2 * beside >= len(rows) else _below
    rules = {field.name: field.rule for page in spec.pages for field in page.fields}
    finds: dict[str, Find] = {}
    for row in rows:
        if row.field is None or row.field in finds:
            continue
        pieces = [row.rest] if row.rest else []
        pieces += [_piece(engine, image, line) for line in pick(row, rows, others)]
        if pieces:
            finds[row.field] = decode_value(
                rules[row.field],
                pieces,
                _as_is,
                today,
            )
    return finds


def count_heads(lines: Sequence[TextLine], spec: DocumentSpec) -> int:
    """Return how many lines begin with the label of a row."""
    fields = _fields(spec)
    found = (spans(line.text, fields) for line in lines)
    return sum(bool(each) and each[0].start == 0 for each in found)


def _fields(spec: DocumentSpec) -> dict[str, str | None]:
    """Return what each label of a row is the label of."""
    return {label: row.field for row in spec.rows for label in row.labels}


def _row(
    engine: Engine,
    image: Image,
    line: TextLine,
    fields: Mapping[str, str | None],
) -> _Row | None:
    """Return the row that a line begins, if it begins with a label."""
    found = spans(line.text, fields)
    if not found or found[0].start > 0:
        return None
    span = found[0]
    left, right, y, height = _extent(line)
    rest = line.text[span.end :].strip(_COLONS + " ")
    if not rest:
        return _Row(fields[span.text], left, right, y, height, None)
    piece = _piece(engine, image, line)
    parts = cut(piece, [span.text])
    values = [part for name, part in parts if name is None and part.text.strip(_COLONS)]
    if not values:
        return None
    value = values[0]
    if value.text[0] in _COLONS:
        value = value.after(1)
    return _Row(fields[span.text], left, value.left, y, height, value)


def _piece(engine: Engine, image: Image, line: TextLine) -> Piece:
    """Return a line as a piece, in pixels."""
    corners = np.array(line.quad, np.float64)
    return spelled(engine.spell(image, corners.astype(np.float32)), corners)


def _extent(line: TextLine) -> tuple[float, float, float, float]:
    """Return where a line starts and ends, how far down it is, and its height."""
    corners = np.array(line.quad, np.float64)
    left, right = float(corners[:, 0].min()), float(corners[:, 0].max())
    return left, right, float(corners[:, 1].mean()), line_height(line.quad)


def _as_is(corners: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return places in the picture as they are told, (N, 2), in pixels."""
    return corners.astype(np.float32)


def _right(
    row: _Row, rows: Sequence[_Row], lines: Sequence[TextLine]
) -> list[TextLine]:
    """Return the lines to the right of a label, and those that go on below them."""
    end = min(
        (
            other.left
            for other in rows
            if abs(other.y - row.y) < row.height / 2 and other.left > row.right
        ),
        default=np.inf,
    )
    column = (other for other in rows if other.y > row.y + row.height / 2)
    bottom = min((other.y - 0.6 * other.height for other in column), default=np.inf)
    bottom = min(bottom, row.y + _LINES * 1.8 * row.height)
    found: list[TextLine] = []
    for line in lines:
        left, right, y, height = _extent(line)
        if left < row.right - height / 2 or (left + right) / 2 > end:
            continue
        if row.y - 0.6 * height < y < bottom:
            found.append(line)
    if found and abs(_extent(found[0])[2] - row.y) > 2 * row.height:
        return []
    return sorted(found, key=lambda line: _extent(line)[2])


def _below(
    row: _Row, rows: Sequence[_Row], lines: Sequence[TextLine]
) -> list[TextLine]:
    """Return the lines below a label, down to the next label of its column."""
    end = min(
        (
            other.left
            for other in rows
            if abs(other.y - row.y) < row.height / 2 and other.left > row.right
        ),
        default=np.inf,
    )
    bottom = min(
        (
            other.y - 0.5 * other.height
            for other in rows
            if other.y > row.y + row.height / 2 and other.left < end
        ),
        default=np.inf,
    )
    bottom = min(bottom, row.y + (_LINES + 1) * 1.8 * row.height)
    found: list[TextLine] = []
    for line in lines:
        left, _, y, height = _extent(line)
        if row.left - height < left < end - height / 2 and row.y < y < bottom:
            found.append(line)
    return sorted(found, key=lambda line: _extent(line)[2])
