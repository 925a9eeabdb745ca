"""The server with rapidocr in place of the engine, to be measured against.

Run as `python -m benchmarks.peer serve ...`; PEER is the library that rapidocr runs its
models with, PEER_THREADS the threads of one read, nought for its own default. All else,
from HTTP to the decoder, is shizi's.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

import shizi.app
from benchmarks import systems
from shizi.cli import main
from shizi.core.errors import EngineError
from shizi.core.geometry import Quad, Size
from shizi.core.text import Page, TextLine

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.core.posterior import Posterior

LIBRARY, THREADS = "PEER", "PEER_THREADS"


class Peer:
    """rapidocr as an engine; the caller is not asked for, nor how long it waits."""

    def __init__(self, **_options: Any) -> None:  # noqa: ANN401 - the engine's
        """Load rapidocr's models, with the settings of the environment."""
        library = os.environ[LIBRARY]
        threads = int(os.environ[THREADS])
        self._read = systems.make_rapidocr(library, threads)

    def read(self, image: Image) -> Page:
        """Return the text of an upright image."""
        height, width = image.shape[:2]
        lines = self._read(np.ascontiguousarray(image[..., ::-1]))
        return Page(
            Size(width, height),
            tuple(TextLine(line.text, Quad.of(line.quad), 1.0) for line in lines),
        )

    def find(self, image: Image) -> list[NDArray[np.float32]]:
        """Return the corners of an image's lines."""
        return [np.array(line.quad, np.float32) for line in self.read(image).lines]

    def spell(self, image: Image, corners: NDArray[np.float32]) -> Posterior:
        """Refuse: it tells no probabilities.

        Raises:
            EngineError: Always.
        """
        del image, corners
        raise EngineError("rapidocr tells no probabilities")

    def warm(self) -> None:
        """Read a blank page."""
        self.read(np.full((960, 960, 3), 255, np.uint8))

    def release(self) -> None:
        """Do nothing: it keeps what it took."""


if __name__ == "__main__":
    # By its module's name, for the workers: they do not run this file.
    shizi.app.TextEngine = import_module("benchmarks.peer").Peer  # type: ignore[attr-defined]
    main()
