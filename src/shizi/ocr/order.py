"""Reading order: rows from top to bottom, left to right inside a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shizi.core.text import TextLine

# Two lines share a row when their centres differ by less than this part of the lower
# one's height.
_SAME_ROW = 0.5


def in_reading_order(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Return the lines as one reads them."""
    rows: list[tuple[float, float, list[TextLine]]] = []
    for line in sorted(lines, key=_middle):
        middle, height = _middle(line), _height(line)
        if rows:
            row_middle, row_height, members = rows[-1]
            if middle - row_middle < _SAME_ROW * min(height, row_height):
                members.append(line)
                continue
        rows.append((middle, height, [line]))
    return tuple(line for *_, members in rows for line in sorted(members, key=_left))


def _middle(line: TextLine) -> float:
    ys = [corner.y for corner in line.quad]
    return (min(ys) + max(ys)) / 2


def _height(line: TextLine) -> float:
    ys = [corner.y for corner in line.quad]
    return max(ys) - min(ys)


def _left(line: TextLine) -> float:
    return min(corner.x for corner in line.quad)
