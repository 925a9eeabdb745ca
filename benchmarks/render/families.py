"""The two families of style: nothing seen in one is seen in the other.

"tune" is for choosing constants, "report" for the numbers that are told: fonts, papers,
grounds, layouts, halves of the phrase stock and every camera setting differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.render import (
    drawings_report,
    drawings_tune,
    layouts_report,
    layouts_tune,
)
from benchmarks.render.camera import Lens
from benchmarks.render.fonts import Face

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.render.sheet import Colour, Pen, Sheet

KINDS = ("doc", "receipt", "screen", "sign", "table", "vertical")
# What is drawn only when asked for: strongly curled pages, small print in large
# pictures, drawings without text.
ASKED_KINDS = ("curl", "fine", "drawing")


@dataclass(frozen=True, slots=True)
class Family:
    """A style of pictures.

    Attributes:
        name: What the command line calls it.
        half: Which half of the phrase stock it speaks with.
        faces: Typefaces by language; the last of each covers nearly everything.
        papers: Colours of the sheets.
        grounds: Names of what may lie under a sheet, see `grounds.py`.
        layouts: How a sheet of each kind is laid out.
        lens: What its camera does.
    """

    name: str
    half: int
    faces: Mapping[str, tuple[Face, ...]]
    papers: tuple[Colour, ...]
    grounds: tuple[str, ...]
    layouts: Mapping[str, Callable[[Pen], Sheet]]
    lens: Lens


def _noto(style: str, index: int) -> Face:
    return Face("fonts-noto-cjk", f"opentype/noto/Noto{style}.ttc", index)


def _dejavu(style: str) -> Face:
    return Face("fonts-dejavu", f"truetype/dejavu/DejaVu{style}.ttf")


# Numbers of the faces inside the Noto CJK collections.
_SIMPLIFIED, _TRADITIONAL = 2, 3

_ZENHEI = Face("fonts-wqy-zenhei", "truetype/wqy/wqy-zenhei.ttc")
_UMING = Face("fonts-arphic-uming", "truetype/arphic/uming.ttc")
_MICROHEI = Face("fonts-wqy-microhei", "truetype/wqy/wqy-microhei.ttc")
_UKAI = Face("fonts-arphic-ukai", "truetype/arphic/ukai.ttc")
_WENKAI = Face("fonts-lxgw-wenkai", "truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf")

TUNE = Family(
    name="tune",
    half=0,
    faces={
        "zh": (
            _ZENHEI,
            _UMING,
            _noto("SansCJK-Bold", _SIMPLIFIED),
            _noto("SansCJK-Regular", _SIMPLIFIED),
        ),
        "hant": (_UMING, _noto("SansCJK-Regular", _TRADITIONAL)),
        "en": (
            _dejavu("SerifCondensed"),
            _dejavu("Sans-Bold"),
            _dejavu("Sans"),
        ),
    },
    papers=((252, 252, 250), (240, 232, 214), (236, 242, 246)),
    grounds=("wood", "cloth"),
    layouts={
        "doc": layouts_tune.letter,
        "receipt": layouts_tune.receipt,
        "screen": layouts_tune.preferences,
        "sign": layouts_tune.board,
        "table": layouts_tune.grid,
        "vertical": layouts_tune.columns,
        "curl": layouts_tune.letter,
        "fine": layouts_tune.leaflet,
        "drawing": drawings_tune.picture,
    },
    lens=Lens(
        tilts=(0.0, 8.0, 16.0),
        rolls=(0.0, -1.5, 4.0),
        bends=(0.25, 0.5),
        blurs=(0.3, 0.9),
        noises=(2.0, 6.0),
        shades=(0.0, 0.30),
        qualities=(92, 76),
        margins=(0.03, 0.09),
        curls=(0.5, 0.65, 0.8),
        leans=(15.0, 20.0, 27.0),
    ),
)

REPORT = Family(
    name="report",
    half=1,
    faces={
        "zh": (
            _MICROHEI,
            _WENKAI,
            _UKAI,
            _noto("SerifCJK-Bold", _SIMPLIFIED),
            _noto("SerifCJK-Regular", _SIMPLIFIED),
        ),
        "hant": (_UKAI, _noto("SerifCJK-Regular", _TRADITIONAL)),
        "en": (
            _dejavu("SansMono"),
            _dejavu("SansCondensed-Bold"),
            _dejavu("Serif"),
        ),
    },
    papers=((248, 246, 240), (255, 250, 232), (230, 230, 226)),
    grounds=("stone", "tiles"),
    layouts={
        "doc": layouts_report.newspaper,
        "receipt": layouts_report.invoice,
        "screen": layouts_report.chat,
        "sign": layouts_report.notice,
        "table": layouts_report.prices,
        "vertical": layouts_report.couplets,
        "curl": layouts_report.newspaper,
        "fine": layouts_report.register,
        "drawing": drawings_report.picture,
    },
    lens=Lens(
        tilts=(3.0, 11.0, 20.0),
        rolls=(-0.7, 2.5, -5.0),
        bends=(0.4, 0.6),
        blurs=(0.5, 0.7),
        noises=(3.5, 5.0),
        shades=(0.15, 0.40),
        qualities=(86, 68),
        margins=(0.015, 0.06),
        curls=(0.55, 0.7, 0.9),
        leans=(17.0, 23.0, 30.0),
    ),
)

FAMILIES: Mapping[str, Family] = {family.name: family for family in (TUNE, REPORT)}
