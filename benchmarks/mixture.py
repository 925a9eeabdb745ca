"""Thousands of pictures of which no two are alike: pages, cards, scraps, bad files.

What a picture is follows from the seed and its number alone. Some dozens are drawn, and
each picture is cut out of one of them, stretched and packed in a way of its own.
"""

from __future__ import annotations

import io
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import PIL.Image

from benchmarks.hostile import files
from benchmarks.hostile.sample import Fate, encode
from benchmarks.licence import looks, pictures
from benchmarks.render import FAMILIES, draw
from benchmarks.render.families import KINDS
from benchmarks.report import DATA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.hostile.sample import Sample

PAGE_PATH, CARD_PATH = "/cv/ocr/comm", "/cv/ocr/driving"
READ, NO_CARD, REFUSED = 0, 101001, 101002

# One byte less than 2 MiB is the largest file that is taken.
_LARGEST = (2 << 20) - 1
# Shares of the pictures: files of strangers, licences, very large ones, very long ones;
# the others are pages and scraps of pages. A licence takes ten times as long as a page.
_SHARES = {"stray": 0.1, "card": 0.03, "large": 0.02, "long": 0.02, "page": 0.83}
_FORMATS = ("JPEG", "JPEG", "JPEG", "JPEG", "JPEG", "PNG", "WEBP", "BMP", "GIF")
# Packed fast rather than small: the callers share the machine with the server.
_OPTIONS = {"PNG": {"compress_level": 1}, "WEBP": {"method": 0}}
_CONDITIONS = ("easy", "medium", "scan", "electronic")


class Item(NamedTuple):
    """One call.

    Attributes:
        name: What it is, for a report.
        path: What is called.
        data: The file.
        codes: The errcodes that it may be answered with.
    """

    name: str
    path: str
    data: bytes
    codes: frozenset[int]


class Mixture:
    """Pictures by their numbers, from 0 on."""

    def __init__(self, seed: int, *, drawn: int, damaged: int, jobs: int = 1) -> None:
        """Draw what the pictures are made of.

        Args:
            seed: What makes another mixture.
            drawn: Pages that are drawn, beside those that lie here.
            damaged: Files that are damaged at random, beside those of every kind.
            jobs: Processes that draw.

        Raises:
            FontMissingError: A font of the pictures is not installed.
        """
        self._seed = seed
        kept = sorted(DATA.glob("*.jpg"))
        self._pages = [path.read_bytes() for path in kept]
        cards = range(1 + drawn // 4)
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            pages = pool.map(partial(_page, seed), range(drawn))
            self._cards = list(pool.map(partial(_card, seed), cards))
            self._pages += pages
        self._strays: Sequence[Sample] = list(files.samples(damaged, seed=seed))

    def item(self, number: int) -> Item:
        """Return the call of a number."""
        chance = np.random.default_rng([self._seed, number])
        kind = str(chance.choice(list(_SHARES), p=list(_SHARES.values())))
        read = frozenset({READ})
        if kind == "stray":
            return _stray(self._strays[number % len(self._strays)])
        if kind == "card":
            card = _shrunk(_opened(_any(self._cards, chance)), 800, 1300, chance)
            # Shrunk, not each can still be told for a licence.
            return Item(kind, CARD_PATH, _packed(card, "JPEG"), read | {NO_CARD})
        page = _opened(_any(self._pages, chance))
        if kind == "large":
            page = _scaled(page, float(chance.uniform(2500, 4000)))
            return Item(kind, PAGE_PATH, _packed(page, "JPEG"), read)
        if kind == "long":
            page = _column(_shrunk(page, 300, 700, chance), int(chance.integers(3, 9)))
            return Item(kind, PAGE_PATH, _packed(page, "JPEG"), read)
        scrap = _shrunk(_cut(page, chance), 160, 1200, chance)
        packed = _packed(scrap, str(chance.choice(_FORMATS)))
        return Item(kind, PAGE_PATH, packed, read)


def _page(seed: int, number: int) -> bytes:
    """Draw a page; every eighth has no text."""
    family = FAMILIES["report" if number % 2 else "tune"]
    return draw(family, seed, number, kinds=(*KINDS, "drawing", "doc")).jpeg


def _card(seed: int, number: int) -> bytes:
    """Draw a vehicle licence."""
    family = looks.FAMILIES["report" if number % 2 else "tune"]
    condition = _CONDITIONS[number % len(_CONDITIONS)]
    return pictures.draw(family, condition, seed, number).jpeg


def _stray(sample: Sample) -> Item:
    codes = {Fate.READ: {READ}, Fate.REFUSED: {REFUSED}}
    told = codes.get(sample.fate, {READ, REFUSED})
    return Item(sample.name, PAGE_PATH, sample.data, frozenset(told))


def _any(choices: Sequence[bytes], chance: np.random.Generator) -> bytes:
    return choices[int(chance.integers(len(choices)))]


def _opened(data: bytes) -> PIL.Image.Image:
    with PIL.Image.open(io.BytesIO(data)) as picture:
        return picture.convert("RGB")


def _cut(picture: PIL.Image.Image, chance: np.random.Generator) -> PIL.Image.Image:
    """Return a part of a picture, a third of each side at least."""
    width, height = picture.size
    wide, high = (int(side * chance.uniform(0.33, 1)) for side in (width, height))
    left = int(chance.integers(width - wide + 1))
    top = int(chance.integers(height - high + 1))
    return picture.crop((left, top, left + wide, top + high))


def _shrunk(
    picture: PIL.Image.Image, least: int, most: int, chance: np.random.Generator
) -> PIL.Image.Image:
    """Return a picture with a longer side between two bounds, short ones as often."""
    return _scaled(picture, float(least * (most / least) ** chance.random()))


def _scaled(picture: PIL.Image.Image, longest: float) -> PIL.Image.Image:
    scale = longest / max(picture.size)
    width, height = (max(8, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), PIL.Image.Resampling.BILINEAR)


def _column(picture: PIL.Image.Image, times: int) -> PIL.Image.Image:
    """Return a picture over and over, as a long screenshot has it."""
    column = PIL.Image.new("RGB", (picture.width, picture.height * times))
    for place in range(times):
        column.paste(picture, (0, place * picture.height))
    return column


def _packed(picture: PIL.Image.Image, format_name: str) -> bytes:
    """Return a file that is small enough to be taken."""
    data = encode(picture, format_name, **_OPTIONS.get(format_name, {}))
    quality = 80
    while len(data) > _LARGEST:
        data = encode(picture, "JPEG", quality=quality)
        quality -= 20
    return data
