"""The tasks that a worker runs: pixels in, a page or a card out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from shizi.documents.interpret import read_document
from shizi.documents.spec import load_spec
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
    today = datetime.now(tz=UTC).astimezone(_CHINA).date()
    return read_document(
        engine, image, engine.read(image), load_spec(kind), today=today
    )
