"""A recogniser in int8 made of a float one, and kept only where it reads as well."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from shizi.core.errors import EngineError, ModelError
from shizi.ocr import shelf
from shizi.ocr.crop import crop_line
from shizi.ocr.engine import TextEngine
from shizi.ocr.recognise import batch_of
from shizi.ocr.shelf import About, Model, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.ocr.setup import Setup

# Of so many pages one is kept from the calibration, to compare the readings on.
_HELD_OUT = 4
# Strips shown, at most: ranges settle long before, and each takes a tenth of a second.
_MOST_STRIPS = 300
# Lines on the pages held out below which their share tells nothing.
_LEAST_LINES = 50
# Share of the lines that may be read otherwise. Lines drawn here are in no language, so
# that a doubtful character has no help from its neighbours: 3 of 127 went with 4 lines
# gained and 6 lost of 2 143 real ones, 11 of 126 with 1 to 3 points lost.
_MOST_LOST = 0.06
# Changed with what is written here, so that what was made before is made anew.
_RECIPE = "3"


def optimise(
    setup: Setup, pages: Sequence[Image], *, tell: Callable[[str], None]
) -> Model:
    """Make the int8 model of a recogniser, unless it is there, and return it.

    Args:
        setup: How the models are run, and which recogniser.
        pages: What to learn ranges and to compare readings on: uint8, (H, W, 3), RGB.
        tell: Is told what is being done.

    Raises:
        ModelError: The model reads too many lines otherwise; nothing was kept. Or it
            cannot be written, or there are too few lines to tell.
        EngineError: OpenVINO is missing, or fails.
    """
    part = Part.RECOGNISER
    name = setup.name_of(part)
    source = shelf.find(setup.folder, part, name)
    tools = _tools()
    key = _key(source, tools.versions(), pages)
    if shelf.int8_key(setup.folder, source) == key:
        there = shelf.find_int8(setup.folder, source)
        if there is not None:
            tell(f"{part} {name}: there already")
            return there
    tell(f"{part} {name}: quantising")
    plain = TextEngine(setup=replace(setup, profile="exact", precision="auto"))
    shown = [page for at, page in enumerate(pages) if (at + 1) % _HELD_OUT]
    held = [page for at, page in enumerate(pages) if not (at + 1) % _HELD_OUT]
    strips = _strips(plain, shown)
    with shelf.staging(setup.folder) as scratch:
        made = scratch / "made"
        made.mkdir()
        files = tools.quantise(source.path, strips, made / "model.xml")
        about = About(
            part,
            name,
            {file.name: shelf.digest_of(file) for file in files},
            f"{tools.versions()}, {len(shown)} pages",
            key,
        )
        # Tried in a folder of its own: nobody takes what was not found fit.
        (scratch / "added").symlink_to((setup.folder / "added").absolute())
        shelf.place_int8(scratch, made, source, about)
        tried = replace(setup, profile="balanced", precision="int8", models=scratch)
        lost, total = _lost(plain, TextEngine(setup=tried), held)
        told = f"{part} {name}: {lost} of {total} lines are read otherwise"
        if total < _LEAST_LINES:
            message = f"{told}: {_LEAST_LINES} are needed to tell; give more pictures"
            raise ModelError(message)
        if lost > _MOST_LOST * total:
            message = f"{told}, more than {_MOST_LOST:.0%}: not kept"
            raise ModelError(message)
        about = replace(about, note=f"{about.note}; {lost} of {total} lines otherwise")
        shelf.place_int8(setup.folder, scratch / "int8" / source.sha256, source, about)
    tell(told)
    there = shelf.find_int8(setup.folder, source)
    if there is None:
        message = f"{part} {name}: was removed while it was made"
        raise ModelError(message)
    return there


def _tools() -> Any:  # noqa: ANN401 - a module
    """Return what makes int8 models, which not every machine has."""
    try:
        return import_module("shizi.ocr.sessions.quantise")
    except ImportError as error:
        message = "int8 needs OpenVINO, which is not installed"
        raise EngineError(message) from error


def _key(source: Model, versions: str, pages: Sequence[Image]) -> str:
    """Return the checksum of everything that an int8 model is made from."""
    whole = hashlib.sha256(f"{_RECIPE} {source.sha256} {versions}".encode())
    for page in pages:
        whole.update(repr(page.shape).encode() + page.tobytes())
    return whole.hexdigest()


def _strips(engine: TextEngine, pages: Sequence[Image]) -> list[NDArray[np.uint8]]:
    """Return lines of the pages as the recogniser gets them, from all pages alike."""
    strips = [
        batch_of(crop_line(page, corners)[0])
        for page in pages
        for corners in engine.find(page)
    ]
    return strips[:: -(-len(strips) // _MOST_STRIPS) or 1]


def _lost(
    plain: TextEngine, tried: TextEngine, pages: Sequence[Image]
) -> tuple[int, int]:
    """Return how many lines another engine does not read the same, of how many.

    A full-width sign in place of a narrow one is the same.
    """
    lost = total = 0
    for page in pages:
        texts, others = (
            Counter(normalize("NFKC", line.text) for line in engine.read(page).lines)
            for engine in (plain, tried)
        )
        lost += (texts - others).total()
        total += texts.total()
    return lost, total
