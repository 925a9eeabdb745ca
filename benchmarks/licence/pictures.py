"""One picture of a licence from a family, a condition, a seed and a number."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.licence import pages, photographs, pieces, scans
from benchmarks.licence.chance import Chance
from benchmarks.licence.licences import BACK, FIELDS, FRONT, any_licence
from benchmarks.licence.looks import any_look
from benchmarks.licence.tables import Laid
from benchmarks.render.scene import encode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.licence.licences import Licence
    from benchmarks.licence.looks import Family, Look
    from benchmarks.licence.photographs import Shot
    from benchmarks.licence.pieces import Piece

    Points = NDArray[np.float64]

CONDITIONS = ("easy", "medium", "hard", "scan")
# Pages in a picture: the main page alone is what is sent most.
_PAGES = (("front", 0.34), ("back", 0.2), ("both", 0.46))


@dataclass(frozen=True, slots=True)
class Picture:
    """A made picture and what is on it.

    Attributes:
        jpeg: The file's bytes.
        size: Width and height in pixels.
        kind: "photo" or "scan", as a client would say.
        condition: One of `CONDITIONS`.
        pages: "front", "back" or "both"; "" where there is no licence.
        fields: The values of `FIELDS`; "" for what is not on the picture.
        quads: float64, (4, 2): each page's corners, from its own top left.
        boxes: float64, (4, 2): where each value stands.
        extra: The values beyond `FIELDS` that are on the picture.
        meta: How it was made, for analysis only.
    """

    jpeg: bytes
    size: tuple[int, int]
    kind: str
    condition: str
    pages: str
    fields: dict[str, str]
    quads: dict[str, Points] = field(default_factory=dict)
    boxes: dict[str, Points] = field(default_factory=dict)
    extra: dict[str, object] = field(default_factory=dict)
    meta: dict[str, object] = field(default_factory=dict)


def draw(family: Family, condition: str, seed: int, number: int) -> Picture:
    """Return the picture that a family has in a condition under a seed and a number.

    Raises:
        FontMissingError: A font that the family needs is not installed.
    """
    key = zlib.crc32(condition.encode())
    rng = np.random.default_rng([seed, number, family.half, key])
    chance = Chance(rng, family.half)
    licence = any_licence(chance)
    look = any_look(family, chance)
    which = chance.weighted(_PAGES)
    scanned = condition == "scan"
    shown = [
        pieces.page(name, drawn, look.hologram, chance, laminated=laminated)
        for name, drawn, laminated in _drawn(licence, look, which, chance)
    ]
    laid, layout, wallet = _arranged(shown, family, chance, flat=scanned)
    if scanned:
        shot = scans.take(laid, family, chance)
    else:
        shot = photographs.take(laid, photographs.SETTINGS[condition], family, chance)
    meta: dict[str, object] = {
        "family": family.name,
        "seed": seed,
        "number": number,
        "layout": layout,
        "wallet": wallet,
    }
    return _told(shot, licence, look, which, condition, meta=meta)


def _drawn(
    licence: Licence, look: Look, which: str, chance: Chance
) -> list[tuple[str, pages.Drawn, bool]]:
    drawn = []
    if which in {"front", "both"}:
        page = pages.front(licence, look, chance)
        drawn.append(("front", page, chance.happens(0.85)))
    if which in {"back", "both"}:
        page = pages.back(licence, look, chance)
        drawn.append(("back", page, chance.happens(0.5)))
    return drawn


def _arranged(
    shown: list[Piece], family: Family, chance: Chance, *, flat: bool
) -> tuple[list[Laid], str, bool]:
    """Return the pages on the table, the name of their order, and if in a wallet."""
    loose = chance.happens(0.3)
    degrees = [chance.about(0, 2.2 if loose and not flat else 0.5) for _ in shown]
    if len(shown) == 1:
        places = [(0.0, 0.0)]
        layout = "one"
    else:
        layout = chance.weighted([("side", 0.4), ("stack", 0.6)])
        if flat:
            layout = chance.weighted([("side", 0.12), ("stack", 0.88)])
        gap = chance.between(3, 14) if not flat else chance.between(4, 40)
        across = (shown[0].size[0] + shown[1].size[0]) / 2 + gap
        down = (shown[0].size[1] + shown[1].size[1]) / 2 + gap
        off = chance.about(0, 3 if loose else 1)
        second = (across, off) if layout == "side" else (off, down)
        # The second page comes first now and then.
        places = [(0.0, 0.0), second]
        if chance.happens(0.12):
            places.reverse()
    laid = [
        Laid(piece, x, y, turn)
        for piece, (x, y), turn in zip(shown, places, degrees, strict=True)
    ]
    in_wallet = not flat and not loose and chance.happens(0.35)
    if in_wallet:
        laid.insert(0, _wallet(laid, layout, family, chance))
    return laid, layout, in_wallet


def _wallet(laid: list[Laid], layout: str, family: Family, chance: Chance) -> Laid:
    corners = np.concatenate([thing.corners() for thing in laid])
    low, high = corners.min(axis=0), corners.max(axis=0)
    border = chance.rng.uniform(3, 9, 2)
    size = high - low + 2 * border
    centre = (high + low) / 2
    fold = {"side": "x", "stack": "y"}.get(layout, "")
    if layout == "one":
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


def _told(
    shot: Shot,
    licence: Licence,
    look: Look,
    which: str,
    condition: str,
    *,
    meta: dict[str, object],
) -> Picture:
    """Return the picture with what of the licence is on it."""
    there = {"front": FRONT, "back": BACK, "both": FIELDS}[which]
    fields = {name: licence.fields[name] if name in there else "" for name in FIELDS}
    extra: dict[str, object] = {}
    if which != "back":
        extra["issuing_authority"] = licence.authority
    if which != "front":
        extra |= {
            "approved_load": licence.approved_load,
            "traction_mass": licence.traction_mass,
            "remarks": list(licence.remarks),
            "inspections": [
                {"text": line.text, "until": line.until} for line in licence.inspections
            ],
            "energy": licence.energy,
            "serial": licence.serial,
        }
    meta |= {
        "turn": shot.turn,
        "roll": round(shot.roll, 1),
        "ground": shot.ground,
        "role": licence.role,
        "failing_vin": licence.failing,
        "printer": look.printer,
        "faded": round(look.faded, 2),
        "zero": look.value.zero,
        "faces": {
            "value": look.value.han[0].file,
            "latin": look.value.latin.file,
            "label": look.label.han[0].file,
        },
        "jpeg": shot.quality,
    }
    height, width = shot.image.shape[:2]
    return Picture(
        jpeg=encode(shot.image, shot.quality),
        size=(width, height),
        kind="scan" if condition == "scan" else "photo",
        condition=condition,
        pages=which,
        fields=fields,
        quads=shot.quads,
        boxes=shot.boxes,
        extra=extra,
        meta=meta,
    )
