"""Lines that were found in pieces: joined again where punctuation parted them.

Full-width quotes, colons and commas leave half a character of paper, at which the
detector sometimes ends a line.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from shizi.core.geometry import Quad
from shizi.core.text import TextLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shizi.core.geometry import Point

# Full-width signs with their paper on the right, and on the left.
_CLOSING = "，。、：；！？）》」』”’】"
_OPENING = "（《「『“‘【"
# Heights of the line that the gap may measure at most, and overlap.
_GAP, _OVERLAP = 1.0, 0.5
# Heights by which the pieces' middles may be apart, and the ratio of their heights.
_LEVEL, _ALIKE = 0.25, 0.75
# Heights that no continuation is farther away than: a bit more than the two allow.
_REACH = 1.01 * math.hypot(_GAP, _LEVEL)


def join_pieces(lines: Sequence[TextLine]) -> list[TextLine]:
    """Return the lines, pieces of one that stand side by side as one line."""
    whole: list[TextLine] = []
    # Where each of them ends: of a thousand lines not all pairs can be looked at.
    ends = np.empty(len(lines), np.complex128)
    for line in sorted(lines, key=lambda each: each.quad.left_top.x):
        start = _middle(line.quad.left_top, line.quad.left_bottom)
        reach = _REACH * math.dist(line.quad.left_top, line.quad.left_bottom)
        near = np.flatnonzero(np.abs(ends[: len(whole)] - start) <= reach)
        for number in near.tolist():
            if _continues(whole[number], line):
                whole[number] = _joined(whole[number], line)
                break
        else:
            number = len(whole)
            whole.append(line)
        quad = whole[number].quad
        ends[number] = _middle(quad.right_top, quad.right_bottom)
    return whole


def _middle(one: Point, other: Point) -> complex:
    """Return the place between two."""
    return complex(one.x + other.x, one.y + other.y) / 2


def _continues(before: TextLine, after: TextLine) -> bool:
    """Return whether a line goes on, behind punctuation, where another ends."""
    if before.text[-1] not in _CLOSING and after.text[0] not in _OPENING:
        return False
    one, two = np.array(before.quad), np.array(after.quad)
    heights = [float(np.hypot(*(quad[3] - quad[0]))) for quad in (one, two)]
    if min(heights) < _ALIKE * max(heights):
        return False
    length = one[1] - one[0]
    along = length / max(float(np.hypot(*length)), 1.0)
    across = np.array([-along[1], along[0]])
    height = min(heights)
    step = (two[0] + two[3]) / 2 - (one[1] + one[2]) / 2
    gap, rise = float(step @ along), abs(float(step @ across))
    return -_OVERLAP * height <= gap <= _GAP * height and rise <= _LEVEL * height


def _joined(before: TextLine, after: TextLine) -> TextLine:
    """Return two pieces as one line."""
    corners: NDArray[np.float64] = np.array(
        [before.quad[0], after.quad[1], after.quad[2], before.quad[3]]
    )
    counts = [len(before.text), len(after.text)]
    score = float(np.average([before.score, after.score], weights=counts))
    return TextLine(
        before.text + after.text,
        Quad.of(corners.tolist()),
        score,
        _joined_places(before, after, corners),
    )


def _joined_places(
    before: TextLine, after: TextLine, corners: NDArray[np.float64]
) -> tuple[float, ...]:
    """Return where the characters of two pieces lie along the whole."""
    if not (before.places and after.places):
        return ()
    whole = corners[1] - corners[0]
    square = max(float(whole @ whole), 1.0)
    places: list[float] = []
    for piece in (before, after):
        start, end = (
            float((np.array(corner) - corners[0]) @ whole) / square
            for corner in piece.quad[:2]
        )
        places += [start + place * (end - start) for place in piece.places]
    return tuple(min(max(place, 0.0), 1.0) for place in places)
