"""What is written of one picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shizi.core.geometry import Quad
    from shizi.core.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one picture.

    Attributes:
        id: The picture's.
        row: What was read: `id`, `width`, `height`, `text` and `lines`, and of a
            document `kind`, `fields` and `warnings`; none if it failed.
        error: Why it failed.
    """

    id: str
    row: dict[str, Any] | None
    error: str | None = None


def row_of(name: str, sheet: Sheet) -> dict[str, Any]:
    """Return a picture's row; quads are in pixels of the upright picture."""
    page, card = sheet.page, sheet.card
    row: dict[str, Any] = {
        "id": name,
        "width": page.size.width,
        "height": page.size.height,
        "text": page.text,
        "lines": [_value(each.text, each.score, each.quad) for each in page.lines],
    }
    if card is not None:
        row["kind"] = card.kind
        row["fields"] = [
            {"name": field, **_value(each.text, each.score, each.quad)}
            for field, each in card.fields.items()
        ]
        row["warnings"] = list(card.warnings)
    return row


def _value(text: str, score: float, quad: Quad) -> dict[str, Any]:
    corners = [[round(x, 1), round(y, 1)] for x, y in quad]
    return {"text": text, "score": round(score, 4), "quad": corners}
