"""Reading order: rows from top to bottom, or columns of characters right to left."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shizi.core.text import TextLine

# Two lines share a row when their centres differ by less than this part of the lower
# one's height.
_SAME_ROW = 0.5
# A line so much taller than wide is a column of characters.
_COLUMN_ASPECT = 1.5


def in_reading_order(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Return the lines of an upright page as one reads them."""
    columns = sum(_is_column(line) for line in lines) * 2 > len(lines)
    rows = _columns(lines) if columns else _rows(lines)
    return tuple(line for row in rows for line in row)


def _rows(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """Return the lines by rows from top to bottom, each from left to right."""
    rows: list[tuple[float, float, list[TextLine]]] = []
    for line in sorted(lines, key=_middle):
        middle, height = _middle(line), _height(line)
        if rows:
            row_middle, row_height, members = rows[-1]
            if middle - row_middle < _SAME_ROW * min(height, row_height):
                members.append(line)
                continue
        rows.append((middle, height, [line]))
    return [sorted(members, key=_left) for *_, members in rows]


def _columns(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """Return the lines by columns from right to left, each from top to bottom."""
    columns: list[tuple[float, float, list[TextLine]]] = []
    for line in sorted(lines, key=_centre, reverse=True):
        centre, width = _centre(line), _width(line)
        if columns:
            column_centre, column_width, members = columns[-1]
            if column_centre - centre < _SAME_ROW * min(width, column_width):
                members.append(line)
                continue
        columns.append((centre, width, [line]))
    return [sorted(members, key=_top) for *_, members in columns]


def _is_column(line: TextLine) -> bool:
    return _height(line) > _COLUMN_ASPECT * _width(line)


def _middle(line: TextLine) -> float:
    ys = [corner.y for corner in line.quad]
    return (min(ys) + max(ys)) / 2


def _height(line: TextLine) -> float:
    ys = [corner.y for corner in line.quad]
    return max(ys) - min(ys)


def _left(line: TextLine) -> float:
    return min(corner.x for corner in line.quad)


def _top(line: TextLine) -> float:
    return min(corner.y for corner in line.quad)


def _centre(line: TextLine) -> float:
    xs = [corner.x for corner in line.quad]
    return (min(xs) + max(xs)) / 2


def _width(line: TextLine) -> float:
    xs = [corner.x for corner in line.quad]
    return max(xs) - min(xs)
