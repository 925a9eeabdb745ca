"""Pages on their way to another process, and back: all that is known of the lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from shizi.core.geometry import Quad, Size
from shizi.core.text import Page, TextLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shizi.formats.scan import Scan


def dump_pages(scan: Scan) -> str:
    """Return a scan's pages as JSON."""
    return json.dumps(
        {
            leaf.number: {
                "size": leaf.sheet.page.size,
                "lines": [
                    (line.text, line.quad, line.score, line.places)
                    for line in leaf.sheet.page.lines
                ],
            }
            for leaf in scan.leaves
        }
    )


def load_pages(text: str) -> Mapping[int, Page]:
    """Return pages by their numbers, from 1 on.

    Raises:
        ValueError: The text is not what `dump_pages` gave.
    """
    try:
        return {
            int(number): Page(
                Size(*page["size"]),
                tuple(
                    TextLine(said, Quad.of(quad), score, tuple(places))
                    for said, quad, score, places in page["lines"]
                ),
            )
            for number, page in json.loads(text).items()
        }
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("no pages") from error
