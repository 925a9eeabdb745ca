"""JSON: an object a file, or one a page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from shizi.core.card import Card
    from shizi.core.geometry import Quad
    from shizi.formats.scan import Leaf, Scan

_Object: TypeAlias = dict[str, object]


def write(scan: Scan) -> str:
    """Return a scan as one object: its source and its pages."""
    pages = [_page(leaf) for leaf in scan.leaves]
    return _row({"source": scan.title, "pages": pages})


def write_lines(scan: Scan) -> str:
    """Return a scan as an object a page, each on a row of its own."""
    return "".join(_row({"source": scan.title, **_page(leaf)}) for leaf in scan.leaves)


def _row(content: _Object) -> str:
    return json.dumps(content, ensure_ascii=False) + "\n"


def _page(leaf: Leaf) -> _Object:
    page = leaf.sheet.page
    content: _Object = {
        "page": leaf.number,
        "width": page.size.width,
        "height": page.size.height,
        "lines": [_value(each.text, each.score, each.quad) for each in page.lines],
    }
    if leaf.sheet.card is not None:
        content["card"] = _card(leaf.sheet.card)
    return content


def _card(card: Card) -> _Object:
    return {
        "kind": card.kind,
        "fields": {
            name: _value(each.text, each.score, each.quad)
            for name, each in card.fields.items()
        },
        "pages": {name: _rounded(quad) for name, quad in card.pages.items()},
        "warnings": list(card.warnings),
    }


def _value(text: str, score: float, quad: Quad) -> _Object:
    return {"text": text, "score": round(score, 4), "quad": _rounded(quad)}


def _rounded(quad: Quad) -> list[list[float]]:
    """Return corners to a tenth of a pixel."""
    return [[round(x, 1), round(y, 1)] for x, y in quad]
