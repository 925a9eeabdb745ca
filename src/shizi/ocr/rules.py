"""Cells of a table that the detector took for one line, parted at their rule.

A rule is a thin column of one tone that goes on above and below the line, which no
letter does: the lone strokes of stacked letters end between the rows.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from shizi.ocr.crop import LINE_HEIGHT
from shizi.ocr.turn import Line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.ocr.look import Look
    from shizi.ocr.recognise import Recogniser

# Share of the strip's rows that a column fills, and columns of the widest rule.
_FILLED, _WIDEST = 0.93, 12
# A column as seen with a height of the line above and below: so many columns on each
# side, and those left out beside its middle.
_AROUND, _BESIDE = 16, 3
# .95 and .3: over 80 real pictures the rules filled all rows of the line and all above
# or below; strokes of letters filled at most .96 of the line's and .88 above or below.
# A cell in a table's last row has little rule below it.
_GOES_ON, _STARTS = 0.95, 0.3
# Part of the rule's contrast that makes a pixel of it, and its least in grey levels.
_PART, _CONTRAST = 0.4, 25.0
# Columns of the strip that are left of a cell at least, and its least score.
_NARROWEST, _KEPT = 8, 0.7


def cut_at_rules(
    image: Image,
    grey: NDArray[np.uint8],
    line: Line,
    look: Look,
    recogniser: Recogniser,
) -> list[Line]:
    """Return the cells that a line is made of; the line itself where no rule is.

    Args:
        image: uint8, (H, W, 3), RGB.
        grey: uint8, (H, W): the image without its colours.
        line: What was read.
        look: What it looks like.
        recogniser: What reads the cells.

    Raises:
        EngineError: The inference library failed.
    """
    rules = [rule for rule in _columns(line, look) if _goes_on(grey, look, rule)]
    if not rules:
        return [line]
    ends = (LINE_HEIGHT, look.width - LINE_HEIGHT)
    edges = [ends[0], *(edge for rule in rules for edge in rule), ends[1]]
    cells = list(zip(edges[::2], edges[1::2], strict=True))
    if any(end - start < _NARROWEST for start, end in cells):
        return [line]
    parts = [
        Line(
            look.between(start, end),
            recogniser.read(look.strip(image, start, end)),
        )
        for start, end in cells
    ]
    sure = all(p.reading.text.strip() and p.reading.score >= _KEPT for p in parts)
    return parts if sure else [line]


def _columns(line: Line, look: Look) -> list[tuple[int, int]]:
    """Return where thin upright strokes of full height stand between characters."""
    filled = look.ink[1:-1].mean(axis=0) > _FILLED
    steps = np.flatnonzero(np.diff(filled.astype(np.int8), prepend=0, append=0))
    starts, ends = steps[::2].tolist(), steps[1::2].tolist()
    solid = [
        place + LINE_HEIGHT
        for place, character in zip(line.reading.places, line.reading.text, strict=True)
        if not character.isspace()
    ]
    return [
        (start - 1, end + 1)
        for start, end in zip(starts, ends, strict=True)
        if end - start <= _WIDEST
        and any(one < (start + end) / 2 < other for one, other in pairwise(solid))
    ]


def _goes_on(grey: NDArray[np.uint8], look: Look, rule: tuple[int, int]) -> bool:
    """Return whether a column goes on above and below the line."""
    middle = (rule[0] + rule[1]) / 2
    tall = look.between(round(middle) - _AROUND, round(middle) + _AROUND)
    down = (tall[3] + tall[2] - tall[0] - tall[1]) / 2
    tall += np.array([-down, -down, down, down], np.float32)
    width, height = 2 * _AROUND, 3 * LINE_HEIGHT
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = cv2.warpPerspective(
        grey,
        cv2.getPerspectiveTransform(tall, target),
        (width, height),
        borderMode=cv2.BORDER_REPLICATE,
    )
    tones = np.asarray(seen, np.float32)
    inner, outer = _BESIDE - 1, _BESIDE + (rule[1] - rule[0]) // 2 - 1
    column = tones[:, _AROUND - inner : _AROUND + inner + 1]
    sides = (tones[:, : _AROUND - outer], tones[:, _AROUND + outer + 1 :])
    paper = float(np.median(np.concatenate([sides[0][:, :6], sides[1][:, -6:]])))
    tone = float(np.median(column[LINE_HEIGHT : 2 * LINE_HEIGHT].mean(axis=1)))
    if abs(tone - paper) < _CONTRAST:
        return False
    darker = np.sign(tone - paper)
    bar = _PART * abs(tone - paper)
    filled = ((column - paper) * darker).max(axis=1) > bar
    above, here, below = (float(part.mean()) for part in np.split(filled, 3))
    lit = [(np.median(side, axis=1) - paper) * darker < bar for side in sides]
    is_thin = max(float(side.mean()) for side in lit) > 1 / 2
    return bool(
        is_thin
        and here > _GOES_ON
        and min(above, below) > _STARTS
        and max(above, below) > _GOES_ON
    )
