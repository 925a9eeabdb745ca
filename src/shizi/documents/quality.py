"""What makes a page hard to read, told from its pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from shizi.core.geometry import Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.documents.pose import Pose
    from shizi.documents.spec import PageSpec

BLURRED, GLARE, CUT_OFF, TOO_SMALL, COPY = (
    "blurred",
    "glare",
    "cut_off",
    "too_small",
    "copy",
)
# Pixels a millimetre under which characters of 3 mm are lower than the recogniser's
# training had them.
_SMALL = 4.5
# Share of the page's width that may lie outside the picture.
_OUTSIDE = 0.03
# Grey levels from which a pixel is burnt out, how much brighter than its paper it must
# be, and the share of the page that makes a warning.
_BURNT, _BRIGHTER, _GLARE = 250, 12, 0.01
# Mean difference between a pixel's channels under which a page has no colour.
_GREY = 4.0
# Of strokes at 11 pixels a millimetre: the strongest change between neighbours as a
# share of the contrast between ink and paper. Sharp print has .3 and more, of what is
# photographed out of focus half .14 and less.
_SHARP = 0.12


def find_faults(
    image: Image, flat: Image, pose: Pose, page: PageSpec
) -> tuple[str, ...]:
    """Return what is wrong with how a page was taken, in words of this module.

    Args:
        image: The picture: uint8, (H, W, 3), RGB.
        flat: The page laid flat at `flat.DENSITY`, likewise.
        pose: How it lies in the picture.
        page: The page.
    """
    height, width = image.shape[:2]
    corners = pose.corners
    tests = {
        TOO_SMALL: density(pose, page) < _SMALL,
        CUT_OFF: overhang(corners, Size(width, height)) > _OUTSIDE,
        GLARE: _glare(flat) > _GLARE,
        BLURRED: _sharpness(flat) < _SHARP,
        COPY: float(np.ptp(flat.astype(np.int16), axis=2).mean()) < _GREY,
    }
    return tuple(name for name, holds in tests.items() if holds)


def density(pose: Pose, page: PageSpec) -> float:
    """Return how many pixels of the picture a millimetre of the page has."""
    area = cv2.contourArea(pose.corners.astype(np.float32))
    return float(np.sqrt(area / (page.size[0] * page.size[1])))


def overhang(corners: NDArray[np.float64], size: Size) -> float:
    """Return how far a page reaches out of a picture, in widths of the page."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    out = max(-low[0], -low[1], high[0] - size.width, high[1] - size.height, 0.0)
    return float(out / np.hypot(*(corners[1] - corners[0])))


def _glare(flat: Image) -> float:
    """Return the share of a page that is burnt out."""
    dark = flat.min(axis=2)
    paper = float(np.median(dark))
    burnt = dark >= max(_BURNT, paper + _BRIGHTER)
    return float(burnt.mean())


def _sharpness(flat: Image) -> float:
    """Return how steep strokes are, as a share of their contrast."""
    grey = cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY).astype(np.float32)
    steps = np.abs(np.diff(grey, axis=1))
    contrast = float(np.percentile(grey, 60) - np.percentile(grey, 1))
    return float(np.percentile(steps, 99) / max(contrast, 1.0))
