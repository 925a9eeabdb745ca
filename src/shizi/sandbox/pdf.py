"""Pages of a PDF, drawn by pdfium."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pypdfium2

from shizi.core.errors import ImageDecodeError
from shizi.core.image import MAX_PIXELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shizi.core.image import Image

# The library ships no types.
_pdfium: Any = pypdfium2
# Points of PDF in an inch.
_POINTS = 72


class PdfPages:
    """The pages of an open PDF."""

    def __init__(self, file: BinaryIO, dpi: int) -> None:
        """Open a PDF.

        Raises:
            ImageDecodeError: It is damaged or locked.
        """
        self._dpi = dpi
        try:
            self._document = _pdfium.PdfDocument(file)
            self._document.init_forms()
        except pypdfium2.PdfiumError as error:
            locked = "password" in str(error).lower()
            reason = "locked by a password" if locked else "damaged or cut off"
            raise ImageDecodeError(f"the PDF is {reason}") from error

    def count(self) -> int:
        """Return how many pages there are."""
        return len(self._document)

    def draw(self, number: int) -> Image:
        """Return a page's pixels, smaller where its size is beyond the limits."""
        try:
            page = self._document[number]
            width, height = page.get_size()
            scale = self._dpi / _POINTS
            pixels = math.ceil(width * scale) * math.ceil(height * scale)
            if pixels > MAX_PIXELS:
                # A hundredth less: each side is rounded up.
                scale *= math.sqrt(MAX_PIXELS / pixels) * 0.99
            bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
            drawn: NDArray[np.uint8] = bitmap.to_numpy()
        except (pypdfium2.PdfiumError, ValueError) as error:
            raise ImageDecodeError("the page is damaged") from error
        if drawn.ndim == 2 or drawn.shape[2] == 1:  # noqa: PLR2004
            return np.repeat(drawn.reshape(*drawn.shape[:2], 1), 3, axis=2)
        return np.ascontiguousarray(drawn[:, :, :3])
