"""The part of an image that a warp needs, within what OpenCV takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shizi.core.image import Image

# 32 000: OpenCV's warps refuse sides of 32 767 pixels, of what they read and write.
MOST_SIDE = 32_000
# Pixels around the part that interpolation looks at.
_MARGIN = 2


class Part(NamedTuple):
    """A part of an image.

    Attributes:
        pixels: uint8, (H, W, 3).
        corner: int64, (2,): x and y of its left top pixel in the image.
        scale: float64, (2,): how many times as wide and high it is as in the image.
    """

    pixels: Image
    corner: NDArray[np.int64]
    scale: NDArray[np.float64]


def part_around(
    image: Image, low: NDArray[np.floating], high: NDArray[np.floating]
) -> Part:
    """Return the part of an image that holds a rectangle, reduced where it is huge.

    Args:
        image: uint8, (H, W, 3).
        low: Least x and y, in pixels of the image.
        high: Greatest x and y, in pixels of the image.
    """
    size = np.array(image.shape[1::-1])
    start = np.clip(np.floor(low).astype(np.int64) - _MARGIN, 0, size - 1)
    end = np.clip(np.ceil(high).astype(np.int64) + _MARGIN + 1, start + 1, size)
    pixels = image[start[1] : end[1], start[0] : end[0]]
    sides = end - start
    taken = np.minimum(sides, MOST_SIDE)
    if (taken < sides).any():
        width, height = taken.tolist()
        reduced = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
        pixels = np.asarray(reduced, np.uint8)
    return Part(pixels, start, taken / sides)
