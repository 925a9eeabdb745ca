"""Whether a line stands on its head: PP-OCR's two-class line classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from shizi.ocr.crop import LINE_HEIGHT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shizi.ports import Session

_WIDTH = 192
_PADDING = 128


class TurnClassifier:
    """Tells strips that are upside down; one per worker, one thread at a time."""

    def __init__(self, session: Session) -> None:
        """Take a session with (1, 48, 192, 3) in and two classes' logits out."""
        self._session = session

    def turned(self, strip: NDArray[np.uint8]) -> float:
        """Return the probability, 0 to 1, that a strip is turned by 180 degrees.

        Args:
            strip: uint8, (48, W, 3), RGB.

        Raises:
            EngineError: The inference library failed.
        """
        batch = np.full((1, LINE_HEIGHT, _WIDTH, 3), _PADDING, np.uint8)
        width = min(_WIDTH, strip.shape[1])
        if width < strip.shape[1]:
            strip = np.asarray(cv2.resize(strip, (_WIDTH, LINE_HEIGHT)), np.uint8)
        batch[0, :, :width] = strip
        upright, turned = self._session.run(batch)[0]
        return float(1 / (1 + np.exp(upright - turned)))
