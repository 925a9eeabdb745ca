"""Reading order: rows, columns of running text, columns of characters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shizi.core.text import TextLine

# Two lines share a row when their middles differ by less than this part of the lower
# one's height.
_SAME_ROW = 0.5
# A line so much taller than wide is a column of characters.
_COLUMN_ASPECT = 1.5
# Columns of running text have so many lines each, and so few lines across them.
_LEAST_LINES, _MOST_ACROSS = 3, 0.4
# A line of running text fills so much of its column, and is so often longer than high.
_FULL, _LONG = 0.7, 6.0
# 100: places of a page looked at for gutters. Their number grows without bounds with
# the lines of a page that has none: 19 000 on a receipt of 81 lines, 2 s. On 210 real
# and drawn pages 12 gave the same order as 1 000, which cost three times as much.
_MOST_LOOKS = 100


class _Placed(NamedTuple):
    """A line and its upright box on the page set straight, in pixels."""

    line: TextLine
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def in_reading_order(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Return the lines of an upright page as one reads them."""
    if not lines:
        return ()
    tilt = _tilt(lines)
    placed = [_place(line, tilt) for line in lines]
    if sum(each.height > _COLUMN_ASPECT * each.width for each in placed) * 2 > len(
        lines
    ):
        ordered = _columns(placed)
    else:
        ordered = _blocks(placed, _Gutters())
    return tuple(each.line for each in ordered)


def _tilt(lines: Sequence[TextLine]) -> float:
    """Return the angle of the longer lines against the level, in radians."""
    sides = [
        np.subtract(line.quad.right_top, line.quad.left_top)
        for line in lines
        if line.quad.right_top.x > line.quad.left_top.x
    ]
    long = sorted(sides, key=lambda side: -float(np.hypot(*side)))[
        : 1 + len(sides) // 2
    ]
    angles = [float(np.arctan2(side[1], side[0])) for side in long]
    return float(np.median(angles)) if angles else 0.0


def _place(line: TextLine, tilt: float) -> _Placed:
    """Return a line on the page turned back by its tilt."""
    cosine, sine = np.cos(tilt), np.sin(tilt)
    corners = np.array(line.quad) @ np.array([[cosine, -sine], [sine, cosine]])
    middle = corners.mean(axis=0)
    side = corners[1] - corners[0]
    if abs(side[1]) < abs(side[0]):
        # A long line that is not quite level would else seem high.
        half = np.abs(corners[:2] - corners[[3, 2]]).mean(axis=0)[1] / 2
        top, bottom = middle[1] - half, middle[1] + half
    else:
        top, bottom = corners[:, 1].min(), corners[:, 1].max()
    left, right = corners[:, 0].min(), corners[:, 0].max()
    return _Placed(line, float(left), float(top), float(right), float(bottom))


def _rows(lines: Sequence[_Placed]) -> list[_Placed]:
    """Return the lines by rows from top to bottom, each from left to right."""
    rows: list[list[_Placed]] = []
    for line in sorted(lines, key=lambda each: each.middle):
        if rows:
            first = rows[-1][0]
            reach = _SAME_ROW * min(line.height, first.height)
            if line.middle - first.middle < reach:
                rows[-1].append(line)
                continue
        rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda each: each.left)]


def _columns(lines: Sequence[_Placed]) -> list[_Placed]:
    """Return the lines by columns from right to left, each from top to bottom."""
    columns: list[list[_Placed]] = []
    for line in sorted(lines, key=lambda each: -each.centre):
        if columns:
            first = columns[-1][0]
            if first.centre - line.centre < _SAME_ROW * min(line.width, first.width):
                columns[-1].append(line)
                continue
        columns.append([line])
    return [
        line for column in columns for line in sorted(column, key=lambda each: each.top)
    ]


def _blocks(lines: Sequence[_Placed], gutters: _Gutters) -> list[_Placed]:
    """Return the lines of running text by its columns, all others by rows.

    A page is cut at a gutter that few lines cross; those few, such as a headline, stand
    between the parts above and below them.
    """
    gutter = gutters.find(lines)
    if gutter is None:
        return _rows(lines)
    ordered: list[_Placed] = []
    start = float("-inf")
    across = [each for each in lines if each.left < gutter < each.right]
    for line in sorted(across, key=lambda each: each.middle):
        band = [each for each in lines if start <= each.middle < line.middle]
        ordered += [*_beside(band, gutter, gutters), line]
        start = line.middle
    band = [each for each in lines if start <= each.middle]
    return ordered + _beside(band, gutter, gutters)


def _beside(band: Sequence[_Placed], gutter: float, gutters: _Gutters) -> list[_Placed]:
    """Return the lines of a band left of a gutter, then those right of it."""
    left = [each for each in band if each.right <= gutter]
    right = [each for each in band if each.left >= gutter]
    if not left or not right:
        return _rows(left or right)
    return _blocks(left, gutters) + _blocks(right, gutters)


class _Gutters:
    """Finds where columns of running text part, within the bounds of one page."""

    def __init__(self) -> None:
        self._looks = 0

    def find(self, lines: Sequence[_Placed]) -> float | None:
        """Return the gutter that parts the lines most evenly, if they have one."""
        lefts = np.array([each.left for each in lines])
        rights = np.sort([each.right for each in lines])
        places = np.unique(lefts)
        before = np.searchsorted(rights, places, side="right")
        after = len(lines) - np.searchsorted(np.sort(lefts), places, side="left")
        fewer = np.minimum(before, after)
        crossing = len(lines) - before - after
        few = (fewer >= _LEAST_LINES) & (crossing <= _MOST_ACROSS * len(lines))
        for number in np.argsort(-fewer[few], kind="stable"):
            place = float(places[few][number])
            self._looks += 1
            if self._looks > _MOST_LOOKS:
                return None
            parts = (
                [each for each in lines if each.right <= place],
                [each for each in lines if each.left >= place],
            )
            if all(
                _is_running_text(part) or self.find(part) is not None for part in parts
            ):
                return place
        return None


def _is_running_text(lines: Sequence[_Placed]) -> bool:
    """Return whether most lines are long and fill their column, unlike cells."""
    width = max(each.right for each in lines) - min(each.left for each in lines)
    full = [each for each in lines if each.width >= _FULL * width]
    return sum(each.width >= _LONG * each.height for each in full) * 2 >= len(lines)
