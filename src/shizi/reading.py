"""The tasks that a worker runs: bytes in, a page out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shizi.core.image import decode_image

if TYPE_CHECKING:
    from shizi.core.text import Page
    from shizi.ports import Engine


def read_text(engine: Engine, data: bytes) -> Page:
    """Return the text of an encoded picture.

    Raises:
        ImageDecodeError: The bytes are not a picture that is read here.
        EngineError: The inference library failed.
    """
    return engine.read(decode_image(data))
