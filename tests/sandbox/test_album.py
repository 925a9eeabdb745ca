"""Files with pages, good and bad, in a process of their own."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from shizi.core.errors import ImageDecodeError
from shizi.core.image import decode_image
from shizi.sandbox import album
from shizi.sandbox.album import Album

# Grey, red above blue: tells how a page is turned.
SIZE = (90, 60)


def mark() -> Image.Image:
    picture = Image.new("RGB", SIZE, "grey")
    picture.paste("red", (0, 0, 30, 30))
    picture.paste("blue", (0, 30, 30, 60))
    return picture


def tiff(*pictures: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    pictures[0].save(file, "TIFF", save_all=True, append_images=pictures[1:], **options)
    return file.getvalue()


def pdf(*pictures: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    pictures[0].save(
        file, "PDF", save_all=True, append_images=pictures[1:], resolution=72, **options
    )
    return file.getvalue()


def pages_of(path: Path, data: bytes, dpi: int = 72) -> list[np.ndarray]:
    path.write_bytes(data)
    kind = "PDF" if b"%PDF-" in data else "TIFF"
    book = Album(path, kind, dpi=dpi)
    try:
        return [decode_image(book.draw(n)) for n in range(book.count())]
    finally:
        book.close()


def refusal(path: Path, data: bytes) -> str:
    with pytest.raises(ImageDecodeError) as raised:
        pages_of(path, data)
    return str(raised.value)


def corners(pixels: np.ndarray) -> tuple[str, ...]:
    """Return the colours of the corners, clockwise from the top left."""
    names = {0: "red", 1: "green", 2: "blue"}
    ends = [pixels[9, 9], pixels[9, -9], pixels[-9, -9], pixels[-9, 9]]
    return tuple(
        names[int(np.argmax(end))] if np.ptp(end.astype(int)) > 90 else "grey"
        for end in ends
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


UPRIGHT = ("red", "grey", "grey", "blue")


@pytest.mark.parametrize("make", [pdf, tiff])
def test_every_page_is_drawn_in_order(path: Path, make: object) -> None:
    small = mark().resize((45, 30))
    first, second = pages_of(path, make(mark(), small))
    assert first.shape == (60, 90, 3)
    assert second.shape == (30, 45, 3)
    assert corners(first) == corners(second) == UPRIGHT


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK", "I;16", "F"])
def test_a_tiff_in_any_colours_is_drawn(path: Path, mode: str) -> None:
    (page,) = pages_of(path, tiff(mark().convert("L").convert(mode)))
    assert page.shape == (60, 90, 3)


@pytest.mark.parametrize(
    ("compression", "mode"),
    [
        ("group4", "1"),
        ("tiff_lzw", "L"),
        ("tiff_adobe_deflate", "RGB"),
        ("jpeg", "RGB"),
    ],
)
def test_a_compressed_tiff_is_drawn(path: Path, compression: str, mode: str) -> None:
    (page,) = pages_of(path, tiff(mark().convert(mode), compression=compression))
    assert page.shape == (60, 90, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_tiff_stands_upright(path: Path, orientation: int) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = mark().transpose(undo[orientation]) if orientation > 1 else mark()
    (page,) = pages_of(path, tiff(stored, tiffinfo={0x0112: orientation}))
    assert page.shape == (60, 90, 3)
    assert corners(page) == UPRIGHT


def test_a_pdf_is_drawn_turned_as_it_says_and_as_fine_as_asked(path: Path) -> None:
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(mark()))) as document:
        document.pages[0].rotate(90, relative=False)
        document.save(file)
    (page,) = pages_of(path, file.getvalue(), dpi=144)
    assert page.shape == (180, 120, 3)
    assert corners(page) == ("blue", "red", "grey", "grey")


def test_a_page_of_any_size_stays_within_the_limits(path: Path) -> None:
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(14400, 14400))
        file = io.BytesIO()
        document.save(file)
    (page,) = pages_of(path, file.getvalue(), dpi=300)
    assert 35_000_000 < page.shape[0] * page.shape[1] <= 40_000_000


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"%PDF-1.7\n", "the PDF is damaged or cut off", id="empty PDF"),
        pytest.param(pdf(mark())[:300], "the PDF is damaged or cut off", id="cut PDF"),
        pytest.param(b"II*\0", "the TIFF is damaged or cut off", id="empty TIFF"),
        pytest.param(
            b"MM\0*\xff\xff\xff\xff", "the TIFF is damaged", id="no directory"
        ),
        pytest.param(tiff(mark())[:-200], "damaged or cut off", id="cut TIFF"),
    ],
)
def test_a_damaged_file_is_refused(path: Path, data: bytes, reason: str) -> None:
    assert reason in refusal(path, data)


def test_a_locked_pdf_is_refused(path: Path) -> None:
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(mark()))) as document:
        document.save(file, encryption=pikepdf.Encryption(owner="a", user="b"))
    assert refusal(path, file.getvalue()) == "the PDF is locked by a password"


def test_a_tiff_that_claims_too_many_pixels_is_refused_at_once(path: Path) -> None:
    data = bytearray(tiff(mark()))
    for tag in (b"\x00\x01", b"\x01\x01"):  # the width and the height
        place = data.index(tag + b"\x04\x00\x01\x00\x00\x00")
        data[place + 8 : place + 12] = b"\xff\xff\x00\x00"
    begun = time.monotonic()
    assert "beyond the limits" in refusal(path, bytes(data))
    assert time.monotonic() - begun < 10


def test_a_tiff_whose_pages_go_round_in_a_circle_ends(path: Path) -> None:
    data = bytearray(tiff(mark()))
    start = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[start : start + 2], "little")
    data[start + 2 + 12 * count : start + 6 + 12 * count] = data[4:8]
    assert len(pages_of(path, bytes(data))) < 3


def test_a_page_that_ends_the_process_costs_itself_alone(path: Path) -> None:
    path.write_bytes(tiff(mark(), mark(), mark()))
    book = Album(path, "TIFF", dpi=72)
    try:
        assert book.count() == 3
        book._process.kill()
        with pytest.raises(ImageDecodeError, match="ended the process"):
            book.draw(0)
        assert corners(decode_image(book.draw(1))) == UPRIGHT
    finally:
        book.close()


def test_a_file_that_ends_process_after_process_is_given_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(album, "_MAIN", "import os; os._exit(1); print")
    path.write_bytes(tiff(mark()))
    book = Album(path, "TIFF", dpi=72)
    reasons = []
    for number in range(5):
        with pytest.raises(ImageDecodeError) as raised:
            book.draw(number)
        reasons.append(str(raised.value))
    assert reasons[-1] == "TIFF: opening it failed too often"
    book.close()


def test_a_page_that_takes_too_long_is_given_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(album, "_MAIN", "import time; time.sleep(60); print")
    monkeypatch.setattr(album, "_SECONDS", 0.3)
    path.write_bytes(tiff(mark()))
    book = Album(path, "TIFF", dpi=72)
    with pytest.raises(ImageDecodeError, match=r"takes more than 0\.3 s"):
        book.count()
    book.close()


def test_nothing_is_left_when_an_album_is_closed(path: Path) -> None:
    path.write_bytes(tiff(mark()))
    before = len(list(Path("/proc/self/fd").iterdir()))
    book = Album(path, "TIFF", dpi=72)
    book.draw(0)
    process = book._process.pid
    book.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
