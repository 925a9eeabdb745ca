"""How a licence's pages lie on the table, and what lies there with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.licence import papers, pieces
from benchmarks.licence.tables import Laid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.licence.chance import Chance
    from benchmarks.licence.looks import Family, Look
    from benchmarks.licence.pieces import Piece

    Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What lies on the table.

    Attributes:
        laid: Everything, the lowest first.
        order: How the pages lie to each other: "one", "side" or "stack", and in what.
    """

    laid: Sequence[Laid]
    order: str


def arrange(
    shown: Sequence[Piece],
    plate: str,
    look: Look,
    family: Family,
    chance: Chance,
    *,
    flat: bool,
) -> Arrangement:
    """Return the table with one or two pages on it.

    Args:
        plate: What the vehicle's photograph shows, where there is one.
        flat: Whether the table is a scanner's glass.
    """
    loose = chance.happens(0.3)
    order, laid = _pages(shown, chance, flat=flat, loose=loose)
    if not flat and chance.happens(0.05):
        # A photograph of a photocopy.
        laid = [replace(one, piece=pieces.copied(one.piece, chance)) for one in laid]
        return Arrangement([_sheet(laid, chance), *laid], f"{order} copied")
    if not flat and not loose and chance.happens(0.35):
        laid.insert(0, _wallet(laid, order, family, chance))
        order += " in wallet"
    low, high = _extent(laid)
    if chance.happens(0.08):
        photo = pieces.vehicle_photo(plate, look.value, chance)
        laid.append(_next_to(photo, low, high, chance))
    elif chance.happens(0.06):
        make = chance.one_of((papers.driving_licence, papers.identity_card))
        laid.append(_next_to(make(look, chance), low, high, chance))
    if not flat and chance.happens(0.12):
        sheet = papers.printed(family, "doc", chance)
        x, y = (low + high) / 2 + chance.rng.uniform(-70, 70, 2)
        laid.insert(0, Laid(sheet, float(x), float(y), chance.between(-30, 30)))
    return Arrangement(laid, order)


def _pages(
    shown: Sequence[Piece], chance: Chance, *, flat: bool, loose: bool
) -> tuple[str, list[Laid]]:
    spread = 2.2 if loose and not flat else 0.5
    degrees = [chance.about(0, spread) for _ in shown]
    if len(shown) == 1:
        return "one", [Laid(shown[0], 0.0, 0.0, degrees[0])]
    order = chance.weighted(
        [("side", 0.12 if flat else 0.4), ("stack", 0.88 if flat else 0.6)]
    )
    gap = chance.between(4, 40) if flat else chance.between(3, 14)
    across = (shown[0].size[0] + shown[1].size[0]) / 2 + gap
    down = (shown[0].size[1] + shown[1].size[1]) / 2 + gap
    if loose and chance.happens(0.15):
        # The pages lie as they fell, one of them on its side or upside down.
        degrees[1] += chance.one_of((90, 180, 270))
        down = across
    off = chance.about(0, 3 if loose else 1)
    places = [(0.0, 0.0), (across, off) if order == "side" else (off, down)]
    if chance.happens(0.12):
        # The second page comes first.
        places.reverse()
    return order, [
        Laid(piece, x, y, turn)
        for piece, (x, y), turn in zip(shown, places, degrees, strict=True)
    ]


def _wallet(laid: Sequence[Laid], order: str, family: Family, chance: Chance) -> Laid:
    low, high = _extent(laid)
    size = high - low + 2 * chance.rng.uniform(3, 9, 2)
    centre = (high + low) / 2
    fold = {"side": "x", "stack": "y"}.get(order, "")
    if order == "one":
        # The other half of the wallet lies open beside the page, or above it.
        fold = chance.one_of(("", "x", "y"))
        axis = 0 if fold == "x" else 1
        if fold:
            centre[axis] += chance.one_of((-1, 1)) * size[axis] / 2
            size[axis] *= 2
    piece = pieces.wallet(
        float(size[0]), float(size[1]), chance.one_of(family.wallets), chance, fold=fold
    )
    return Laid(piece, float(centre[0]), float(centre[1]), 0.0)


def _sheet(laid: Sequence[Laid], chance: Chance) -> Laid:
    """Return the sheet of A4 that copies are on."""
    low, high = _extent(laid)
    sheet = pieces.blank_sheet(chance)
    x, y = (low + high) / 2 + chance.rng.uniform(-15, 15, 2)
    lying = 90 if high[0] - low[0] > high[1] - low[1] else 0
    return Laid(sheet, float(x), float(y), lying + chance.about(0, 0.5))


def _next_to(piece: Piece, low: Points, high: Points, chance: Chance) -> Laid:
    gap = chance.between(4, 15)
    middle = (low + high) / 2
    if chance.happens(0.5):
        x, y = middle[0], high[1] + gap + piece.size[1] / 2
    else:
        x, y = high[0] + gap + piece.size[0] / 2, middle[1]
    return Laid(piece, float(x), float(y), chance.about(0, 1))


def _extent(laid: Sequence[Laid]) -> tuple[Points, Points]:
    """Return the least and the largest place, in millimetres, that things reach."""
    corners = np.concatenate([thing.corners() for thing in laid])
    return corners.min(axis=0), corners.max(axis=0)
