"""A line's pixels, laid flat and brought to the recogniser's height."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from shizi.ocr.curve import crop_curve
from shizi.ocr.part import MOST_SIDE, part_around

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.ocr.curve import Curve

LINE_HEIGHT = 48
# 1.5: a box this much taller than wide holds text that runs downwards (PaddleOCR).
_UPRIGHT_ASPECT = 1.5
# Longest strip in pixels at line height; what is longer is pressed together.
_LONGEST = 3200


def crop_line(
    image: Image, corners: NDArray[np.float32], curve: Curve | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return the strip inside four corners, and the corners as the strip has them.

    Args:
        image: uint8, (H, W, 3), RGB.
        corners: float32, (4, 2), clockwise from the top left. A box much taller than
            wide is turned by a quarter against the clock.
        curve: The line's centre line, if it is bent.

    Returns:
        The strip, uint8, (48, W, 3), RGB, and its four corners in the image, clockwise
        from the strip's top left one.
    """
    if curve is not None:
        return crop_curve(image, curve, LINE_HEIGHT, _LONGEST), corners
    if is_tall(corners):
        corners = np.roll(corners, -1, axis=0)
    return flatten_line(image, corners), corners


def flatten_line(image: Image, corners: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the strip inside four corners, whatever its shape.

    Args:
        image: uint8, (H, W, 3), RGB.
        corners: float32, (4, 2), clockwise from where reading starts.

    Returns:
        The strip, uint8, (48, W, 3), RGB.
    """
    width = max(_length(corners, 0, 1), _length(corners, 3, 2), 1.0)
    height = max(_length(corners, 0, 3), _length(corners, 1, 2), 1.0)
    target = strip_width(corners)
    # Straight to the target where that enlarges; a reduction by more than half goes
    # through the native size, because warping does not average.
    if height <= 2 * LINE_HEIGHT:
        return _flatten(image, corners, (target, LINE_HEIGHT))
    native = [max(1, min(MOST_SIDE, round(side))) for side in (width, height)]
    flat = _flatten(image, corners, (native[0], native[1]))
    strip = cv2.resize(flat, (target, LINE_HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(strip, np.uint8)


def strip_width(corners: NDArray[np.float32]) -> int:
    """Return how many columns the strip inside four corners has."""
    width = max(_length(corners, 0, 1), _length(corners, 3, 2), 1.0)
    height = max(_length(corners, 0, 3), _length(corners, 1, 2), 1.0)
    return max(1, min(_LONGEST, round(width * LINE_HEIGHT / height)))


def reading_width(corners: NDArray[np.float32]) -> int:
    """Return how many columns the strip of a box has that is laid as it is read."""
    return strip_width(np.roll(corners, -1, axis=0) if is_tall(corners) else corners)


def is_tall(corners: NDArray[np.float32]) -> bool:
    """Return whether text in a box, as detected, runs downwards or upwards."""
    width = max(_length(corners, 0, 1), _length(corners, 3, 2), 1.0)
    height = max(_length(corners, 0, 3), _length(corners, 1, 2), 1.0)
    return height >= width * _UPRIGHT_ASPECT


def longer_side(corners: NDArray[np.float32]) -> float:
    """Return the length of a box in pixels."""
    return max(_length(corners, 0, 1), _length(corners, 0, 3))


def _length(corners: NDArray[np.float32], start: int, end: int) -> float:
    """Return the distance between two corners."""
    return float(np.hypot(*(corners[end] - corners[start])))


def _flatten(
    image: Image, corners: NDArray[np.float32], size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Return the quadrilateral as a rectangle of a (width, height)."""
    width, height = size
    # A warp maps the whole image unless it is handed the part that matters.
    part = part_around(image, corners.min(axis=0), corners.max(axis=0))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    source = ((corners - part.corner) * part.scale).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(source, target)
    return np.asarray(
        cv2.warpPerspective(
            part.pixels,
            matrix,
            (width, height),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )
