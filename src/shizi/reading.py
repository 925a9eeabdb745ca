"""The tasks that a worker runs: pixels in, a page out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shizi.core.image import Image
    from shizi.core.text import Page
    from shizi.ports import Engine


def read_text(engine: Engine, image: Image) -> Page:
    """Return the text of an upright image.

    Raises:
        EngineError: The inference library failed.
    """
    return engine.read(image)
