"""Whether a file is a model that pages can be read with, told by running it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shizi.core.errors import EngineError, ModelError
from shizi.ocr.crop import LINE_HEIGHT
from shizi.ocr.engine import make_session
from shizi.ocr.recognise import PIXELS_A_STEP
from shizi.ocr.shelf import Part
from shizi.ocr.weights import read_charset

if TYPE_CHECKING:
    from pathlib import Path

# A strip and a picture, in pixels, that any model of the kind takes.
_WIDTH, _SIDES = 320, (64, 96)


def find_part(path: Path) -> Part:
    """Return what a model does for a page.

    A recogniser carries its characters, and gives a row of classes for eight columns of
    pixels; a detector gives a map of the picture's size.

    Args:
        path: An ONNX file.

    Raises:
        ModelError: It is none, or one that takes or gives something else.
    """
    charset = _charset(path)
    part = Part.RECOGNISER if charset else Part.DETECTOR
    shape = (LINE_HEIGHT, _WIDTH) if charset else _SIDES
    wanted = (1, _WIDTH // PIXELS_A_STEP, len(charset)) if charset else (1, 1, *_SIDES)
    try:
        session = make_session("onnxruntime", path, threads=0, precision="f32")
        given = session.run(np.full((1, *shape, 3), 255, np.uint8)).shape
    except (EngineError, ValueError) as error:
        message = f"the file is no model that can be run as a {part}: {error}"
        raise ModelError(message) from error
    if given != wanted:
        message = f"as a {part} the model must give {wanted}, and gives {given}"
        raise ModelError(message)
    return part


def _charset(path: Path) -> tuple[str, ...]:
    """Return the characters that a model carries; none of one that carries none."""
    try:
        return read_charset(path)
    except ModelError:
        return ()
