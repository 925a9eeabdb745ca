"""Flat things that lie on the table: laminated pages, wallets, photographs, papers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.licence import guilloche
from benchmarks.licence.lettering import Layer
from benchmarks.licence.pages import CARD, HEIGHT, PER_MM, RADIUS, WIDTH
from benchmarks.render.grounds import cloud

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from benchmarks.licence.chance import Chance
    from benchmarks.licence.lettering import Type
    from benchmarks.licence.pages import Drawn
    from benchmarks.render.sheet import Colour

    Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Piece:
    """A flat thing.

    Attributes:
        image: uint8, (H, W, 4), RGB and how much it hides what lies under.
        per_mm: Pixels of the image to the millimetre.
        page: "front" or "back" for a page of the licence, else "".
        card: float64, (4, 2): a page's corners in the image, clockwise from its top
            left.
        boxes: float64, (4, 2) each: a page's values in the image.
        thick: Millimetres that it stands above what lies under: its shadow's reach.
        seen: Whether the camera takes care to have it in the picture.
    """

    image: NDArray[np.uint8]
    per_mm: float
    page: str = ""
    card: Points | None = None
    boxes: Mapping[str, Points] = field(default_factory=dict)
    thick: float = 0.6
    seen: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height in millimetres."""
        height, width = self.image.shape[:2]
        return width / self.per_mm, height / self.per_mm


def page(
    name: str, drawn: Drawn, hologram: str, chance: Chance, *, laminated: bool
) -> Piece:
    """Return a page as it is cut, in its laminate or without."""
    border = round(chance.between(2.6, 4.2) * PER_MM) if laminated else 0
    height, width = HEIGHT + 2 * border, WIDTH + 2 * border
    card = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float64)
    printed = drawn.image.astype(np.float32)
    if laminated:
        printed = printed + guilloche.hologram(WIDTH, HEIGHT, hologram, chance)
    image = np.zeros((height, width, 4), np.float32)
    if laminated:
        film = chance.between(150, 215)
        image[..., :3] = film + 6 * cloud(width, height, 50, chance.rng)[..., None]
        rim = rounded(width, height, chance.between(4, 6) * PER_MM)
        image[..., 3] = rim * chance.between(0.18, 0.5)
        edge = rim - rounded(width, height, 5 * PER_MM, inset=5)
        image[..., 3] = np.maximum(image[..., 3], edge * chance.between(0.2, 0.6))
    inside = rounded(WIDTH, HEIGHT, RADIUS * PER_MM * chance.between(0.85, 1.1))
    there = image[border : border + HEIGHT, border : border + WIDTH]
    cover = inside[..., None]
    there[..., :3] = cover * printed + (1 - cover) * there[..., :3]
    there[..., 3] = np.maximum(there[..., 3], inside)
    image[..., 3] *= 255
    return Piece(
        np.clip(image, 0, 255).astype(np.uint8),
        PER_MM,
        name,
        card + border,
        {key: box + border for key, box in drawn.boxes.items()},
        seen=True,
    )


def wallet(
    width: float, height: float, colour: Colour, chance: Chance, *, fold: str
) -> Piece:
    """Return an opened wallet of a size in millimetres.

    Args:
        fold: "x" where it opens like a book, "y" where it opens upwards, "" if shut.
    """
    per_mm = 6
    across, down = round(width * per_mm), round(height * per_mm)
    fine = cloud(across, down, chance.whole(3, 9), chance.rng)
    coarse = cloud(across, down, 160, chance.rng)
    tone = 1 + 0.16 * fine + 0.12 * coarse
    y, x = np.mgrid[0:down, 0:across].astype(np.float32)
    if fold:
        off = x - across / 2 if fold == "x" else y - down / 2
        tone = tone * (1 - 0.75 * np.exp(-((off / (1.2 * per_mm)) ** 2)))
    image = np.zeros((down, across, 4), np.float32)
    base = np.array(colour, np.float32) * chance.between(0.85, 1.25)
    image[..., :3] = base * tone[..., None] + 6
    image[..., 3] = 255 * rounded(across, down, 5 * per_mm)
    return Piece(np.clip(image, 0, 255).astype(np.uint8), per_mm, thick=2.5)


def copied(piece: Piece, chance: Chance) -> Piece:
    """Return a piece as a copier prints it: in grey, with hard contrast."""
    colour = piece.image[..., :3].astype(np.float32)
    hidden = piece.image[..., 3:] / np.float32(255)
    shown = colour * hidden + 255 * (1 - hidden)
    grey = shown @ np.array([0.3, 0.59, 0.11])
    middle, hard = chance.between(110, 150), chance.between(20, 36)
    grey = 255 / (1 + np.exp((middle - grey) / hard))
    grey = grey + 3 * cloud(grey.shape[1], grey.shape[0], 4, chance.rng)
    image = np.repeat(np.clip(grey, 15, 250)[..., None], 4, axis=2)
    image[..., 3] = 255
    return replace(piece, image=image.astype(np.uint8), thick=0.0)


def blank_sheet(chance: Chance) -> Piece:
    """Return an empty sheet of A4."""
    tone = chance.whole(228, 252)
    return paper(Image.new("RGB", (840, 1188), (tone, tone, tone - 3)), 210.0)


def paper(image: Image.Image, width: float) -> Piece:
    """Return a printed sheet whose width in millimetres is given."""
    pixels = np.dstack(
        [np.asarray(image.convert("RGB")), np.full(image.size[::-1], 255, np.uint8)]
    )
    return Piece(np.ascontiguousarray(pixels), image.width / width, thick=0.3)


def vehicle_photo(plate: str, kind: Type, chance: Chance) -> Piece:
    """Return the photograph of a vehicle, as behind the main page: a drawing of one."""
    per_mm = 8
    width, height = round(CARD[0] * per_mm), round(CARD[1] * per_mm)
    sky, road = chance.whole(150, 215), chance.whole(90, 150)
    image = Image.new("RGB", (width, height), (sky, sky + 10, sky + 20))
    pencil = ImageDraw.Draw(image)
    pencil.rectangle((0, height * 0.62, width, height), fill=(road, road, road - 4))
    body = tuple(chance.whole(30, 230) for _ in range(3))
    left, right = width * chance.between(0.1, 0.2), width * chance.between(0.8, 0.92)
    top, waist, floor = (
        height * chance.between(a, a + 0.05) for a in (0.24, 0.45, 0.74)
    )
    pencil.polygon(
        [
            (left + (right - left) * 0.2, waist),
            (left + (right - left) * 0.32, top),
            (left + (right - left) * 0.72, top),
            (left + (right - left) * 0.86, waist),
        ],
        fill=(50, 60, 72),
        outline=body,
        width=8,
    )
    pencil.rounded_rectangle((left, waist, right, floor), 30, fill=body)
    for share in (0.2, 0.8):
        x, r = left + (right - left) * share, height * 0.1
        pencil.ellipse((x - r, floor - r, x + r, floor + r), fill=(24, 24, 26))
        pencil.ellipse(
            (x - r / 2, floor - r / 2, x + r / 2, floor + r / 2), fill=(150,) * 3
        )
    layer = Layer(width, height)
    small = kind.resized(0.045 * height / kind.size)
    wide = small.width(plate)
    x, y = (left + right) / 2 - wide / 2, floor - height * 0.06
    pencil.rectangle((x - 6, y - 16, x + wide + 6, y + 16), fill=(30, 60, 150))
    layer.set(plate, x, y, small)
    image.paste((240, 240, 240), (0, 0), layer.image)
    pixels = np.dstack(
        [
            np.asarray(image),
            (255 * rounded(width, height, 4 * per_mm)).astype(np.uint8),
        ]
    )
    return Piece(np.ascontiguousarray(pixels), per_mm, seen=True)


def rounded(
    width: int, height: int, radius: float, inset: int = 0
) -> NDArray[np.float32]:
    """Return the share of each pixel in a rectangle with round corners, 0 to 1."""
    mask = Image.new("L", (width, height), 0)
    box = (inset, inset, width - 1 - inset, height - 1 - inset)
    ImageDraw.Draw(mask).rounded_rectangle(box, round(radius), fill=255)
    return np.asarray(mask, np.float32) / np.float32(255)
