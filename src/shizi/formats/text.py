"""Plain text: a line a row, a form feed between pages; of a document its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shizi.core.sheet import Sheet
    from shizi.formats.scan import Scan


def write(scan: Scan) -> str:
    """Return a scan as plain text."""
    return "\f".join(_rows(leaf.sheet) for leaf in scan.leaves)


def _rows(sheet: Sheet) -> str:
    if sheet.card is None:
        return "".join(f"{line.text}\n" for line in sheet.page.lines)
    return "".join(
        f"{name}: {field.text}\n" for name, field in sheet.card.fields.items()
    )
