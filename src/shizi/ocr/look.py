"""A line looked at as ink on paper, with a little of what stands around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from shizi.ocr.crop import LINE_HEIGHT, crop_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shizi.core.image import Image

# Grey levels between paper and ink below which nothing is told from a line's looks.
CONTRAST = 40
# Shares of the pixels, sorted from dark to light, where dark ink, paper, light ink lie.
_LEVELS = (0.04, 0.5, 0.96)
# .3: a small full stop in a picture of low resolution has a third of the contrast.
_INK = 0.3
# A line so much longer than high would be pressed together.
_LONGEST = 60


class Look(NamedTuple):
    """A line as ink on paper, with one height of the line more at either end.

    Attributes:
        ink: bool, (48, W): where the line's ink is, or something of its tone; the line
            itself lacks 48 columns on each side.
        corners: float32, (4, 2): the strip's corners in the image.
        step: float32, (2,): one column of the strip in pixels of the image.
    """

    ink: NDArray[np.bool_]
    corners: NDArray[np.float32]
    step: NDArray[np.float32]

    @property
    def width(self) -> int:
        """Columns of the strip, both ends' included."""
        return len(self.ink[0])

    def strip(self, image: Image, start: int, end: int) -> NDArray[np.uint8]:
        """Return some columns in colour: uint8, (48, end - start, 3)."""
        return np.ascontiguousarray(crop_line(image, self.corners)[0][:, start:end])

    def between(self, start: int, end: int) -> NDArray[np.float32]:
        """Return the corners of some columns: float32, (4, 2)."""
        top, low = self.corners[0], self.corners[3]
        left, right = start * self.step, end * self.step
        return np.array([top + left, top + right, low + right, low + left], np.float32)


def look_at(grey: NDArray[np.uint8], corners: NDArray[np.float32]) -> Look | None:
    """Return what a line looks like, or nothing where it stands out too little.

    Args:
        grey: uint8, (H, W): the image without its colours.
        corners: float32, (4, 2), clockwise from where reading starts.
    """
    along = (corners[1] + corners[2] - corners[0] - corners[3]) / 2
    across = (corners[3] + corners[2] - corners[0] - corners[1]) / 2
    length, height = float(np.hypot(*along)), float(np.hypot(*across))
    if not height < length < _LONGEST * height:
        return None
    by = along / length * height
    longer = corners + np.array([-by, by, by, -by], np.float32)
    strip, _ = crop_line(grey, longer)
    tones = _tones(strip[:, LINE_HEIGHT:-LINE_HEIGHT])
    if tones is None:
        return None
    paper, tone = tones
    edge = paper + _INK * (tone - paper)
    ink = strip < edge if tone < paper else strip > edge
    return Look(ink, longer, (by / LINE_HEIGHT).astype(np.float32))


def _tones(grey: NDArray[np.uint8]) -> tuple[int, int] | None:
    """Return the grey levels of paper and of ink, if they are far enough apart."""
    if not grey.size:
        return None
    counts = np.cumsum(cv2.calcHist([grey], [0], None, [256], [0, 256]))
    levels = np.searchsorted(counts, np.multiply(counts[-1], _LEVELS))
    dark, paper, light = (int(level) for level in levels)
    ink = dark if paper - dark >= light - paper else light
    return (paper, ink) if abs(ink - paper) >= CONTRAST else None
