"""Searchable PDF, one after the other, in a process that is kept for them."""

from __future__ import annotations

import io
import json
import logging
import math
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import img2pdf
import ocrmypdf
import PIL.Image
import PIL.ImageOps
import PIL.ImageSequence

from shizi.core.image import MAX_PIXELS
from shizi.sandbox.limits import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterator

# Inches of A4's longer side: so long a picture is whose resolution is not told, or is
# none that a scanner or a camera has.
_LONG_SIDE = 11.69
_LEAST_DPI, _MOST_DPI = 72.0, 1200.0
# What is put into the PDF as it is.
_AS_IT_IS = {"JPEG", "PNG"}
_LONGEST_SENTENCE = 200

# The one ships no types, the other not all of them.
_img2pdf: Any = img2pdf
_ocrmypdf: Any = ocrmypdf


def attend() -> None:
    """Make PDFs until standard input ends; the main function of the process.

    A row asks for one: JSON of `source`, `pages` (a file as of `--shizi-pages`) and
    `target`. A row answers: JSON of why there is none, or null.
    """
    end_with_parent()
    logging.disable(logging.CRITICAL)
    # What libraries print must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    PIL.Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    for row in sys.stdin:
        asked = json.loads(row)
        fault = _make(Path(asked["source"]), asked["pages"], Path(asked["target"]))
        answers.write(json.dumps(fault) + "\n")
        answers.flush()


def _make(source: Path, pages: str, target: Path) -> str | None:
    """Make one searchable PDF; return why it cannot be made."""
    try:
        with tempfile.TemporaryDirectory(prefix="shizi-") as folder:
            _ocrmypdf.ocr(
                _as_pdf(source, Path(folder) / "source.pdf"),
                target,
                plugins=["shizi.ocrmypdf"],
                shizi_pages=pages,
                # A page that has text already is searchable, and stays as it is.
                skip_text=True,
                output_type="pdf",
                optimize=0,
                jobs=1,
                use_threads=True,
                progress_bar=False,
            )
    except Exception as error:  # noqa: BLE001 - the library raises almost anything
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        return f"no searchable PDF: {first[:_LONGEST_SENTENCE]}"
    return None


def _as_pdf(source: Path, made: Path) -> Path:
    """Return a file as PDF: itself, or its pictures on a page each."""
    with source.open("rb") as file:
        if b"%PDF-" in file.read(1024):
            return source
    with PIL.Image.open(source) as picture:
        layout = _img2pdf.get_fixed_dpi_layout_fun(_resolution(picture))
        data: bytes | None = None
        if picture.format in _AS_IT_IS:
            # Refused are pictures with transparent parts, and damaged ones.
            with suppress(Exception):
                data = _bound([source.read_bytes()], layout)
        made.write_bytes(data or _bound(list(_pictures(picture)), layout))
    return made


def _bound(pictures: list[bytes], layout: object) -> bytes:
    data: bytes = _img2pdf.convert(
        pictures, layout_fun=layout, rotation=_img2pdf.Rotation.ifvalid
    )
    return data


def _resolution(picture: PIL.Image.Image) -> tuple[float, float]:
    """Return pixels an inch, across and down."""
    told = picture.info.get("dpi", (0, 0))
    with suppress(TypeError, ValueError):
        across, down = (float(each) for each in told)
        if all(_LEAST_DPI <= each <= _MOST_DPI for each in (across, down)):
            return across, down
    guess = max(_LEAST_DPI, max(picture.size) / _LONG_SIDE)
    return guess, guess


def _pictures(picture: PIL.Image.Image) -> Iterator[bytes]:
    """Give the upright pages of a TIFF, or else the first picture, as PNG."""
    for page in PIL.ImageSequence.Iterator(picture):
        if math.prod(page.size) > MAX_PIXELS:
            raise ValueError("a page is beyond the limits")
        upright = PIL.ImageOps.exif_transpose(page)
        if upright.has_transparency_data:
            layer = upright.convert("RGBA")
            upright = PIL.Image.new("RGB", layer.size, "white")
            upright.paste(layer, mask=layer.getchannel("A"))
        elif upright.mode not in {"1", "L", "RGB"}:
            upright = upright.convert("RGB")
        file = io.BytesIO()
        upright.save(file, "PNG", compress_level=1)
        yield file.getvalue()
        if picture.format != "TIFF":
            return
