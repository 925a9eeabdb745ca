"""Pages to show a model before it is quantised: drawn ones, with the system's fonts.

What counts is the range of what the layers give, not what the text says: lines of
common characters in any order, light on dark and dark on light, sharp and blurred.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from shizi.core.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shizi.core.image import Image

# Where Debian, Fedora and users keep fonts.
_FONTS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local" / "share" / "fonts",
    Path.home() / ".fonts",
)
_KINDS = {".ttf", ".ttc", ".otf"}
# Two that a font of simplified Chinese has, and a place that none has.
_ASKED, _NOBODY = ("识", "的"), "\U0010fffd"
# 12: each typeface more is seldom unlike all others.
_MOST_FONTS = 12
# The first level of GB 2312: the 3 755 characters that are used most, by sound.
_COMMON = [
    character
    for row in range(0xB0, 0xD8)
    for character in bytes(
        byte for cell in range(0xA1, 0xFF) for byte in (row, cell)
    ).decode("gb2312", errors="ignore")
]
_PLAIN = list("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_SIGNS = list(":：，。、（）().-/￥%《》")
# How often: light on dark, a page aslant, one blurred, a line of Latin, a word of it, a
# sign.
_DARK, _ASLANT, _BLURRED, _FOREIGN, _LATIN, _SIGNED = 0.3, 0.4, 0.4, 0.3, 0.2, 0.3
# Characters of a line, at most; longer ones nearly always hold one that is doubtful.
_LONGEST = 24
# Width and height of a page in pixels: a screen, a sheet, a photo.
_SIZES = ((736, 1312), (960, 1280), (1312, 736), (1600, 1184))


def find_fonts() -> list[Path]:
    """Return fonts of the system that hold simplified Chinese, in order of their names.

    Raises:
        ModelError: There is none.
    """
    files = sorted(
        path
        for folder in _FONTS
        if folder.is_dir()
        for path in folder.rglob("*")
        if path.suffix.lower() in _KINDS
    )
    found = [path for path in files if _is_chinese(path)]
    if not found:
        message = (
            "no font with simplified Chinese is installed to draw with (Debian: "
            "fonts-noto-cjk); or give pictures of your own"
        )
        raise ModelError(message)
    # From all over the list: neighbours are weights of one typeface.
    return found[:: -(-len(found) // _MOST_FONTS)]


def draw_pages(count: int, fonts: Sequence[Path], *, seed: int) -> list[Image]:
    """Return drawn pages, the same ones for the same fonts and seed.

    Returns:
        uint8, (H, W, 3), RGB each.
    """
    chance = np.random.default_rng(seed)
    return [_draw_page(fonts, _SIZES[n % len(_SIZES)], chance) for n in range(count)]


def _draw_page(
    fonts: Sequence[Path], size: tuple[int, int], chance: np.random.Generator
) -> Image:
    """Return one page of lines in one typeface, of sizes and colours by chance."""
    ground = chance.integers(120, 256, 3)
    ink = chance.integers(0, 90, 3)
    if chance.random() < _DARK:
        ground, ink = ink, ground
    page = Pictures.new("RGB", size, _colour(ground))
    pen = ImageDraw.Draw(page)
    font = str(fonts[int(chance.integers(len(fonts)))])
    top = int(chance.integers(10, 40))
    while True:
        height = int(chance.choice([14, 18, 22, 26, 32, 40, 56]))
        if top + 2 * height > size[1]:
            break
        face = ImageFont.truetype(font, height)
        left = int(chance.integers(8, 120))
        room = (size[0] - left) // height
        length = int(chance.integers(2, max(3, min(room, _LONGEST))))
        latin = 1.0 if chance.random() < _FOREIGN else _LATIN
        pen.text((left, top), _words(length, latin, chance), _colour(ink), face)
        top += round(height * chance.uniform(1.4, 2.4))
    return _seen(np.asarray(page), chance)


def _seen(page: NDArray[np.uint8], chance: np.random.Generator) -> Image:
    """Return a page as a camera or a file might give it: aslant, blurred, noisy."""
    height, width = page.shape[:2]
    if chance.random() < _ASLANT:
        turn = cv2.getRotationMatrix2D(
            (width / 2, height / 2), chance.uniform(-4, 4), 1
        )
        page = np.asarray(
            cv2.warpAffine(
                page, turn, (width, height), borderMode=cv2.BORDER_REPLICATE
            ),
            np.uint8,
        )
    if chance.random() < _BLURRED:
        page = np.asarray(
            cv2.GaussianBlur(page, (0, 0), chance.uniform(0.5, 1.3)), "u1"
        )
    noise = chance.normal(0, chance.uniform(0, 8), page.shape)
    return np.clip(page + noise, 0, 255).astype(np.uint8)


def _words(length: int, latin: float, chance: np.random.Generator) -> str:
    """Return so many characters, a share of the words and numbers Latin."""
    words: list[str] = []
    while len(words) < length:
        if chance.random() < latin:
            words += list(chance.choice(_PLAIN, chance.integers(1, 8)))
        else:
            words += list(chance.choice(_COMMON, chance.integers(2, 9)))
        if chance.random() < _SIGNED:
            words.append(str(chance.choice(_SIGNS)))
    return "".join(words[:length])


def _colour(values: NDArray[np.int64]) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in values)
    return red, green, blue


def _is_chinese(path: Path) -> bool:
    """Return whether a font draws the characters asked for, and each its own way."""
    try:
        face = ImageFont.truetype(str(path), 24)
    except OSError:
        return False
    shapes: set[bytes] = set()
    for character in (*_ASKED, _NOBODY):
        cell = Pictures.new("L", (48, 48))
        ImageDraw.Draw(cell).text((8, 8), character, 255, face)
        shapes.add(cell.tobytes())
    return len(shapes) == len(_ASKED) + 1
