"""A picture with the outlines of what was read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from shizi.core.geometry import Size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shizi.core.geometry import Quad
    from shizi.core.image import Image

# Red on top of white: seen on any ground. In RGB.
_RIM, _LINE = (255, 255, 255), (220, 30, 30)
# Pixels of the picture's shorter side for one of the line's width.
_FINE = 600
_QUALITY = 90
# A picture that is still too large is made so much smaller than it must be: a smaller
# one takes more bytes a pixel.
_ROOM = 0.95


class Smaller(NamedTuple):
    """A picture in fewer bytes.

    Attributes:
        data: The JPEG.
        size: The size that it had, in pixels.
        scale: What part of its width and height is left.
    """

    data: bytes
    size: Size
    scale: float


def draw_outlines(image: Image, quads: Sequence[Quad]) -> bytes:
    """Return a JPEG of an image with outlines drawn over it.

    Args:
        image: uint8, (H, W, 3), RGB; not altered.
        quads: The outlines, in pixels.
    """
    drawn = image.copy()
    width = max(1, round(min(image.shape[:2]) / _FINE))
    outlines = [np.round(quad).astype(np.int32) for quad in quads]
    for colour, thickness in ((_RIM, 3 * width), (_LINE, width)):
        cv2.polylines(drawn, outlines, isClosed=True, color=colour, thickness=thickness)
    return encode(drawn)


def encode(image: Image, quality: int = _QUALITY) -> bytes:
    """Return an image, uint8, (H, W, 3), RGB, as a JPEG."""
    _, data = cv2.imencode(
        ".jpg",
        cv2.cvtColor(image, cv2.COLOR_RGB2BGR),
        [cv2.IMWRITE_JPEG_QUALITY, quality],
    )
    return data.tobytes()


def shrink(image: Image, most: int) -> Smaller:
    """Return an image, uint8, (H, W, 3), RGB, as a JPEG of so many bytes at most.

    As large as it is where that fits; else no smaller than it must be.
    """
    height, width = image.shape[:2]
    size, scale = Size(width, height), 1.0
    data = encode(image)
    while len(data) > most:
        scale *= math.sqrt(most / len(data)) * _ROOM
        sides = (max(1, round(width * scale)), max(1, round(height * scale)))
        smaller = cv2.resize(image, sides, interpolation=cv2.INTER_AREA)
        data = encode(np.asarray(smaller, np.uint8))
    return Smaller(data, size, scale)
