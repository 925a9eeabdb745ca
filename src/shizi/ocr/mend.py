"""Lines as the detector should have found them: cell by cell, with all their signs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import cv2
import numpy as np

from shizi.ocr.dashes import count_dashes
from shizi.ocr.ends import lengthen
from shizi.ocr.look import look_at
from shizi.ocr.rules import cut_at_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.ocr.detect import Box
    from shizi.ocr.recognise import Recogniser
    from shizi.ocr.turn import Line


def mend(
    image: Image,
    lines: Sequence[Line],
    boxes: Sequence[Box],
    recogniser: Recogniser,
    *,
    end: float,
) -> list[Line]:
    """Return the lines of an upright page, mended where their looks ask for it.

    Args:
        image: uint8, (H, W, 3), RGB.
        lines: What was read.
        boxes: Where all lines are, read or not.
        recogniser: What reads the mended parts.
        end: Time, on the monotonic clock, after which lines are left as they are.

    Raises:
        EngineError: The inference library failed.
    """
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    taken = _taken(image, boxes)
    mended: list[Line] = []
    for line in lines:
        reading = line.reading
        is_whole = not line.bent and 1 < len(reading.text) == len(reading.places)
        asks = is_whole and time.monotonic() < end
        look = look_at(grey, line.corners) if asks else None
        if look is None:
            mended.append(line)
            continue
        parts = cut_at_rules(image, grey, line, look, recogniser)
        if len(parts) == 1:
            longer = lengthen(image, line, look, taken, recogniser)
            parts = [count_dashes(line, look)] if longer is line else [longer]
        mended += parts
    return mended


def _taken(image: Image, boxes: Sequence[Box]) -> NDArray[np.uint8]:
    """Return where boxes are: uint8, (H, W), not nought inside one."""
    taken = np.zeros(image.shape[:2], np.uint8)
    for box in boxes:
        cv2.fillPoly(taken, [box.corners.astype(np.int32)], (1,))
    return taken
