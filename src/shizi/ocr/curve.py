"""Lines that are bent: their centre line, and the strip along it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from shizi.ocr.part import part_around

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shizi.core.image import Image

# 4: a page's bow has one turning point, a book's gutter two; more follows the letters.
_DEGREE = 4
# Slices of a blob whose middles give the centre line.
_SLICES = 48
# Points of a centre line; a chord between two is below a pixel off the bow.
_POINTS = 33


class Curve(NamedTuple):
    """A bent line of text.

    Attributes:
        points: float32, (N, 2): the centre line from left to right, in pixels.
        height: Height of the line across it, in pixels.
    """

    points: NDArray[np.float32]
    height: float

    def scaled(self, scale: NDArray[np.float32]) -> Curve:
        """Return the curve in an image whose width and height are so many times."""
        return Curve(self.points * scale, self.height * float(scale.mean()))


def trace(contour: NDArray[np.int32], grow: float) -> Curve:
    """Return the centre line of a blob of text pixels.

    Args:
        contour: int32, (N, 1, 2): the blob's outline.
        grow: How far the line reaches beyond the blob on every side, in pixels.
    """
    left, top, width, height = cv2.boundingRect(contour)
    blob = np.zeros((height, width), np.uint8)
    cv2.drawContours(blob, [contour], 0, (1,), -1, offset=(-left, -top))
    y, x = np.nonzero(blob)
    pixels = np.stack([x + left, y + top], axis=1).astype(np.float64)
    centre = pixels.mean(axis=0)
    axis = _axis(pixels - centre)
    along = (pixels - centre) @ axis
    across = (pixels - centre) @ np.array([-axis[1], axis[0]])
    start, end = float(along.min()), float(along.max())
    step = (end - start) / _SLICES + 1e-6
    slices = ((along - start) / step).astype(int)
    middles: list[float] = []
    thickness: list[float] = []
    places: list[float] = []
    for number in range(_SLICES):
        part = across[slices == number]
        if part.size:
            middles.append(float(part.min() + part.max()) / 2)
            thickness.append(float(part.max() - part.min()) + 1)
            places.append(start + (number + 0.5) * step)
    fit = np.polynomial.Polynomial.fit(places, middles, min(_DEGREE, len(places) - 1))
    reach: NDArray[np.float64] = np.linspace(start, end, _POINTS)
    line = np.stack([reach, np.asarray(fit(reach), np.float64)], axis=1)
    slope = float(np.median(np.abs(np.gradient(line[:, 1], line[:, 0]))))
    line = _lengthened(line, grow)
    points = centre + line[:, :1] * axis + line[:, 1:] * np.array([-axis[1], axis[0]])
    blob_height = float(np.median(thickness)) / float(np.hypot(1, slope))
    return Curve(points.astype(np.float32), blob_height + 2 * grow)


def crop_curve(image: Image, curve: Curve, height: int, longest: int) -> Image:
    """Return the strip along a centre line: uint8, (height, W, 3).

    Args:
        image: uint8, (H, W, 3).
        curve: The line, in pixels of the image.
        height: Height of the strip.
        longest: Width in pixels that the strip never passes.
    """
    steps = np.hypot(*np.diff(curve.points, axis=0).T)
    arc = np.concatenate([[0.0], np.cumsum(steps)])
    width = max(1, min(longest, round(arc[-1] * height / curve.height)))
    at = (np.arange(width) + 0.5) / width * arc[-1]
    x, ahead_x = (_along(at + shift, arc, curve.points[:, 0]) for shift in (0.0, 1.0))
    y, ahead_y = (_along(at + shift, arc, curve.points[:, 1]) for shift in (0.0, 1.0))
    length = np.maximum(np.hypot(ahead_x - x, ahead_y - y), 1e-6)
    dx, dy = (ahead_x - x) / length, (ahead_y - y) / length
    down = ((np.arange(height) + 0.5) / height - 0.5)[:, None] * curve.height
    places = np.stack([x - dy * down, y + dx * down])
    part = part_around(image, places.min(axis=(1, 2)), places.max(axis=(1, 2)))
    places = (places - part.corner[:, None, None]) * part.scale[:, None, None]
    return np.asarray(
        cv2.remap(
            part.pixels,
            places[0].astype(np.float32),
            places[1].astype(np.float32),
            cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )


def _along(
    at: NDArray[np.float64], arc: NDArray[np.float64], values: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return a coordinate of the centre line at lengths along it."""
    last = (float(values[-1]) - float(values[-2])) / max(float(arc[-1] - arc[-2]), 1e-6)
    inside = np.interp(at, arc, values)
    return np.asarray(inside + np.maximum(at - arc[-1], 0) * last, np.float64)


def _axis(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the direction in which centred pixels spread most, pointing right."""
    _, vectors = np.linalg.eigh(pixels.T @ pixels)
    axis: NDArray[np.float64] = vectors[:, -1]
    return -axis if axis[0] < 0 else axis


def _lengthened(line: NDArray[np.float64], grow: float) -> NDArray[np.float64]:
    """Return a line that goes on straight at both ends."""
    if not grow:
        return line
    first, last = line[0] - line[1], line[-1] - line[-2]
    start = line[0] + first / np.hypot(*first) * grow
    end = line[-1] + last / np.hypot(*last) * grow
    return np.concatenate([[start], line, [end]])
