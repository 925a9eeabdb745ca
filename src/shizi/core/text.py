"""What reading printed text gives: a page of lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shizi.core.geometry import Quad, Size


@dataclass(frozen=True, slots=True)
class TextLine:
    """One recognised line.

    Attributes:
        text: The characters, in reading order.
        quad: Where the line lies, in pixels of the upright image.
        score: Mean character probability, 0 to 1.
        places: Where each character's middle lies, as a share of the line's length
            from its start, 0 to 1; none where that is not known.
    """

    text: str
    quad: Quad
    score: float
    places: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one image.

    Attributes:
        size: Size of the upright image, in pixels.
        lines: The lines in reading order; none for an image without text.
    """

    size: Size
    lines: tuple[TextLine, ...]

    @property
    def text(self) -> str:
        """Return the lines' texts, one a row."""
        return "\n".join(line.text for line in self.lines)
