"""Type set on a mask: Han and Latin faces side by side, zeros plain or struck."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.render import fonts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.render.fonts import Face

# How a zero is told from the letter: not at all, by the face itself, or by a stroke
# from corner to corner, inside the bowl, or a dot.
Zero = Literal["plain", "face", "slash", "inner", "dot"]
Box = tuple[float, float, float, float]

# How close characters may be set, over the size, and how small before they run over.
_CLOSEST, _SMALLEST = -0.06, 0.6


@dataclass(frozen=True, slots=True)
class Type:
    """How a layer's text is set.

    Attributes:
        han: The face of Han characters; the first that can draw one does.
        latin: The face of everything else.
        size: Height of the Han square in pixels.
        latin_scale: Size of the Latin face over that of the Han one.
        tracking: Extra space after each character, over the size.
        weight: Pixels by which strokes are thickened.
        zero: How zeros are drawn.
    """

    han: tuple[Face, ...]
    latin: Face
    size: float
    latin_scale: float = 1.0
    tracking: float = 0.0
    weight: float = 0.0
    zero: Zero = "plain"

    def resized(self, scale: float) -> Type:
        """Return the same type in another size."""
        return replace(self, size=self.size * scale)

    def squeezed(self, text: str, most: float) -> Type:
        """Return the same type, closer and then smaller, for a text too wide."""
        over = (self.width(text) - most) / max(1, len(text)) / self.size
        tracking = max(_CLOSEST, self.tracking - over)
        closer = replace(self, tracking=min(self.tracking, tracking))
        return closer.resized(max(_SMALLEST, min(1.0, most / closer.width(text))))

    def width(self, text: str) -> float:
        """Return how wide a text is set, in pixels."""
        return sum(self._advance(character) for character in text)

    def face(self, character: str) -> tuple[Face, int]:
        """Return the face and the size in pixels that draw a character."""
        if character <= "\u02ff" and fonts.covers(self.latin, character):
            return self.latin, max(4, round(self.size * self.latin_scale))
        for face in self.han:
            if fonts.covers(face, character):
                return face, max(4, round(self.size))
        return self.han[-1], max(4, round(self.size))

    def _advance(self, character: str) -> float:
        face, size = self.face(character)
        return fonts.load(face, size).getlength(character) + self.tracking * self.size


class Layer:
    """A mask of ink that text is set on: 0 is bare paper, 255 full ink."""

    def __init__(self, width: int, height: int) -> None:
        """Start with bare paper of a size in pixels."""
        self.image = Image.new("L", (width, height), 0)
        self.pencil = ImageDraw.Draw(self.image)

    @property
    def mask(self) -> NDArray[np.uint8]:
        """Return the ink: uint8, (H, W)."""
        return np.asarray(self.image, np.uint8)

    def set(
        self, text: str, x: float, middle: float, kind: Type, *, most: float = 1e9
    ) -> Box:
        """Set a line with its Han characters centred on a height; return its box.

        Args:
            x: Where the line starts.
            middle: Height of the centre of the characters.
            most: Width in pixels over which the line is set closer, then smaller.
        """
        if kind.width(text) > most:
            kind = kind.squeezed(text, most)
        # The baseline of Han characters lies about 0.36 of their size under the middle.
        baseline = middle + 0.36 * kind.size
        at = x
        for character in text:
            self._put(character, at, baseline, kind)
            at += kind.width(character)
        half = kind.size * 0.5
        return x, middle - half, at, middle + half

    def _put(self, character: str, x: float, baseline: float, kind: Type) -> None:
        if character.isspace():
            return
        face, size = kind.face(character)
        font = fonts.load(face, size)
        self.pencil.text(
            (x, baseline),
            character,
            fill=255,
            font=font,
            anchor="ls",
            stroke_width=kind.weight,
            stroke_fill=255,
        )
        if character == "0" and kind.zero not in {"plain", "face"}:
            left, top, right, bottom = font.getbbox(character, anchor="ls")
            self._strike((x + left, baseline + top, x + right, baseline + bottom), kind)

    def _strike(self, box: Box, kind: Type) -> None:
        left, top, right, bottom = box
        across, down = right - left, bottom - top
        stroke = max(1, round(kind.size * 0.055))
        if kind.zero == "dot":
            x, y, r = (left + right) / 2, (top + bottom) / 2, stroke * 0.9
            self.pencil.ellipse((x - r, y - 1.3 * r, x + r, y + 1.3 * r), fill=255)
            return
        inset = 0.24 if kind.zero == "inner" else 0.06
        ends = (
            (left + across * inset, bottom - down * inset),
            (right - across * inset, top + down * inset),
        )
        self.pencil.line(ends, fill=255, width=stroke)


def broken(text: str, kind: Type, width: float, lines: int) -> Sequence[str]:
    """Return a text in at most so many lines, each as full as the width allows.

    A text that does not fit is shared out evenly; the caller sets it smaller.
    """
    pieces, piece = [], ""
    for character in text:
        if piece and kind.width(piece + character) > width:
            pieces.append(piece)
            piece = ""
        piece += character
    pieces.append(piece)
    if len(pieces) <= lines:
        return pieces
    step = -(-len(text) // lines)
    return [text[i : i + step] for i in range(0, len(text), step)]
