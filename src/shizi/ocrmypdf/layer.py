"""The text layer: where OCRmyPDF is to set the words of a line.

OCRmyPDF sets a line's words on a straight one that begins at the lower left corner of
the line's box, in letters as high as the box, and fits each word between the ends of
the word's own box. An upright box around what is askew is too high and too long. Given
is the box that a line or word would fill if it were turned level about its beginning.
"""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
from ocrmypdf import OcrElement
from ocrmypdf.models.ocr_element import Baseline, BoundingBox, OcrClass

from shizi.core.geometry import Quad
from shizi.formats.words import is_wide, part_of, places_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shizi.core.text import TextLine

# Where a line of print stands in its box: so much of its height is below the letters'
# feet. As the font that OCRmyPDF measures by has it (Noto Sans: 293 of 1362).
_BELOW = 0.215
# Ideographs that are set at even steps between two known places: in longer words they
# strayed by up to .62 of the line's height, in these by up to .35 (the sample on its
# feet, its sides and its head). OCRmyPDF puts no space between ideographs.
_RUN = 4
# Slopes that OCRmyPDF takes for level: the line then runs through its own middle.
_LEVEL = 0.005


def set_line(line: TextLine, scale: tuple[float, float]) -> OcrElement:
    """Return a line and its words, in pixels of the page that OCRmyPDF drew.

    Args:
        line: The line, in pixels of the page as it was read.
        scale: The drawn page's width and height by those of the page that was read.
    """
    quad = _scaled(line.quad, scale)
    left_top, right_top, right_bottom, left_bottom = np.array(quad)
    across, down = right_top - left_top + right_bottom - left_bottom
    # Not `angle_of`: half a degree is level to it, and 40 letters rise a third of one.
    angle = math.degrees(math.atan2(down, across))
    quarter = round(angle / 90) * 90
    slope = math.tan(math.radians(angle - quarter))
    height = math.dist(quad.left_top, quad.left_bottom)
    return OcrElement(
        OcrClass.LINE,
        bbox=_level(quad, quarter, slope),
        baseline=Baseline(slope, -_BELOW * height),
        textangle=float(-quarter),
        confidence=line.score,
        children=[
            OcrElement(
                OcrClass.WORD,
                bbox=_level(_scaled(part, scale), quarter, slope),
                text=text,
                confidence=line.score,
            )
            for text, part in _parts(line)
        ],
    )


def _parts(line: TextLine) -> Iterator[tuple[str, Quad]]:
    """Give the words of a line, and between which ends each is to be fitted.

    OCRmyPDF would put a space between ideographs and what else stands in a word of
    them. Such a word is set as one, in the font's widths, where it strays least: its
    ends are those by which its letters come nearest to their known places.
    """
    places = places_of(line)
    start = 0
    for word in words_of(line, most=_RUN):
        start = line.text.index(word.text, start)
        end = start + len(word.text)
        wide = [is_wide(each) for each in word.text]
        if any(wide) and not all(wide):
            yield word.text, part_of(line.quad, *_ends(wide, places[start:end]))
        else:
            yield word.text, word.quad
        start = end


def _ends(wide: Sequence[bool], places: Sequence[float]) -> tuple[float, float]:
    """Return the ends by which evenly set letters lie nearest to their places."""
    widths = np.array(wide) + 1.0
    ends = np.array(list(accumulate(widths)))
    middles = (ends - widths / 2) / ends[-1]
    fit = np.polynomial.Polynomial.fit(middles, np.array(places), 1, domain=[-1, 1])
    return float(fit(0.0)), float(fit(1.0))


def _level(quad: Quad, quarter: int, slope: float) -> BoundingBox:
    """Return what an outline fills when it is turned level, about its beginning."""
    corners = np.array(quad)
    turn = math.radians(quarter)
    along = np.array([math.cos(turn), math.sin(turn)])
    below = np.array([-along[1], along[0]])
    length = np.linalg.norm(corners[1] - corners[0] + corners[2] - corners[3]) / 2
    height = np.linalg.norm(corners[3] - corners[0])
    # OCRmyPDF turns the box to the slope and takes the corner that then comes first.
    first = corners[0] if slope >= 0 else corners[3] - height * below
    if abs(slope) < _LEVEL:
        first = corners.mean(axis=0) - (length * along + height * below) / 2
    box = np.array([first, first + length * along + height * below])
    (left, top), (right, bottom) = box.min(axis=0).tolist(), box.max(axis=0).tolist()
    return BoundingBox(left, top, max(right, left + 1), max(bottom, top + 1))


def _scaled(quad: Quad, scale: tuple[float, float]) -> Quad:
    """Return an outline in pixels of another size of the same page."""
    across, down = scale
    return Quad.of((x * across, y * down) for x, y in quad)
