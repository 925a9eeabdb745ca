"""The plug-in in OCRmyPDF, as a user has it."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pikepdf
import pytest
from ocrmypdf.exceptions import BadArgsError, ExitCodeException
from PIL import Image

from shizi import Reader
from shizi.core.errors import EngineError
from shizi.core.geometry import Quad, Size
from shizi.core.sheet import Sheet
from shizi.core.text import Page, TextLine
from shizi.formats.exchange import dump_pages, load_pages
from shizi.formats.scan import Leaf, Scan
from shizi.ocrmypdf import ShiziEngine, _models, get_ocr_engine
from tests.ocrmypdf.layer import check_layer, draw
from tests.samples import SAMPLE, SAMPLE_LINES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np

SIZE = Size(200, 100)


def ocrmypdf(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ocrmypdf", "-q", "--plugin", "shizi.ocrmypdf",
         *map(str, arguments)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def pdf(path: Path, *pictures: Image.Image, turned: int = 0) -> Path:
    """Write pictures as a PDF; the last page says that it is to be turned."""
    pictures[0].save(
        path, save_all=True, append_images=pictures[1:], resolution=150, format="PDF"
    )
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.pages[-1].rotate(turned, relative=False)
        document.save(path)
    return path


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.real
def test_the_layer_lies_on_the_words_of_upright_and_turned_pages(
    tmp_path: Path, reader: Reader
) -> None:
    with Image.open(SAMPLE) as sample:
        page = sample.convert("RGB")
    side, back = page.rotate(-90, expand=True), page.rotate(90, expand=True)
    source = pdf(tmp_path / "in.pdf", page, side, back, turned=90)
    done = ocrmypdf(source, tmp_path / "out.pdf")
    assert done.returncode == 0, done.stderr
    check_layer(tmp_path / "out.pdf", reader, pages=3)
    with pikepdf.open(tmp_path / "out.pdf") as made:
        assert "shizi" in str(made.docinfo["/Creator"])


@pytest.mark.real
def test_the_layer_lies_on_the_words_of_pages_that_are_askew(
    tmp_path: Path, reader: Reader
) -> None:
    with Image.open(SAMPLE) as sample:
        page = sample.convert("RGB")
    askew = [
        page.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
        for angle in (0, 1, 3, -3)
    ]
    done = ocrmypdf(pdf(tmp_path / "in.pdf", *askew), tmp_path / "out.pdf")
    assert done.returncode == 0, done.stderr
    check_layer(tmp_path / "out.pdf", reader, pages=4)


@pytest.mark.real
def test_pages_are_turned_upright_and_straightened(
    tmp_path: Path, reader: Reader
) -> None:
    with Image.open(SAMPLE) as sample:
        page = sample.convert("RGB")
    source = pdf(tmp_path / "in.pdf", *(page.rotate(n, expand=True) for n in (90, -90)))
    done = ocrmypdf("--rotate-pages", "--deskew", source, tmp_path / "out.pdf")
    assert done.returncode == 0, done.stderr
    for number in range(2):
        lines = reader.read_text(draw(tmp_path / "out.pdf", number)).lines
        title = lines[0]
        assert title.text == SAMPLE_LINES[0]
        left, right = title.quad.left_top, title.quad.right_top
        assert right.x - left.x > 20 * abs(right.y - left.y)


def lined(*quads: Quad) -> Page:
    return Page(SIZE, tuple(TextLine("识字 ab", quad, 0.9) for quad in quads))


def level(left: float, top: float, right: float, bottom: float) -> Quad:
    return Quad.of([(left, top), (right, top), (right, bottom), (left, bottom)])


LEVEL = level(20, 10, 120, 30)
# As LEVEL on a page that was turned with the clock.
TURNED = Quad.of([(90, 20), (90, 120), (70, 120), (70, 20)])
ASKEW = Quad.of([(20, 10), (120, 15), (119, 35), (19, 30)])


class Fixed:
    """A reader that says the same of each page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def read_text(self, _image: np.ndarray) -> Page:
        return self.page


@pytest.fixture
def fixed() -> Iterator[None]:
    yield
    _models.reader = None


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "page.png"
    Image.new("RGB", SIZE).save(path, dpi=(300, 300))
    return path


def options(**extra: object) -> SimpleNamespace:
    return SimpleNamespace(extra_attrs=extra, ocr_engine="auto")


def test_the_engine_is_given_unless_another_is_named() -> None:
    assert isinstance(get_ocr_engine(None), ShiziEngine)
    assert isinstance(get_ocr_engine(SimpleNamespace(ocr_engine="auto")), ShiziEngine)
    assert get_ocr_engine(SimpleNamespace(ocr_engine="none")) is None


@pytest.mark.parametrize(
    ("quad", "angle"), [(LEVEL, 0), (TURNED, 90), (Quad(*TURNED[2:], *TURNED[:2]), 270)]
)
@pytest.mark.usefixtures("fixed")
def test_most_of_the_text_tells_how_a_page_lies(
    picture: Path, quad: Quad, angle: int
) -> None:
    _models.reader = Fixed(lined(quad, quad, LEVEL))
    told = ShiziEngine.get_orientation(picture, options())
    assert told.angle == angle
    assert told.confidence == pytest.approx(15 if quad is LEVEL else 10)


@pytest.mark.usefixtures("fixed")
def test_a_page_without_text_is_left_as_it_is(picture: Path) -> None:
    _models.reader = Fixed(Page(SIZE, ()))
    assert ShiziEngine.get_orientation(picture, options()) == (0, 0.0)
    assert ShiziEngine.get_deskew(picture, options()) == 0
    page, text = ShiziEngine.generate_ocr(picture, options())
    assert (page.children, text) == ([], "")


@pytest.mark.usefixtures("fixed")
def test_the_slope_of_most_lines_is_told(picture: Path) -> None:
    _models.reader = Fixed(lined(ASKEW, ASKEW, LEVEL, TURNED))
    assert ShiziEngine.get_deskew(picture, options()) == pytest.approx(2.86, abs=0.01)


def test_pages_that_were_read_are_not_read_again(picture: Path, tmp_path: Path) -> None:
    half = Page(
        Size(100, 50), (TextLine("识字 ab", level(10, 5, 60, 15), 0.9, (0.1,) * 5),)
    )
    pages = tmp_path / "pages.json"
    pages.write_text(dump_pages(Scan("a.pdf", (Leaf(2, Sheet(half)),))))
    assert load_pages(pages.read_text()) == {2: half}
    given = options(shizi_pages=str(pages))
    page, text = ShiziEngine.generate_ocr(picture, given, page_number=1)
    assert text == "识字 ab"
    assert (page.bbox.right, page.bbox.bottom) == SIZE
    assert page.dpi == pytest.approx(300, abs=1)
    (line,) = page.lines
    assert (line.bbox.left, line.bbox.right, line.bbox.bottom) == (20, 120, 30)
    assert [word.text for word in page.words] == ["识字", "ab"]
    page, text = ShiziEngine.generate_ocr(picture, given, page_number=0)
    assert (page.children, text) == ([], "")


def test_a_file_that_holds_no_pages_is_bad_usage(picture: Path, tmp_path: Path) -> None:
    (tmp_path / "bad").write_text("[1]")
    for path in ("bad", "absent"):
        with pytest.raises(BadArgsError, match="no pages"):
            ShiziEngine.generate_ocr(picture, options(shizi_pages=str(tmp_path / path)))


@pytest.mark.usefixtures("fixed")
def test_a_fault_of_the_engine_ends_ocrmypdf(picture: Path) -> None:
    class Broken:
        def read_text(self, _image: np.ndarray) -> Page:
            raise EngineError("out of order")

    _models.reader = Broken()
    with pytest.raises(ExitCodeException, match="out of order"):
        ShiziEngine.generate_ocr(picture, options())
