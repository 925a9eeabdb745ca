"""An engine that reads nothing: fixed lines after a fixed time, for load tests."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from shizi.core.geometry import Quad, Size
from shizi.core.posterior import Posterior
from shizi.core.text import Page, TextLine

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.ports import Caller

# How often, in seconds, the caller is asked whether it still waits.
_PAUSE = 0.01


class NullEngine:
    """Answers every image with the same lines."""

    def __init__(
        self,
        *,
        texts: tuple[str, ...] = ("识字",),
        seconds: float = 0,
        caller: Caller | None = None,
    ) -> None:
        """Take the lines, and how many seconds reading them shall take.

        Args:
            texts: One string a line.
            seconds: Time of one read.
            caller: Who waits for the page, asked now and then.
        """
        self._texts = texts
        self._seconds = seconds
        self._caller = caller

    def read(self, image: Image) -> Page:
        """Return the lines, one below the other over the whole image.

        Raises:
            GoneError: Nobody waits for the page any more.
        """
        end = time.monotonic() + self._seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _PAUSE))
            if self._caller:
                self._caller.check()
        height, width = image.shape[:2]
        step = height / max(1, len(self._texts))
        return Page(
            Size(width, height),
            tuple(
                TextLine(text, _band(width, row * step, step), 1.0)
                for row, text in enumerate(self._texts)
            ),
        )

    def find(self, image: Image) -> list[NDArray[np.float32]]:
        """Return the outlines of the lines, float32, (4, 2) each."""
        return [np.array(line.quad, np.float32) for line in self.read(image).lines]

    def spell(self, image: Image, corners: NDArray[np.float32]) -> Posterior:
        """Return a line without characters."""
        del image, corners
        return Posterior(np.zeros((1, 1), np.float32), {}, 8, 8)

    def warm(self) -> None:
        """Do nothing."""

    def release(self) -> None:
        """Do nothing."""


def _band(width: int, top: float, height: float) -> Quad:
    bottom = top + height
    return Quad.of([(0, top), (width, top), (width, bottom), (0, bottom)])
