"""One picture of a licence from a family, a condition, a seed and a number."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.licence import others, pages, photographs, pieces, scans
from benchmarks.licence.arrangements import arrange
from benchmarks.licence.chance import Chance
from benchmarks.licence.licences import BACK, FIELDS, FRONT, any_licence
from benchmarks.licence.looks import any_look
from benchmarks.licence.photographs import Shot
from benchmarks.licence.screens import licence_screen
from benchmarks.render.scene import encode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.licence.licences import Licence
    from benchmarks.licence.looks import Family, Look

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
    plate = licence.fields["plate_num"]
    table = arrange(shown, plate, look, family, chance, flat=flat)
    if flat:
        shot = scans.take(table.laid, family, chance)
    else:
        shot = photographs.take(
            table.laid, photographs.SETTINGS[setting], family, chance
        )
    meta |= {"layout": table.order, "setting": setting, **_printing(look, licence)}
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
