"""What of a page's readings is text at all, and what is part of a drawing.

Drawings are read as one to four characters, often large ones. One lone character is
the hardest to tell from a shape: beside words it is believed, on a page without any it
must say the same however its box is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from shizi.ocr.crop import crop_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.ocr.recognise import Reading, Recogniser
    from shizi.ocr.turn import Line

# .5: rapidocr's text_score; what scores less is mostly drawings.
_KEPT, _SHORT = 0.5, 4
# .75: bar charts read as "ulll." scored up to .67.
_WORD = 0.75
# (up to this share of the picture, least score) of one character, and of two to four:
# on 260 drawn pictures without text invented words scored up to .8 in places of up to
# .3 and .97 in larger ones; on pages of text short items score .83 and more.
_BARS_ONE = ((0.01, 0.7), (0.3, 0.95), (1.0, 0.98))
_BARS_FEW = ((0.01, 0.7), (0.3, 0.85), (1.0, 0.98))
# Parts of its height by which a lone character's box is drawn wider or tighter, and the
# least score of every reading: shapes that scored .99 at first fell below .6 in one of
# them or were read as something else.
_OTHERWISE, _STEADY = (-0.08, 0.1, 0.25), 0.9


def keep_text(
    image: Image, lines: Sequence[Line], recogniser: Recogniser
) -> list[Line]:
    """Return the lines that are text.

    Args:
        image: uint8, (H, W, 3), RGB.
        lines: All that was read.
        recogniser: What reads lone characters once more.

    Raises:
        EngineError: The inference library failed.
    """
    size = image.shape[0] * image.shape[1]
    kept = [
        line
        for line in lines
        if _is_text(line.reading, cv2.contourArea(line.corners) / size)
    ]
    if any(_is_word(line.reading) for line in kept):
        return kept
    lone = [line for line in kept if len(line.reading.text.strip()) == 1]
    return [line for line in lone if _is_steady(image, line, recogniser)]


def _is_word(reading: Reading) -> bool:
    """Return whether a reading alone makes its page one of text."""
    return len(reading.text.strip()) > 1 and reading.score >= _WORD


def _is_text(reading: Reading, share: float) -> bool:
    """Return whether a reading is sure enough to be text.

    Args:
        reading: What a box says.
        share: How much of the picture the box covers, 0 to 1.
    """
    text = reading.text.strip()
    if len(text) > _SHORT:
        return reading.score >= _KEPT
    bars = _BARS_FEW if len(text) > 1 else _BARS_ONE
    return bool(text) and reading.score >= next(
        b for limit, b in bars if share <= limit
    )


def _is_steady(image: Image, line: Line, recogniser: Recogniser) -> bool:
    """Return whether a line says the same in tighter and wider boxes."""
    height, width = image.shape[:2]
    for part in _OTHERWISE:
        corners = _grown(line.corners, part)
        corners = np.clip(corners, 0, (width - 1, height - 1)).astype(np.float32)
        again = recogniser.read(crop_line(image, corners)[0])
        if again.text != line.reading.text or again.score < _STEADY:
            return False
    return True


def _grown(corners: NDArray[np.float32], part: float) -> NDArray[np.float32]:
    """Return corners moved outwards by a part of the shorter side."""
    along, across = corners[1] - corners[0], corners[3] - corners[0]
    sides = [float(np.hypot(*side)) for side in (along, across)]
    by = part * min(sides)
    right, down = along * by / max(sides[0], 1.0), across * by / max(sides[1], 1.0)
    out = np.array([-right - down, right - down, right + down, down - right])
    return np.asarray(corners + out, np.float32)
