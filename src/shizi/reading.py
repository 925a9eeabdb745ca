"""The tasks that a worker runs: pixels in, a page, a card or both out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from shizi.core.errors import CardNotFoundError
from shizi.core.sheet import Sheet
from shizi.documents.interpret import read_document
from shizi.documents.spec import load_spec
from shizi.draw import draw_outlines
from shizi.ocr.outline import outline

if TYPE_CHECKING:
    from shizi.core.card import Card
    from shizi.core.image import Image
    from shizi.core.text import Page
    from shizi.ports import Engine

# Where the documents come from it is 8 hours later than in Greenwich.
_CHINA = timezone(timedelta(hours=8))


def read_text(engine: Engine, image: Image) -> Page:
    """Return the text of an upright image.

    Raises:
        EngineError: The inference library failed.
    """
    return outline(engine.read(image))


def read_card(engine: Engine, image: Image, kind: str = "vehicle_licence") -> Card:
    """Return the fields of a document in an upright image.

    Args:
        engine: What finds and reads lines.
        image: uint8, (H, W, 3), RGB.
        kind: The kind of document.

    Raises:
        CardNotFoundError: The picture shows no such document.
        EngineError: The inference library failed.
        SpecError: There is no such kind of document.
    """
    return _card_of(engine, image, engine.read(image), kind)


def read_sheet(
    engine: Engine,
    image: Image,
    *,
    kind: str | None = None,
    is_required: bool = False,
    is_drawn: bool = False,
) -> Sheet:
    """Return the text of an upright image and the document that it shows.

    Args:
        engine: What finds and reads lines.
        image: uint8, (H, W, 3), RGB.
        kind: The kind of document to look for; none for text alone.
        is_required: Whether an image without it is refused.
        is_drawn: Whether to give the image back with the outlines of what was read.

    Raises:
        CardNotFoundError: The picture shows no such document, and one is required.
        EngineError: The inference library failed.
        SpecError: There is no such kind of document.
    """
    page = engine.read(image)
    card: Card | None = None
    if kind is not None:
        try:
            card = _card_of(engine, image, page, kind)
        except CardNotFoundError:
            if is_required:
                raise
    if not is_drawn:
        return Sheet(page, card)
    fields = page.lines if card is None else card.fields.values()
    whole = () if card is None else card.pages.values()
    quads = [*(each.quad for each in fields), *whole]
    return Sheet(page, card, draw_outlines(image, quads))


def _card_of(engine: Engine, image: Image, page: Page, kind: str) -> Card:
    today = datetime.now(tz=UTC).astimezone(_CHINA).date()
    return read_document(engine, image, page, load_spec(kind), today=today)
