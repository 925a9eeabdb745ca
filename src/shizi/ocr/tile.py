"""Long pictures in parts: where to cut, and how the parts' boxes go together."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from shizi.ocr.detect import Box, clockwise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# 3: a phone's screen is 2.2 times as high as wide and reads well in one piece; the
# long screenshots and strips beyond that would be shrunk until nothing is legible.
_ASPECT = 3.0
# Pixels that neighbouring parts share; no line of common size is higher.
_OVERLAP = 160
# Boxes of two parts that share so much of the smaller one's sides are one line.
_SHARED = 0.6


class Tile(NamedTuple):
    """A part of a picture, in pixels."""

    left: int
    top: int
    right: int
    bottom: int


def tiles(width: int, height: int, longest: int) -> list[Tile]:
    """Return the parts of a picture; one for all but very long ones.

    Args:
        width: Width of the picture in pixels.
        height: Height of the picture in pixels.
        longest: Long side in pixels that needs no cutting.
    """
    long, short = max(width, height), min(width, height)
    if long <= longest or long < _ASPECT * short:
        return [Tile(0, 0, width, height)]
    step = max(longest, 2 * short) - _OVERLAP
    count = -(-(long - _OVERLAP) // step)
    cuts = [round(number * (long - _OVERLAP) / count) for number in range(count + 1)]
    spans = [(cut, end + _OVERLAP) for cut, end in pairwise(cuts)]
    if width > height:
        return [Tile(start, 0, end, height) for start, end in spans]
    return [Tile(0, start, width, end) for start, end in spans]


def joined(parts: Sequence[Sequence[Box]]) -> list[Box]:
    """Return the boxes of all parts, those that two neighbours share as one.

    Args:
        parts: The boxes of each part, in pixels of the whole picture.
    """
    whole: list[Box] = []
    previous: list[Box] = []
    for part in parts:
        current: list[Box] = []
        left = dict(enumerate(previous))
        lows, highs = _bounds(previous)
        for box in part:
            low, high = box.corners.min(axis=0), box.corners.max(axis=0)
            # A thousand boxes a part: only those that touch are worth a closer look.
            touching = np.flatnonzero(((lows < high) & (highs > low)).all(axis=1))
            same = [
                number
                for number in touching.tolist()
                if number in left and _share(box, left[number])
            ]
            others = [left.pop(number) for number in same]
            current.append(_union([box, *others]) if others else box)
        whole += left.values()
        previous = current
    return whole + previous


def _bounds(
    boxes: Sequence[Box],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the least and the greatest x and y of each box, float32, (N, 2)."""
    corners = np.array([box.corners for box in boxes], np.float32).reshape(-1, 4, 2)
    return corners.min(axis=1), corners.max(axis=1)


def _share(one: Box, other: Box) -> bool:
    """Return whether two boxes are parts of one line, or the same line twice."""
    low = np.maximum(one.corners.min(axis=0), other.corners.min(axis=0))
    high = np.minimum(one.corners.max(axis=0), other.corners.max(axis=0))
    sizes = [np.ptp(box.corners, axis=0) for box in (one, other)]
    common = high - low
    parts = common / np.maximum(np.minimum(*sizes), 1)
    if (parts >= _SHARED).all():
        return True
    # A line that runs through both: level with itself, and cut in the shared pixels.
    along = int(sizes[0].argmax())
    runs = int(sizes[1].argmax()) == along and common[along] >= _OVERLAP / 2
    return bool(runs and parts[1 - along] >= _SHARED)


def _union(boxes: Sequence[Box]) -> Box:
    points = np.concatenate([box.corners for box in boxes])
    corners = np.asarray(cv2.boxPoints(cv2.minAreaRect(points)), np.float32)
    return Box(clockwise(corners), max(box.score for box in boxes))
