"""One generated file and what becomes of it."""

from __future__ import annotations

import io
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import PIL.Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]


class Fate(StrEnum):
    """What a file must come to."""

    READ = "read"
    REFUSED = "refused"
    EITHER = "either"  # damage that a decoder may or may not see


class Sample(NamedTuple):
    """One file.

    Attributes:
        name: Its kind and what is odd about it.
        data: The file.
        fate: What it must come to.
        pixels: What it shows, uint8, (H, W, 3), RGB, where that is known exactly.
    """

    name: str
    data: bytes
    fate: Fate
    pixels: Pixels | None = None


def encode(picture: PIL.Image.Image, format_name: str, **options: object) -> bytes:
    """Return a picture as Pillow writes it."""
    target = io.BytesIO()
    picture.save(target, format_name, **options)
    return target.getvalue()


def gradient(width: int, height: int) -> Pixels:
    """Return colours of which no two neighbours are alike."""
    y, x = np.mgrid[:height, :width]
    planes = (x * 7 + y * 3, x * 5 + y * 11 + 80, x * 13 + y * 2 + 160)
    return np.stack(planes, axis=2).astype(np.uint8)


def photo(width: int = 64, height: int = 48) -> PIL.Image.Image:
    """Return the same colours as a picture of Pillow's."""
    return PIL.Image.fromarray(gradient(width, height))
