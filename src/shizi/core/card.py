"""What reading a document gives: named fields with what they are worth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shizi.core.geometry import Quad, Size


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a document.

    Attributes:
        text: The characters, as printed; never empty.
        score: Probability that the whole text is right, 0 to 1.
        quad: Where the value lies, in pixels of the upright image.
    """

    text: str
    score: float
    quad: Quad


@dataclass(frozen=True, slots=True)
class Card:
    """A document found in one image.

    Attributes:
        kind: The document's name, `vehicle_licence`.
        size: Size of the upright image, in pixels.
        fields: The values by name; a value that is absent or could not be read well
            enough has no entry.
        pages: The corners of each page that was found, by the page's name, clockwise
            from where reading starts; none of a document that has no card, as a
            screenshot.
        warnings: What makes the picture hard to read, `blurred` for one.
    """

    kind: str
    size: Size
    fields: Mapping[str, Field]
    pages: Mapping[str, Quad]
    warnings: tuple[str, ...] = field(default=())
