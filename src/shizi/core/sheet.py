"""What reading one picture gives when a document is looked for, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shizi.core.card import Card
    from shizi.core.text import Page


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that was read of one picture.

    Attributes:
        page: Its text.
        card: The document that it shows; none if none was asked for or found.
        drawn: A JPEG of the picture with the outlines of what was read; none if it was
            not asked for.
    """

    page: Page
    card: Card | None = None
    drawn: bytes | None = None
