"""How much labels and values tell of a page, and how much is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shizi.documents.label import Hit
    from shizi.documents.spec import PageSpec

# A page is not told by less; a label that was guessed counts half, and so a value.
LEAST, HALF = 3.5, 0.5
# Where it is expected, it is told by less; where a sheet like it lies beside the
# document's other page, by less still.
EXPECTED, LIKELY = 2.0, 1.0
# Where any sheet lies, or values stand as on it, it is told by that much, and by half a
# label more for each that is legible there, up to `LEAST`: then more of them are. Of
# 220 pictures of other papers, inspection reports and registers among them, none is
# taken for one so; with 2.5 whatever is legible two were.
UNTOLD = 2.5


def is_enough(hits: Sequence[Hit], page: PageSpec, least: float) -> bool:
    """Return whether labels and values tell a page."""
    if least == UNTOLD:
        labels = {label.text for label in page.labels}
        legible = {hit.text for hit in hits if hit.sure} & labels
        least += min(HALF * len(legible), LEAST - UNTOLD)
    return count(hits, page) >= least


def count(hits: Sequence[Hit], page: PageSpec) -> float:
    """Return how much labels and values count together.

    A value tells nothing beside its label, which is beside it on any form; nor does a
    second one read in the same line.

    Args:
        hits: Labels read or guessed; values, guesses named as their fields.
        page: The page.
    """
    fields = {field.name: field for field in page.fields}
    labels = [hit for hit in hits if hit.text not in fields]
    sure = {hit.text for hit in labels if hit.sure}
    lines = {
        hit.line
        for hit in hits
        if hit.text in fields and fields[hit.text].label not in sure
    }
    return sum(1.0 if hit.sure else HALF for hit in labels) + HALF * len(lines)
