"""The end of a line: signs that the detector leaves out, read after all.

A full-width quote or full stop stands apart from the last character, on half a
character of paper, and is often left outside the line's box. Where ink of the line's
own tone X
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shizi.ocr.crop import LINE_HEIGHT
from shizi.ocr.recognise import Reading, is_ideograph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.ocr.look import Look
    from shizi.ocr.recognise import Recogniser
    from shizi.ocr.turn import Line

# What may be found behind a line; nothing was ever gained before one.
_CLOSING = "，。、：；！？）》」』”’】…"
# Characters that are read again with the end, and that may be new.
_AGAIN, _NEW = 3, 2
# .9: signs that were there scored .97 and more, specks of dirt below .87.
_SURE = 0.9
# Columns of the strip: what touches the box belongs to the last character, a sign is
# so wide at least, and so much paper follows it.
_TOUCHES, _LEAST, _PAPER = 6, 2, 6
# Rows of the strip, above and below, in which neighbouring lines may show.
_EDGE = 3
# Share of the rows that ink fills in a rule and in no sign.
_FULL = 0.9


def lengthen(
    image: Image,
    line: Line,
    look: Look,
    taken: NDArray[np.uint8],
    recogniser: Recogniser,
) -> Line:
    """Return a line with the signs that stand just beyond its end.

    Args:
        image: uint8, (H, W, 3), RGB.
        line: What was read.
        look: What it looks like.
        taken: uint8, (H, W): not nought where the box of a line is.
        recogniser: What reads the end.

    Raises:
        EngineError: The inference library failed.
    """
    text, places = line.reading.text, line.reading.places
    if len(text) <= _AGAIN or not _is_full_width(text[-1]):
        return line
    last = look.width - LINE_HEIGHT
    by = _beyond(look.ink[:, last:], _free(look, last, taken))
    if not by:
        return line
    cut = round((places[-_AGAIN - 1] + places[-_AGAIN]) / 2) + LINE_HEIGHT
    again = recogniser.read(look.strip(image, cut, last + by))
    signs = again.text[_AGAIN:]
    if (
        again.score < _SURE
        or not again.text.startswith(text[-_AGAIN:])
        or not 0 < len(signs) <= _NEW
        or any(sign not in _CLOSING for sign in signs)
    ):
        return line
    corners = line.corners.copy()
    corners[[1, 2]] += by * look.step
    # The places are no longer those of the characters, and nobody asks for them.
    return line._replace(
        corners=corners, reading=Reading(text + signs, line.reading.score)
    )


def _is_full_width(character: str) -> bool:
    return is_ideograph(character) or character in _CLOSING


def _free(look: Look, first: int, taken: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which columns from one on lie in the image and in no line's box."""
    height, width = taken.shape
    start = (look.corners[0] + look.corners[3]) / 2
    places = np.arange(first, look.width, dtype=np.float32)[:, None]
    x, y = (start + (places + 0.5) * look.step).T
    inside = (x >= 0) & (y >= 0) & (x <= width - 1) & (y <= height - 1)
    at = y.astype(int).clip(0, height - 1), x.astype(int).clip(0, width - 1)
    return np.asarray(inside & (taken[at] == 0), np.bool_)


def _beyond(ink: NDArray[np.bool_], free: NDArray[np.bool_]) -> int:
    """Return how many columns hold a sign with its paper, 0 for none.

    Args:
        ink: bool, (48, N): where ink is, from the end of the line on.
        free: Which of the columns belong to no line.
    """
    # The first two may round into the line's own box.
    busy = np.flatnonzero(~free[2:])
    stop = int(busy[0]) + 2 if busy.size else len(free)
    inked = np.asarray(ink[_EDGE:-_EDGE].any(axis=0), np.bool_)
    touching = np.flatnonzero(~inked[:_TOUCHES])
    start = int(touching[0]) if touching.size else _TOUCHES
    columns = start + np.flatnonzero(inked[start:stop])
    if not columns.size:
        return 0
    gaps = np.flatnonzero(np.diff(columns) > _PAPER)
    last = int(columns[gaps[0]] if gaps.size else columns[-1])
    sign = ink[:, int(columns[0]) : last + 1]
    is_sign = sign.shape[1] >= _LEAST and sign.mean(axis=0).max() < _FULL
    return last + _PAPER if is_sign and last + _PAPER <= stop else 0
