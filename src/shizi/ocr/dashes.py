"""Dashes counted by their length.

The Chinese dash —— is one stroke as long as two characters, which the recogniser takes
for one sign, for 一, or for both. What it is, its length tells.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from shizi.ocr.crop import LINE_HEIGHT
from shizi.ocr.recognise import Reading, is_ideograph

if TYPE_CHECKING:
    from shizi.ocr.look import Look
    from shizi.ocr.turn import Line

# What a level stroke is read as.
_STROKES = re.compile("[—一－–-]+")
# Characters side by side that tell how wide one is.
_WITNESSES = 2
# Widths of a character: dashes of seven typefaces measured 1.5 to 2.3 and 一 up to 1.0;
# one of three runs into the 一 behind it, as in ——一个. A gap within a dash; the
# neighbours' edges, which are no strokes at all.
_DASH, _BOTH, _LONGEST = 1.35, 2.6, 3.5
_GAP = 0.05
_SPECK = 0.2
# Rows of the strip, above and below, in which neighbouring lines may show.
_EDGE = 6
# Widths of a character that a level stroke is high at most.
_THICKNESS = 0.3


def count_dashes(line: Line, look: Look) -> Line:
    """Return a line whose dashes are as many signs as they are long.

    Args:
        line: What was read.
        look: What it looks like.
    """
    text, places = line.reading.text, line.reading.places
    if not _STROKES.search(text):
        return line
    pitches = [
        places[number + 1] - places[number]
        for number, (one, other) in enumerate(pairwise(text))
        if all(is_ideograph(each) and each != "一" for each in (one, other))
    ]
    if len(pitches) < _WITNESSES:
        return line
    # The recogniser's places are in steps of eight columns; their mean is finer.
    usual = np.median(pitches) * 1.5
    width = float(np.mean([pitch for pitch in pitches if pitch < usual]))
    parts: list[str] = []
    seen = 0
    for run in _STROKES.finditer(text):
        start = places[run.start() - 1] + width / 2 if run.start() else 0.0
        end = (
            places[run.end()] - width / 2
            if run.end() < len(text)
            else float(look.width - 2 * LINE_HEIGHT)
        )
        signs = _signs(run.group(), _strokes(look, start, end, width), width)
        parts += [text[seen : run.start()], signs]
        seen = run.end()
    counted = "".join([*parts, text[seen:]])
    if counted == text:
        return line
    # The places are no longer those of the characters, and nobody asks for them.
    return line._replace(reading=Reading(counted, line.reading.score))


def _signs(read: str, lengths: list[float], width: float) -> str:
    """Return the signs that strokes of some lengths stand for.

    Args:
        read: What the recogniser says.
        lengths: The strokes' lengths; none where something else is there.
        width: Width of a character.
    """
    if all(length < _DASH * width for length in lengths):
        return read
    signs = ""
    for length in lengths:
        if length < _DASH * width:
            signs += "一"
        elif length < _BOTH * width:
            signs += "——"
        elif length < _LONGEST * width:
            signs += "——一"
        else:
            return read
    return signs


def _strokes(look: Look, start: float, end: float, width: float) -> list[float]:
    """Return the lengths of the level strokes between two places of the line."""
    first, last = (round(place) + LINE_HEIGHT for place in (start, end))
    part = look.ink[_EDGE:-_EDGE, first:last]
    if not part.size or int(part.sum(axis=0).max()) > _THICKNESS * width:
        return []
    columns = np.flatnonzero(part.any(axis=0))
    if not columns.size:
        return []
    runs = np.split(columns, np.flatnonzero(np.diff(columns) > 1 + _GAP * width) + 1)
    lengths = [float(run[-1] - run[0] + 1) for run in runs]
    return [length for length in lengths if length >= _SPECK * width]
