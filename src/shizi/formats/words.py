"""Lines in words: where each one lies.

A word is what stands between spaces; Chinese has none, so that a line of it is a word.
Where a line was read straight, the recogniser tells in which of its steps, of an eighth
or so of a line's height, each character is; bent and mended lines are shared out by the
width that each character usually has.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shizi.core.geometry import Quad

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shizi.core.text import TextLine

_WORD = re.compile(r"\S+")
_ENDLESS = 1 << 30


class Box(NamedTuple):
    """An upright box around something, in whole pixels of the image."""

    left: int
    top: int
    right: int
    bottom: int


class Word(NamedTuple):
    """A part of a line.

    Attributes:
        text: Its characters, no spaces among them.
        quad: Where it lies, in pixels of the upright image.
    """

    text: str
    quad: Quad


def words_of(line: TextLine, *, most: int = _ENDLESS) -> list[Word]:
    """Return the words of a line, in reading order.

    Args:
        line: The line.
        most: Characters of a word of ideographs alone; a longer one comes in parts.
    """
    middles = places_of(line)
    half = _half_pitch(line.text, middles)
    cuts = [0.0, *((one + two) / 2 for one, two in pairwise(middles)), 1.0]
    words: list[Word] = []
    for first, last in _spans(line.text, most):
        start, end = cuts[first], cuts[last + 1]
        # Beside a space the cut lies in the middle of the paper, not at the letter.
        if line.text[first - 1 : first].isspace():
            start = max(start, middles[first] - half)
        if line.text[last + 1 : last + 2].isspace():
            end = min(end, middles[last] + half)
        quad = part_of(line.quad, start, max(start, end))
        words.append(Word(line.text[first : last + 1], quad))
    return words


def places_of(line: TextLine) -> Sequence[float]:
    """Return where a line's characters lie, as shares of its length, known or not."""
    known = len(line.places) == len(line.text)
    return line.places if known else _usual_places(line.text)


def _spans(text: str, most: int) -> Iterator[tuple[int, int]]:
    """Give the first and the last character of each word."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        step = most if all(map(is_wide, match.group())) else end - start
        for first in range(start, end, step):
            yield first, min(first + step, end) - 1


def part_of(quad: Quad, start: float, end: float) -> Quad:
    """Return the part of a line between two shares of its length."""
    left_top, right_top, right_bottom, left_bottom = np.array(quad, np.float64)
    top, bottom = right_top - left_top, right_bottom - left_bottom
    return Quad.of(
        [
            left_top + start * top,
            left_top + end * top,
            left_bottom + end * bottom,
            left_bottom + start * bottom,
        ]
    )


def box_of(quad: Quad) -> Box:
    """Return the upright box around an outline, in whole pixels, not below 0."""
    corners = np.array(quad, np.float64)
    left, top = np.floor(corners.min(axis=0)).clip(0).astype(int).tolist()
    right, bottom = np.ceil(corners.max(axis=0)).clip(0).astype(int).tolist()
    return Box(left, top, right, bottom)


def _usual_places(text: str) -> list[float]:
    """Return where the characters lie if each has its usual width."""
    widths = np.array([2.0 if is_wide(each) else 1.0 for each in text])
    ends = widths.cumsum()
    middles: list[float] = ((ends - widths / 2) / ends[-1]).tolist()
    return middles


def _half_pitch(text: str, middles: Sequence[float]) -> float:
    """Return half the usual way from one character to the next."""
    steps = [
        middles[place + 1] - middles[place]
        for place, (one, two) in enumerate(pairwise(text))
        if not (one.isspace() or two.isspace())
    ]
    return float(np.median(steps)) / 2 if steps else 0.5


def is_wide(character: str) -> bool:
    """Return whether a character is as wide as an ideograph."""
    return unicodedata.east_asian_width(character) in {"W", "F"}
