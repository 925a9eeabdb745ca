"""Where lines of text lie: the DB detector with its pre- and post-processing.

The method and its thresholds are those of PaddleOCR's DBPostProcess as rapidocr 3.10
sets them for PP-OCRv6; boxes are grown in closed form instead of by polygon clipping.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from shizi.ocr.curve import Curve, trace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.ports import Session

# Probability of text from which a pixel counts, as a logit: ln(0.3 / 0.7).
_PIXEL_LOGIT = math.log(0.3 / 0.7)
_BOX_SCORE = 0.5
# 1.4: PaddleOCR's 1.6 makes boxes that overlap their neighbours and hold more paper;
# with 1.4 whole lines went from .962 to .968 on 45 real pictures and from .972 to .985
# on 68 drawn ones, 1.3 and 1.5 were below it on the real ones.
_GROWTH = 1.4
_SHORTEST_SIDE = 3.0
_MOST_BOXES = 1000
# A blob that fills so little of its rectangle and is so much longer than high is bent.
_CURVE_FILL, _CURVE_ASPECT = 0.72, 2.5
_STRIDE = 32


class Box(NamedTuple):
    """One found line.

    Attributes:
        corners: float32, (4, 2), x and y in pixels of the image; top left, top right,
            bottom right, bottom left as seen in the image.
        score: Mean probability of text inside, 0 to 1.
        curve: The centre line, where the line is bent.
    """

    corners: NDArray[np.float32]
    score: float
    curve: Curve | None = None

    def moved(self, right: int, down: int) -> Box:
        """Return the box so many pixels further right and down."""
        by = np.array([right, down], np.float32)
        curve = self.curve and self.curve._replace(points=self.curve.points + by)
        return Box(self.corners + by, self.score, curve)


class Detector:
    """Finds lines; one per worker, used by one thread at a time."""

    def __init__(
        self, session: Session, *, shortest: int, longest: int, enlarge: int
    ) -> None:
        """Take a session and the sizes that pictures are brought to.

        Args:
            session: The detector model: (1, H, W, 3) in, (1, 1, H, W) logits out.
            shortest: Short side, in pixels, up to which a small picture is enlarged.
            longest: Long side, in pixels, down to which a large picture is reduced.
            enlarge: Long side, in pixels, that enlarging never passes.
        """
        self._session = session
        self._shortest = shortest
        self._longest = longest
        self._enlarge = enlarge

    def find(self, image: Image) -> list[Box]:
        """Return the boxes of an image, in no particular order.

        Raises:
            EngineError: The inference library failed.
        """
        height, width = image.shape[:2]
        batch = self.batch(image)
        logits = self._session.run(batch)[0, 0]
        scale = np.array([width / batch.shape[2], height / batch.shape[1]], np.float32)
        limit = np.array([width - 1, height - 1], np.float32)
        return [
            Box(
                np.clip(box.corners * scale, 0, limit),
                box.score,
                box.curve and box.curve.scaled(scale),
            )
            for box in _boxes(logits)
        ]

    def batch(self, image: Image) -> NDArray[np.uint8]:
        """Return an image at the size at which it is looked at: (1, H, W, 3)."""
        height, width = image.shape[:2]
        target = self.input_size(width, height)
        shrinks = target[0] < width
        picture = cv2.resize(
            image, target, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        )
        return np.asarray(picture, np.uint8)[None]

    def input_size(self, width: int, height: int) -> tuple[int, int]:
        """Return the (width, height) at which an image of a size is looked at."""
        scale = min(1.0, self._longest / max(width, height))
        if min(width, height) < self._shortest:
            wanted = self._shortest / min(width, height)
            scale = max(scale, min(wanted, self._enlarge / max(width, height)))
        return _round(width * scale), _round(height * scale)


def _round(side: float) -> int:
    """Return the nearest multiple of the model's stride."""
    return max(_STRIDE, round(side / _STRIDE) * _STRIDE)


def _boxes(logits: NDArray[np.float32]) -> list[Box]:
    """Return the boxes of the blobs of text pixels, in pixels of the map."""
    mask = (logits > _PIXEL_LOGIT).astype(np.uint8)
    # 2 x 2: closes one-pixel gaps, as PP-OCRv6's own settings do (use_dilation).
    closed = cv2.dilate(mask, np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    # The library begins below; what is too much is cut off at the page's end.
    kept = reversed(contours[-_MOST_BOXES:])
    found = (_box(logits, np.asarray(contour, np.int32)) for contour in kept)
    return [box for box in found if box is not None]


def _is_bent(contour: NDArray[np.int32]) -> bool:
    """Return whether a blob is a long one that its rectangle does not fit."""
    _, (width, height), _ = cv2.minAreaRect(contour)
    long = max(width, height) >= _CURVE_ASPECT * min(width, height)
    return long and cv2.contourArea(contour) < _CURVE_FILL * width * height


def _box(logits: NDArray[np.float32], contour: NDArray[np.int32]) -> Box | None:
    """Return the box of one blob, or nothing when it is hardly text."""
    centre, (width, height), angle = cv2.minAreaRect(contour)
    if min(width, height) < _SHORTEST_SIDE:
        return None
    bent = _is_bent(contour)
    tight = contour if bent else _corners((centre, (width, height), angle))
    score = _score(logits, tight.reshape(-1, 2))
    if score < _BOX_SCORE:
        return None
    if bent:
        grow = cv2.contourArea(contour) * _GROWTH / cv2.arcLength(contour, closed=True)
        curve = trace(contour, grow)
        grown = (centre, (width + 2 * grow, height + 2 * grow), angle)
        return Box(clockwise(_corners(grown)), score, curve)
    grow = width * height * _GROWTH / (width + height)
    grown = (centre, (width + grow, height + grow), angle)
    if min(grown[1]) < _SHORTEST_SIDE + 2:
        return None
    return Box(clockwise(_corners(grown)), score)


def _corners(
    rectangle: tuple[Sequence[float], Sequence[float], float],
) -> NDArray[np.float32]:
    """Return the corners of a turned rectangle: centre, size, angle in degrees."""
    return np.asarray(cv2.boxPoints(rectangle), np.float32)


def _score(
    logits: NDArray[np.float32], corners: NDArray[np.float32] | NDArray[np.int32]
) -> float:
    """Return the mean probability of text inside a polygon, (N, 2)."""
    height, width = logits.shape
    left, top = (
        np.floor(corners.min(axis=0)).astype(int).clip(0, (width - 1, height - 1))
    )
    right, bottom = (
        np.ceil(corners.max(axis=0)).astype(int).clip(0, (width - 1, height - 1))
    )
    inside = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    cv2.fillPoly(inside, [(corners - (left, top)).astype(np.int32)], 1)
    # -80: float32 holds exp(80), and what is below it is nought all the same.
    part = np.maximum(logits[top : bottom + 1, left : right + 1], -80)
    return float(cv2.mean(1 / (1 + np.exp(-part)), inside)[0])


def clockwise(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return four corners from the top left one on, clockwise as seen."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    top_left, bottom_left = by_x[:2][np.argsort(by_x[:2, 1], kind="stable")]
    top_right, bottom_right = by_x[2:][np.argsort(by_x[2:, 1], kind="stable")]
    return np.array([top_left, top_right, bottom_right, bottom_left], np.float32)
