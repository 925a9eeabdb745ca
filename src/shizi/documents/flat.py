"""A page of a document, laid flat."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from shizi.documents.homography import project

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.documents.pose import Pose
    from shizi.documents.spec import PageSpec

# Pixels a millimetre: characters of 3 mm become 33 pixels high, as the detector likes
# them and no more pixels than it needs.
DENSITY = 11.0
# Millimetres around the page: values may be printed over its edge, and a pose is not
# exact.
MARGIN = 3.0
# Pixels over which noise is smoothed: a third of a stroke.
_NOISE = 1.0
# Blur that is taken off, as the standard deviation in pixels: of a card 500 pixels wide
# it is one of its own. Noise as a share of print, in power.
_BLUR, _NOISY = 2.2, 0.1
# Grey that paper becomes in even light, and the darkest that counts as light.
_PAPER, _DARKEST = 200.0, 16.0


class View(NamedTuple):
    """What shows a page.

    Attributes:
        flat: The page laid flat: uint8, (H, W, 3), RGB; lines are found there.
        image: Where they are read: uint8, (H, W, 3), RGB.
        place: Takes places on the page, (N, 2), in millimetres, to pixels of that.
    """

    flat: Image
    image: Image
    place: Callable[[NDArray[np.float64]], NDArray[np.float32]]


class Flat:
    """A page laid flat, with the way back to the picture.

    Attributes:
        image: uint8, (H, W, 3), RGB.
        pose: How the page lies in the picture.
    """

    def __init__(self, image: Image, pose: Pose, page: PageSpec) -> None:
        """Lay a page of a picture flat.

        Args:
            image: The picture: uint8, (H, W, 3), RGB.
            pose: How the page lies in it.
            page: The page.
        """
        self.pose = pose
        self._picture = image
        width, height = page.size
        self._to_picture = pose.to_image @ np.diag([100 / width, 100 / height, 1])
        self.image, _ = flatten(image, pose, page, density=DENSITY, margin=MARGIN)

    @property
    def first(self) -> View:
        """The page as it is read at first: as it is in the picture."""
        return View(self.image, self._picture, self.to_picture)

    @property
    def second(self) -> View:
        """The page as a doubtful one is read anew: in grey, in even light."""
        return View(self._grey[0], self._grey[0], self.to_pixels)

    @property
    def views(self) -> tuple[Image, ...]:
        """The page as doubtful values are looked at again: uint8, (H, W, 3), RGB each.

        In even light, with less noise: in colour, in grey, and in grey made sharper.
        """
        # Noise differs from colour to colour. On hard photographs 78.6 % of 1284 values
        # were right and 2.7 wrong with the first alone, 79.6 and 1.9 with the second as
        # well, 80.1 and 2.3 with the third in its place (tune, seed 101).
        return self.clear, *self._grey

    @cached_property
    def clear(self) -> Image:
        """The page with less noise and in even light: uint8, (H, W, 3), RGB."""
        return clear(self.image)

    @cached_property
    def _grey(self) -> tuple[Image, ...]:
        levels = self.image.mean(axis=2, dtype=np.float32)
        return clear(grey(self.image)), even_light(_in_colour(_sharpened(levels)))

    def to_pixels(self, corners: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return places on the page, (N, 2), in pixels of the flat image."""
        return ((corners + MARGIN) * DENSITY).astype(np.float32)

    def to_page(self, corners: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return places on the flat image, (N, 2), in millimetres on the page."""
        return corners.astype(np.float64) / DENSITY - MARGIN

    def to_picture(self, corners: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return places on the page, (N, 2), in pixels of the picture."""
        return project(self._to_picture, corners).astype(np.float32)


def flatten(
    image: Image, pose: Pose, page: PageSpec, *, density: float, margin: float
) -> tuple[Image, NDArray[np.float64]]:
    """Return a page laid flat with what is around it.

    Args:
        image: The picture: uint8, (H, W, 3), RGB.
        pose: How the page lies in it.
        page: The page.
        density: Pixels a millimetre of the result.
        margin: Millimetres around the page.

    Returns:
        The flat page, uint8, (H, W, 3), RGB, and what takes its pixels to those of the
        picture: float64, (3, 3).
    """
    width, height = page.size
    scale = np.array([100 / width, 100 / height])
    matrix = np.diag([*scale / density, 1.0])
    matrix[:2, 2] = -margin * scale
    back = pose.to_image @ matrix
    size = (
        round((width + 2 * margin) * density),
        round((height + 2 * margin) * density),
    )
    return _warp(image, back, size), back


def clear(flat: Image) -> Image:
    """Return a flat page with less noise and in even light: uint8, (H, W, 3), RGB."""
    smooth = cv2.GaussianBlur(flat, (0, 0), _NOISE)
    return even_light(np.asarray(smooth, np.uint8))


def grey(image: Image) -> Image:
    """Return a picture in grey: uint8, (H, W, 3), RGB."""
    return _in_colour(image.mean(axis=2, dtype=np.float32))


def even_light(image: Image) -> Image:
    """Return a picture divided by its own light: uint8, (H, W, 3), RGB."""
    height, width = image.shape[:2]
    small = cv2.resize(image, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.dilate(small, np.ones((3, 3), np.uint8)), (0, 0), 9)
    light = np.maximum(cv2.resize(paper, (width, height)), _DARKEST)
    return np.clip(image / light * _PAPER, 0, 255).astype(np.uint8)


def _in_colour(grey: NDArray[np.float32]) -> Image:
    """Return grey levels, (H, W), as a picture: uint8, (H, W, 3), RGB."""
    levels = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    return np.repeat(levels[:, :, None], 3, axis=2)


def _sharpened(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return grey levels, (H, W), without the blur of a lens (Wiener's filter)."""
    height, width = grey.shape
    squares = np.fft.fftfreq(height)[:, None] ** 2 + np.fft.rfftfreq(width) ** 2
    blur = np.exp(-2 * (np.pi * _BLUR) ** 2 * squares)
    share = blur * (1 + _NOISY) / (blur**2 + _NOISY)
    sharp = np.fft.irfft2(np.fft.rfft2(grey) * share, s=grey.shape)
    return np.asarray(sharp, np.float32)


def _warp(
    image: Image, back: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Return what a homography from the target to the image shows.

    Args:
        image: uint8, (H, W, 3), RGB.
        back: (3, 3), from pixels of the target to pixels of the image.
        size: Width and height of the target.
    """
    frame = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float64)
    corners = project(back, frame)
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 2, 0)
    high = np.ceil(corners.max(axis=0)).astype(int) + 3
    part = image[low[1] : high[1], low[0] : high[0]]
    if not part.size:
        return np.full((size[1], size[0], 3), 128, np.uint8)
    shift = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]], np.float64)
    # Warping does not average: what is to shrink by more than half is shrunk first.
    factor = np.sqrt(
        size[0] * size[1] / max(1.0, cv2.contourArea(corners.astype(np.float32)))
    )
    if factor < 0.5:  # noqa: PLR2004
        part = np.asarray(
            cv2.resize(part, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA),
            np.uint8,
        )
        shift = np.diag([factor, factor, 1]) @ shift
    return np.asarray(
        cv2.warpPerspective(
            part,
            shift @ back,
            size,
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )
