"""A sheet to print on that remembers where each line was put."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.render import fonts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.render.fonts import Face
    from benchmarks.render.wording import Wording

Colour = tuple[int, int, int]
Choice = TypeVar("Choice")

# Points along a line's upper and lower edge: enough to follow a bent page.
_EDGE_POINTS = 9
# Share of the size left free around the ink, as loose as hand-drawn outlines are: at
# .06 small lines that were read exactly lay under half in the answer's wider outline.
_MARGIN = 0.18
_CLOSING = "，。、；：？！”’）》」』…,.;:?!)%℃"
_OPENING = "“‘（《「『("


@dataclass(frozen=True, slots=True)
class Printed:
    """A line as it stands on the sheet.

    Attributes:
        text: Its characters, in reading order.
        outline: float64, (2 n, 2): the upper edge along the reading, then the lower
            edge back, in pixels of the sheet.
    """

    text: str
    outline: NDArray[np.float64]


@dataclass(slots=True)
class Sheet:
    """Paper, ink, and the lines written so far."""

    image: Image.Image
    faces: tuple[Face, ...]
    lines: list[Printed] = field(default_factory=list)

    @classmethod
    def blank(
        cls, width: int, height: int, paper: Colour, faces: tuple[Face, ...]
    ) -> Sheet:
        """Return a sheet of one colour; the first face that can draw a line does."""
        return cls(Image.new("RGB", (width, height), paper), faces)

    @property
    def width(self) -> int:
        """Return the width in pixels."""
        return self.image.width

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        return self.image.height

    @property
    def pencil(self) -> ImageDraw.ImageDraw:
        """Return what draws rules, boxes and pictures that are no text."""
        return ImageDraw.Draw(self.image)

    def cut(self, height: float) -> None:
        """Shorten the sheet to a height in pixels."""
        self.image = self.image.crop((0, 0, self.width, int(height)))

    def measure(self, text: str, size: int) -> float:
        """Return how wide a line would be, in pixels."""
        face, text = self._face_for(text)
        return float(fonts.load(face, size).getlength(text))

    def write(
        self,
        text: str,
        x: float,
        y: float,
        size: int,
        ink: Colour = (25, 25, 25),
        *,
        anchor: str = "l",
    ) -> float:
        """Print a line with its top at y; return the x where it ends.

        Args:
            anchor: "l", "m" or "r": which part of the line stands at x.
        """
        face, text = self._face_for(text)
        font = fonts.load(face, size)
        length = font.getlength(text)
        left = x - length * {"l": 0.0, "m": 0.5, "r": 1.0}[anchor]
        self.pencil.text((left, y), text, fill=ink, font=font, anchor="la")
        if text.strip():
            box = font.getbbox(text, anchor="la")
            sample = "国" if any(c > "\u2e80" for c in text) else "H"
            usual = font.getbbox(fonts.covered(face, sample) or text, anchor="la")
            margin = size * _MARGIN
            top, bottom = min(box[1], usual[1]) - margin, max(box[3], usual[3]) + margin
            ends = left + box[0] - margin, left + box[2] + margin
            self.lines.append(
                Printed(text.strip(), _along(ends, (y + top, y + bottom)))
            )
        return left + length

    def write_column(
        self, text: str, x: float, y: float, size: int, ink: Colour = (25, 25, 25)
    ) -> float:
        """Print a column downwards, centred at x; return the y where it ends."""
        face, text = self._face_for(text)
        text = "".join(text.split())
        font, step = fonts.load(face, size), size * 1.08
        for i, character in enumerate(text):
            at = (x, y + i * step + size / 2)
            self.pencil.text(at, character, fill=ink, font=font, anchor="mm")
        end = y + step * (len(text) - 1) + size
        if text:
            margin = size * _MARGIN
            half = size / 2 + margin
            edge = np.linspace(y - margin, end + margin, _EDGE_POINTS)
            right = np.stack([np.full_like(edge, x + half), edge], axis=1)
            left = np.stack([np.full_like(edge, x - half), edge[::-1]], axis=1)
            self.lines.append(Printed(text, np.concatenate([right, left])))
        return end

    def wrap(self, text: str, size: int, width: float) -> list[str]:
        """Return the text in pieces no wider than a width in pixels.

        No piece starts with a closing mark or ends with an opening one.
        """
        face, text = self._face_for(text)
        font = fonts.load(face, size)
        pieces, piece = [], ""
        for unit in _units(text):
            fits = font.getlength((piece + unit).rstrip()) <= width
            if fits or not piece.strip() or unit[0] in _CLOSING:
                piece += unit
                continue
            carried = piece[-1] if piece[-1] in _OPENING else ""
            pieces.append(piece[: len(piece) - len(carried)].strip())
            piece = (carried + unit).lstrip()
        return [p for p in (*pieces, piece.strip()) if p]

    def _face_for(self, text: str) -> tuple[Face, str]:
        for face in self.faces:
            if fonts.covers(face, text):
                return face, text
        # No face has them all: what cannot be drawn is not said either.
        best = max(self.faces, key=lambda face: len(fonts.covered(face, text)))
        return best, fonts.covered(best, text)


@dataclass(frozen=True, slots=True)
class Pen:
    """What a layout is given: words, faces, colours and chance."""

    rng: np.random.Generator
    words: Wording
    faces: tuple[Face, ...]
    paper: Colour

    def sheet(self, width: int, height: int, paper: Colour | None = None) -> Sheet:
        """Return an empty sheet of the pen's paper, or of another colour."""
        return Sheet.blank(width, height, paper or self.paper, self.faces)

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def one_of(self, *choices: Choice) -> Choice:
        """Return one of the choices."""
        return choices[int(self.rng.integers(len(choices)))]


def _along(x: tuple[float, float], y: tuple[float, float]) -> NDArray[np.float64]:
    edge = np.linspace(x[0], x[1], _EDGE_POINTS)
    upper = np.stack([edge, np.full_like(edge, y[0])], axis=1)
    lower = np.stack([edge[::-1], np.full_like(edge, y[1])], axis=1)
    return np.concatenate([upper, lower])


def _units(text: str) -> list[str]:
    """Return what may not be broken: a Latin word with its space, or one character."""
    units: list[str] = []
    for character in text:
        joins = bool(units) and not units[-1][-1].isspace()
        latin = character <= "\u02ff"
        if joins and latin and units[-1][-1] <= "\u02ff":
            units[-1] += character
        else:
            units.append(character)
    return units
