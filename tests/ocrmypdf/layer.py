"""The text layer of a PDF against what was read of its pages."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pypdfium2
import pytest

from shizi.formats.words import part_of, places_of

if TYPE_CHECKING:
    from pathlib import Path

    from shizi import Reader
    from shizi.core.text import Page

_WORD = re.compile(
    r'<word xMin="(\S+)" yMin="(\S+)" xMax="(\S+)" yMax="(\S+)">(.*)</word>'
)
DPI = 150


class Piece(NamedTuple):
    """A word of the layer: its text, and its box in pixels of the drawn page."""

    text: str
    box: np.ndarray


def draw(pdf: Path, number: int) -> np.ndarray:
    """Return a page as it is shown, from 0 on."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        bitmap = document[number].render(scale=DPI / 72, rev_byteorder=True)
        return np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])
    finally:
        document.close()


def layer(pdf: Path, number: int) -> list[Piece]:
    """Return the words that pdftotext finds on a page, from 0 on."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not installed (Debian: poppler-utils)")
    page = str(number + 1)
    done = subprocess.run(
        [program, "-bbox", "-f", page, "-l", page, pdf, "-"],
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return [
        Piece(html.unescape(text), np.array(box, float) * DPI / 72)
        for *box, text in _WORD.findall(done.stdout)
    ]


def distances(pieces: list[Piece], page: Page) -> list[float]:
    """Return by how many heights of their lines words lie beside what was read.

    The middle of each word is taken, which is where its highlight is. Words that are
    read otherwise at this resolution are left out.
    """
    found = (
        [
            _distance(box, line, match)
            for line in page.lines
            for match in re.finditer(re.escape(text), line.text)
        ]
        for text, box in pieces
    )
    return [min(each) for each in found if each]


def _distance(box: np.ndarray, line: object, match: re.Match[str]) -> float:
    middles = places_of(line)
    cuts = [0.0, *np.convolve(middles, [0.5, 0.5], "valid"), 1.0]
    quad = np.array(part_of(line.quad, cuts[match.start()], cuts[match.end()]))
    height = np.hypot(*(quad[3] - quad[0]))
    middle = (quad.min(axis=0) + quad.max(axis=0)) / 2
    return float(np.abs((box[:2] + box[2:]) / 2 - middle).max() / height)


def check_layer(pdf: Path, reader: Reader, *, pages: int) -> None:
    """Hold that each page's layer says what is read there, and lies on it."""
    for number in range(pages):
        page = reader.read_text(draw(pdf, number))
        pieces = layer(pdf, number)
        said = Counter("".join(line.text for line in page.lines))
        found = Counter("".join(piece.text for piece in pieces))
        assert (said & found).total() > 0.97 * max(said.total(), found.total())
        far = distances(pieces, page)
        assert len(pieces) >= 15
        assert len(far) > 0.9 * len(pieces)
        assert max(far) <= 0.5, f"page {number + 1}"
