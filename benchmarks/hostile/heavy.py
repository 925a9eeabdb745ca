"""Files within the limits that ask for as much time and memory as they can."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

from benchmarks.hostile.sample import Fate, Sample, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH, _HEIGHT = 7302, 5477  # 40 megapixels, less 7 thousand
_TURN = PIL.Image.Transpose.ROTATE_90


def samples() -> Iterator[Sample]:
    """Yield files of less than 2 MiB; drawn anew each time, for they are large."""
    for name, data in _files():
        if len(data) >= 2 << 20:
            raise ValueError(f"{name} has {len(data)} bytes")
        yield Sample(f"heavy {name}", data, Fate.READ)


def _files() -> Iterator[tuple[str, bytes]]:
    yield from _large()
    yield from _long()
    yield from _dense()


def _large() -> Iterator[tuple[str, bytes]]:
    blank = PIL.Image.new("L", (_WIDTH, _HEIGHT), 255)
    yield "40 MP grey png", encode(blank, "PNG")
    yield "40 MP gif", encode(blank, "GIF")
    yield "40 MP 1 bit png", encode(blank.convert("1"), "PNG")
    deep = PIL.Image.fromarray(np.full((_HEIGHT, _WIDTH), 0xFFFF, np.uint16))
    yield "40 MP 16 bit png", encode(deep, "PNG")
    colour = PIL.Image.new("RGB", (_WIDTH, _HEIGHT), (250, 240, 200))
    yield "40 MP webp", encode(colour, "WEBP", quality=1, method=0)
    yield "40 MP lossless webp", encode(colour, "WEBP", lossless=True, method=0)
    clear = PIL.Image.new("RGBA", (_WIDTH, _HEIGHT), (9, 9, 9, 99))
    yield "40 MP see-through png", encode(clear, "PNG")
    cmyk = colour.convert("CMYK")
    yield (
        "40 MP progressive cmyk jpeg",
        encode(cmyk, "JPEG", progressive=True, quality=1),
    )
    yield "40 MP jpeg of 92 scans", _scans(colour, 82)
    page = _tiled(_WIDTH, _HEIGHT, 0.5)
    yield "40 MP of text", encode(page, "JPEG", quality=8)
    yield "40 MP of text on its side", encode(page.transpose(_TURN), "JPEG", quality=8)
    upside = page.transpose(PIL.Image.Transpose.ROTATE_180)
    yield "40 MP of text on its head", encode(upside, "JPEG", quality=8)
    exif = PIL.Image.Exif()
    exif[0x0112] = 7
    yield "40 MP of text by EXIF", encode(page, "JPEG", quality=8, exif=exif)


def _long() -> Iterator[tuple[str, bytes]]:
    for width, height in (
        (1, 40_000_000),
        (40_000_000, 1),
        (20, 2_000_000),
        (2_000_000, 20),
        (400, 100_000),
        (100_000, 400),
    ):
        blank = PIL.Image.new("L", (width, height), 255)
        yield f"strip {width} x {height}", encode(blank, "PNG")
    yield "strip of text", encode(_tiled(65_500, 600, 0.5), "JPEG", quality=20)
    column = _tiled(600, 65_500, 0.5)
    yield "column of text", encode(column, "JPEG", quality=20)
    yield "column of dots", encode(_dots(400, 100_000, 16), "PNG")


def _dense() -> Iterator[tuple[str, bytes]]:
    for scale in (0.15, 0.3):
        page = _tiled(2000, 2000, scale)
        yield f"dense text at {scale}", encode(page, "PNG")
    for step in (8, 16, 40):
        yield f"dots every {step}", encode(_dots(2000, 2000, step), "PNG")
    yield "dots of 40 MP", encode(_dots(_WIDTH, _HEIGHT, 40), "PNG")
    chance = np.random.default_rng(7)
    noise = PIL.Image.fromarray(chance.integers(0, 2, (3000, 4000), np.uint8) * 255)
    yield "noise", encode(noise.convert("1"), "PNG")
    shades = PIL.Image.fromarray(chance.integers(0, 256, (900, 900, 3), np.uint8))
    yield "noise in colours", encode(shades, "JPEG", quality=60)
    lines = np.full((2000, 2000), 255, np.uint8)
    lines[::12] = 0
    lines[:, ::12] = 0
    yield "a grid", encode(PIL.Image.fromarray(lines), "PNG")
    y, x = np.mgrid[:2000, :2000]
    rings = (np.hypot(y - 1000, x - 1000) % 24 < 10).astype(np.uint8) * 255
    yield "rings", encode(PIL.Image.fromarray(rings), "PNG")


def _scans(picture: PIL.Image.Image, more: int) -> bytes:
    data = encode(picture, "JPEG", progressive=True, quality=1)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * more + data[-2:]


def _tiled(width: int, height: int, scale: float) -> PIL.Image.Image:
    """Return the sample page, as small as said, over and over."""
    source = files("shizi") / "samples" / "page.jpg"
    with source.open("rb") as opened, PIL.Image.open(opened) as sample:
        page = sample.convert("L")
    page = page.resize((round(page.width * scale), round(page.height * scale)))
    tile = np.asarray(page)
    times = -(-height // tile.shape[0]), -(-width // tile.shape[1])
    return PIL.Image.fromarray(np.tile(tile, times)[:height, :width])


def _dots(width: int, height: int, step: int) -> PIL.Image.Image:
    paper = np.full((height, width), 255, np.uint8)
    for offset in range(step // 2):
        for other in range(step // 2):
            paper[offset::step, other::step] = 0
    return PIL.Image.fromarray(paper)
