"""One picture of a licence from a family, a condition, a seed and a number."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.licence import others, pages, papers, photographs, pieces, scans
from benchmarks.licence.chance import Chance
from benchmarks.licence.licences import BACK, FIELDS, FRONT, any_licence
from benchmarks.licence.looks import any_look
from benchmarks.licence.photographs import Shot
from benchmarks.licence.screens import licence_screen
from benchmarks.licence.tables import Laid
from benchmarks.render.scene import encode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.licence.licences import Licence
    from benchmarks.licence.looks import Family, Look
    from benchmarks.licence.pieces import Piece

    Points = NDArray[np.float64]

CONDITIONS = ("easy", "medium", "hard", "scan", "slashed", "electronic", "none")
# What pictures with struck zeros are otherwise like.
_SLASHED = ("easy", "medium", "scan")
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
    meta: dict[str, object] = {"family": family.name, "seed": seed, "number": number}
    if condition == "none":
        return _other(family, chance, meta=meta)
    licence = any_licence(chance)
    if condition == "electronic":
        return _screenshot(licence, family, chance, meta=meta)
    struck = condition == "slashed"
    setting = chance.one_of(_SLASHED) if struck else condition
    look = any_look(family, chance, struck=struck)
    which = chance.weighted(_PAGES)
    flat = setting == "scan"
    shown = [
        pieces.page(name, drawn, look.hologram, chance, laminated=laminated)
        for name, drawn, laminated in _drawn(licence, look, which, chance)
    ]
    laid, layout = _arranged(shown, family, chance, flat=flat)
    laid = _beside(laid, licence, look, family, chance, flat=flat)
    if flat:
        shot = scans.take(laid, family, chance)
    else:
        shot = photographs.take(laid, photographs.SETTINGS[setting], family, chance)
    meta |= {"layout": layout, "setting": setting, **_printing(look, licence)}
    fields, extra = _told(licence, which)
    return _picture(
        shot,
        condition,
        which,
        fields,
        kind="scan" if flat else "photo",
        extra=extra,
        meta=meta,
    )


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
) -> tuple[list[Laid], str]:
    """Return the pages on the table, and the name of their order."""
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
    if not flat and not loose and chance.happens(0.35):
        laid.insert(0, _wallet(laid, layout, family, chance))
        layout += " in wallet"
    return laid, layout


def _beside(
    laid: list[Laid],
    licence: Licence,
    look: Look,
    family: Family,
    chance: Chance,
    *,
    flat: bool,
) -> list[Laid]:
    """Return the table with what else lies there: under the pages, or beside them."""
    corners = np.concatenate([thing.corners() for thing in laid])
    low, high = corners.min(axis=0), corners.max(axis=0)
    found = list(laid)
    if chance.happens(0.08):
        plate = licence.fields["plate_num"]
        photo = pieces.vehicle_photo(plate, look.value, chance)
        found.append(_next_to(photo, low, high, chance))
    elif chance.happens(0.06):
        make = chance.one_of((papers.driving_licence, papers.identity_card))
        found.append(_next_to(make(look, chance), low, high, chance))
    if not flat and chance.happens(0.12):
        sheet = papers.printed(family, "doc", chance)
        x, y = (low + high) / 2 + chance.rng.uniform(-70, 70, 2)
        found.insert(0, Laid(sheet, float(x), float(y), chance.between(-30, 30)))
    return found


def _next_to(piece: Piece, low: Points, high: Points, chance: Chance) -> Laid:
    gap = chance.between(4, 15)
    middle = (low + high) / 2
    if chance.happens(0.5):
        x, y = middle[0], high[1] + gap + piece.size[1] / 2
    else:
        x, y = high[0] + gap + piece.size[0] / 2, middle[1]
    return Laid(piece, float(x), float(y), chance.about(0, 1))


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


def _told(licence: Licence, which: str) -> tuple[dict[str, str], dict[str, object]]:
    """Return what of the licence is on the pages that are there."""
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
    return fields, extra


def _printing(look: Look, licence: Licence) -> dict[str, object]:
    return {
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
    }


def _screenshot(
    licence: Licence, family: Family, chance: Chance, *, meta: dict[str, object]
) -> Picture:
    screen = chance.one_of(family.screens)
    style = chance.weighted([(family.hei, 0.9), (family.song, 0.1)])
    faces = (chance.one_of(style), family.hei[-1])
    shown = licence_screen(licence, screen, faces, chance)
    fields = {name: shown.fields.get(name, "") for name in FIELDS}
    extra: dict[str, object] = {
        name: value for name, value in shown.fields.items() if name not in FIELDS
    }
    quality = chance.whole(72, 96)
    ground = f"screen {family.screens.index(screen)}"
    shot = Shot(shown.image, quality, 0, 0.0, ground, {}, shown.boxes)
    second = any(fields[name] for name in BACK)
    return _picture(
        shot,
        "electronic",
        "both" if second else "front",
        fields,
        extra=extra,
        meta={**meta, "role": licence.role, "failing_vin": licence.failing},
    )


def _other(family: Family, chance: Chance, *, meta: dict[str, object]) -> Picture:
    look = any_look(family, chance, struck=chance.happens(0.2))
    shot, what = others.take(family, look, chance)
    blank = dict.fromkeys(FIELDS, "")
    return _picture(shot, "none", "", blank, meta={**meta, "what": what})


def _picture(
    shot: Shot,
    condition: str,
    which: str,
    fields: dict[str, str],
    *,
    kind: str = "photo",
    extra: dict[str, object] | None = None,
    meta: dict[str, object],
) -> Picture:
    height, width = shot.image.shape[:2]
    made = {
        "turn": shot.turn,
        "roll": round(shot.roll, 1),
        "ground": shot.ground,
        "jpeg": shot.quality,
    }
    return Picture(
        jpeg=encode(shot.image, shot.quality),
        size=(width, height),
        kind=kind,
        condition=condition,
        pages=which,
        fields=fields,
        quads=shot.quads,
        boxes=shot.boxes,
        extra=extra or {},
        meta={**meta, **made},
    )
