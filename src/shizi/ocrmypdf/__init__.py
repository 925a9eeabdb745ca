"""The engine of shizi in OCRmyPDF: `ocrmypdf --plugin shizi.ocrmypdf in.pdf out.pdf`.

OCRmyPDF draws the pages and writes the PDF; this reads them and tells where each word
lies. Tesseract is neither needed nor used. Pages that were read before are not read
again: `--shizi-pages FILE` names them, as `shizi read --format pdf` hands them over.
"""

from __future__ import annotations

import math
import statistics
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import PIL.Image
from ocrmypdf import OcrElement, OcrEngine, OrientationConfidence, hookimpl
from ocrmypdf.builtin_plugins.tesseract_ocr import TesseractOptions
from ocrmypdf.exceptions import BadArgsError, ExitCode, ExitCodeException
from ocrmypdf.models.ocr_element import BoundingBox, OcrClass

from shizi import __version__
from shizi.core.errors import ShiziError
from shizi.core.geometry import Size
from shizi.core.image import MAX_PIXELS
from shizi.core.text import Page
from shizi.formats.angle import angle_of
from shizi.formats.exchange import load_pages
from shizi.ocrmypdf.layer import set_line
from shizi.reader import Reader

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Mapping

    import pluggy
    from ocrmypdf._options import OcrOptions
    from pydantic import BaseModel

__all__ = [
    "ShiziEngine",
    "add_options",
    "get_ocr_engine",
    "initialize",
    "register_options",
]

_TESSERACT = "ocrmypdf.builtin_plugins.tesseract_ocr"
# What is read, by the names that OCRmyPDF knows from Tesseract.
_LANGUAGES = frozenset({"chi_sim", "chi_tra", "eng"})
# OCRmyPDF's own measure of certainty: 15 is very confident.
_SURE = 15.0
# Degrees by which lines of an upright page are askew at most.
_ASKEW = 30.0

_tesseract_options: Final[Any] = TesseractOptions  # its methods state no types


class _Models:
    """The models, made once: by whichever of OCRmyPDF's threads reads first."""

    def __init__(self) -> None:
        self.reader: Reader | None = None
        self._making = threading.Lock()

    def get(self) -> Reader:
        """Return the reader, which lets threads take turns."""
        with self._making:
            if self.reader is None:
                self.reader = Reader()
            return self.reader


_models = _Models()


@hookimpl
def initialize(plugin_manager: pluggy.PluginManager) -> None:
    """Keep Tesseract out: OCRmyPDF would ask for its program."""
    plugin_manager.set_blocked(_TESSERACT)


@hookimpl
def register_options() -> dict[str, type[BaseModel]]:
    """Return the options of Tesseract: OCRmyPDF looks at them, whoever reads."""
    return {"tesseract": TesseractOptions}


@hookimpl
def add_options(parser: ArgumentParser) -> None:
    """Add our option to those of Tesseract, which are taken and have no effect."""
    _tesseract_options.add_arguments_to_parser(parser)
    parser.add_argument(
        "--shizi-pages",
        metavar="FILE",
        help="Pages that shizi has read already; they are not read again.",
    )


@hookimpl
def get_ocr_engine(options: OcrOptions | None) -> OcrEngine | None:
    """Return our engine, unless another one is asked for by name."""
    name = "auto" if options is None else options.ocr_engine
    return ShiziEngine() if name in {"auto", "shizi"} else None


class ShiziEngine(OcrEngine):
    """Reads pages for OCRmyPDF; its threads share the models."""

    @staticmethod
    def version() -> str:
        """Return the version of shizi."""
        return __version__

    @staticmethod
    def creator_tag(options: OcrOptions) -> str:
        """Return what the PDF says it was read by."""
        del options
        return f"shizi {__version__}"

    def __str__(self) -> str:
        """Return the name and the version."""
        return f"shizi {__version__}"

    @staticmethod
    def languages(options: OcrOptions) -> set[str]:
        """Return what is read; all of it always is."""
        del options
        return set(_LANGUAGES)

    @staticmethod
    def get_orientation(input_file: Path, options: OcrOptions) -> OrientationConfidence:
        """Return how the page must be turned, with the clock, to stand upright."""
        del options
        lines = _read(input_file).lines
        votes: dict[int, float] = dict.fromkeys(range(0, 360, 90), 0.0)
        for line in lines:
            quarter = round(angle_of(line.quad) / 90) * 90
            votes[quarter % 360] += len(line.text) * line.score
        total = sum(votes.values())
        if not total:
            return OrientationConfidence(0, 0.0)
        angle = max(votes, key=lambda each: votes[each])
        return OrientationConfidence(angle, _SURE * votes[angle] / total)

    @staticmethod
    def get_deskew(input_file: Path, options: OcrOptions) -> float:
        """Return by how many degrees the lines fall to the right."""
        del options
        angles = [angle_of(line.quad) for line in _read(input_file).lines]
        level = [angle for angle in angles if abs(angle) < _ASKEW]
        return statistics.median(level) if level else 0.0

    @staticmethod
    def supports_generate_ocr() -> bool:
        """Return that `generate_ocr` is there."""
        return True

    @staticmethod
    def generate_ocr(
        input_file: Path, options: OcrOptions, page_number: int = 0
    ) -> tuple[OcrElement, str]:
        """Return a page's lines and words, and its text.

        Raises:
            ExitCodeException: The page cannot be read.
        """
        with PIL.Image.open(input_file) as picture:
            size = Size(*picture.size)
            dpi = float(picture.info.get("dpi", (72.0, 72.0))[0])
        known = _known(_pages_file(options))
        page = known.get(page_number + 1) if known is not None else _read(input_file)
        page = page or Page(size, ())
        scale = (size.width / page.size.width, size.height / page.size.height)
        children = [set_line(line, scale) for line in page.lines if line.text.strip()]
        whole = BoundingBox(0, 0, size.width, size.height)
        root = OcrElement(
            OcrClass.PAGE,
            bbox=whole,
            dpi=dpi,
            page_number=page_number,
            children=[each for each in children if each.children],
        )
        return root, page.text

    @staticmethod
    def generate_hocr(
        input_file: Path, output_hocr: Path, output_text: Path, options: OcrOptions
    ) -> None:
        """Refuse: OCRmyPDF asks for `generate_ocr` instead."""
        del input_file, output_hocr, output_text, options
        raise NotImplementedError

    @staticmethod
    def generate_pdf(
        input_file: Path, output_pdf: Path, output_text: Path, options: OcrOptions
    ) -> None:
        """Refuse: `--pdf-renderer sandwich` is Tesseract's."""
        del input_file, output_pdf, output_text, options
        raise BadArgsError("shizi writes no PDF of its own: --pdf-renderer fpdf2")


def _pages_file(options: OcrOptions) -> str | None:
    """Return what `--shizi-pages` names."""
    extra: dict[str, Any] = options.extra_attrs
    return extra.get("shizi_pages")


@lru_cache(1)
def _known(path: str | None) -> Mapping[int, Page] | None:
    """Return the pages that were read before; none if all are to be read."""
    if path is None:
        return None
    try:
        return load_pages(Path(path).read_text("ascii"))
    except (OSError, ValueError) as error:
        raise BadArgsError(f"--shizi-pages {path}: no pages of shizi's") from error


def _read(path: Path) -> Page:
    """Return what a page says.

    Raises:
        ExitCodeException: It cannot be read.
    """
    with PIL.Image.open(path) as picture:
        size = Size(*picture.size)
        large = size.width * size.height / MAX_PIXELS
        upright = picture.convert("RGB")
    if large > 1:
        side = math.sqrt(large) * 1.01
        upright = upright.resize(
            (max(1, int(size.width / side)), max(1, int(size.height / side)))
        )
    try:
        page = _models.get().read_text(np.asarray(upright))
    except ShiziError as error:
        failure = ExitCodeException(str(error))
        failure.exit_code = ExitCode.child_process_error
        raise failure from error
    return page
