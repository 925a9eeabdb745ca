"""Pages of a TIFF, by Pillow."""

from __future__ import annotations

import io
import warnings

import PIL.Image

from shizi.core.errors import ImageDecodeError
from shizi.core.geometry import Size
from shizi.core.image import Image, check_size, pixels_of


class TiffPages:
    """The pages of an open TIFF."""

    def __init__(self, data: bytes) -> None:
        """Open a TIFF.

        Raises:
            ImageDecodeError: It is damaged.
        """
        warnings.simplefilter("ignore")
        # Our own limit holds, page by page, before anything is decoded.
        PIL.Image.MAX_IMAGE_PIXELS = None
        try:
            self._picture = PIL.Image.open(io.BytesIO(data), formats=["TIFF"])
            self._count: int = getattr(self._picture, "n_frames", 1)
        except Exception as error:  # a damaged file makes Pillow raise almost anything
            raise ImageDecodeError("the TIFF is damaged or cut off") from error

    def count(self) -> int:
        """Return how many pages there are."""
        return self._count

    def draw(self, number: int) -> Image:
        """Return a page's upright pixels."""
        try:
            self._picture.seek(number)
            check_size(Size(*self._picture.size))
            self._picture.load()
            return pixels_of(self._picture)
        except ImageDecodeError:
            raise
        except Exception as error:  # a damaged file makes Pillow raise almost anything
            raise ImageDecodeError("the page is damaged or cut off") from error
