"""Bright sheets on darker ground, which may be pages whose labels nobody could read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.documents.spec import PageSpec

# Chosen on 11 hard pictures of the tuning family with a page that nothing else found:
# with these, the pages of 3 are found, and on 200 pictures without a licence none is.
# Longest side of what is looked at, in pixels; a page of a card is 100 and more.
_LONGEST = 400
# Grey levels between paper and ground, in multiples of what Otsu's method gives.
_LEVELS = (1.0, 0.7, 1.25)
# Paper is so many times as bright as the ground, at least; with noise alone it is not.
_BRIGHTER = 1.3
# Shares of the picture that a sheet covers at least and at most.
_LEAST, _MOST = 0.04, 0.9
# Shares of its hull, and of the quadrilateral about it, that a sheet fills at least:
# a thumb covers some of it, and its corners are round.
_FULL, _SQUARE = 0.8, 0.85
# What is straight to this share of the way around a sheet is a side of it; lines whose
# meeting place is farther than 1 over this, in pixels, are parallel.
_FINE, _PARALLEL = 0.012, 1e-5
# Factor by which a sheet may be longer or shorter than the page, seen from the side.
_STRETCH = 1.35
# Sheets with centres nearer to each other than this share of their length are one.
_SAME = 0.1
# In pixels of what is looked at: gaps so wide in a sheet are print or noise, and what
# is thinner than that is no sheet.
_GAP, _THIN = 9, 15


def find_papers(image: Image, page: PageSpec) -> list[NDArray[np.float64]]:
    """Return the corners of sheets that may be a page, (4, 2) each, in pixels.

    They go clockwise from the start of a long side; which of the two is the top is
    not known.

    Args:
        image: uint8, (H, W, 3), RGB.
        page: The page.
    """
    height, width = image.shape[:2]
    scale = min(1.0, _LONGEST / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    # Paper is bright in one channel at least, whatever the colour of the light.
    channel: NDArray[np.uint8] = np.asarray(small, np.uint8).max(axis=2)
    bright = np.asarray(cv2.GaussianBlur(channel, (0, 0), 2), np.uint8)
    middle, _ = cv2.threshold(bright, 0, 255, cv2.THRESH_OTSU)
    paper, ground = bright[bright > middle], bright[bright <= middle]
    if not paper.size or not ground.size or paper.mean() < _BRIGHTER * ground.mean():
        return []
    aspect = page.size[0] / page.size[1]
    closing, opening = (
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (each, each))
        for each in (_GAP, _THIN)
    )
    found: list[NDArray[np.float64]] = []
    for level in _LEVELS:
        mask = (bright > middle * level).astype(np.uint8)
        whole = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, closing)
        thick = cv2.morphologyEx(whole, cv2.MORPH_OPEN, opening)
        contours, _ = cv2.findContours(thick, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            hull = np.asarray(cv2.convexHull(contour), np.int32)
            area = cv2.contourArea(contour)
            if not _LEAST < area / bright.size < _MOST:
                continue
            if area < _FULL * cv2.contourArea(hull):
                continue
            corners = _corners(hull)
            if corners is None:
                continue
            corners, long, high = _lengthwise(corners / scale)
            if not 1 / _STRETCH < long / high / aspect < _STRETCH:
                continue
            centre = corners.mean(axis=0)
            if all(
                np.hypot(*(centre - other.mean(axis=0))) > _SAME * long
                for other in found
            ):
                found.append(corners)
    return found


def _corners(hull: NDArray[np.int32]) -> NDArray[np.float64] | None:
    """Return where the four longest sides of a convex outline meet, clockwise."""
    share = _FINE * cv2.arcLength(hull, closed=True)
    outline = cv2.approxPolyDP(hull, share, closed=True)
    ends = outline[:, 0].astype(np.float64)
    if cv2.contourArea(outline, oriented=True) < 0:
        ends = ends[::-1]
    sides = np.roll(ends, -1, axis=0) - ends
    longest = np.sort(np.argsort(-np.hypot(*sides.T))[:4])
    if len(longest) < 4:  # noqa: PLR2004
        return None
    lines = np.cross(
        np.column_stack([ends, np.ones(len(ends))]),
        np.column_stack([sides, np.zeros(len(ends))]),
    )[longest]
    meets = np.cross(np.roll(lines, 1, axis=0), lines)
    if np.any(np.abs(meets[:, 2]) < _PARALLEL * np.hypot(*meets[:, :2].T)):
        return None
    corners = meets[:, :2] / meets[:, 2:]
    area = cv2.contourArea(corners.astype(np.float32), oriented=True)
    return corners if 0 < area < cv2.contourArea(hull) / _SQUARE else None


def _lengthwise(
    corners: NDArray[np.float64],
) -> tuple[NDArray[np.float64], float, float]:
    """Return corners from the start of a long side; the mean length and height."""
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    across, down = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    if across < down:
        return np.roll(corners, -1, axis=0), float(down), float(across)
    return corners, float(across), float(down)
