"""A picture with the outlines of what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shizi.core.geometry import Quad
    from shizi.core.image import Image

# Red on top of white: seen on any ground. In RGB.
_RIM, _LINE = (255, 255, 255), (220, 30, 30)
# Pixels of the picture's shorter side for one of the line's width.
_FINE = 600
_QUALITY = 90


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
