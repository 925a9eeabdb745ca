"""The two families of licences' looks: no face, paper or ground is in both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from benchmarks.licence.lettering import Type
from benchmarks.licence.pages import HEIGHT
from benchmarks.licence.screens import Screen
from benchmarks.render.fonts import Face, FontMissingError

if TYPE_CHECKING:
    from benchmarks.licence.chance import Chance
    from benchmarks.licence.ink import Printer
    from benchmarks.licence.lettering import Zero
    from benchmarks.render.sheet import Colour

Tints = tuple["Colour", "Colour"]


@dataclass(frozen=True, slots=True)
class Family:
    """A style of licences, and of what they are photographed on and with.

    Attributes:
        name: What the command line calls it.
        half: Which half of the stock its values come from.
        song: Faces with thick and thin strokes; of Han characters, as the next two.
        kai: Faces after the brush.
        hei: Faces of even strokes.
        latin: Faces of digits and letters, with plain zeros.
        struck: Faces whose zeros carry a stroke or a dot.
        english: Faces of the labels' English.
        tints: Colours of the paper at its edge and in its middle.
        patterns: Names of line patterns, see `guilloche.py`.
        holograms: Names of the laminate's shapes.
        grounds: Names of what lies under, see `tables.py`.
        wallets: Colours of wallets.
        seals: Colours of the seal's ink.
        jitters: How loosely things are placed; 1 is a percent or so of the card.
        spreads: How far from the middle things stand, over the usual distance.
        blurs: Standard deviations in pixels that are added to each condition's.
        noise: Factor on the noise of each condition.
        gammas: Exponents of its camera's tone curve.
        sharpenings: How much its camera sharpens, over the blur that it takes off.
        vignettes: Shares of the light that corners lack.
        screens: How applications lay out the electronic licence.
    """

    name: str
    half: int
    song: tuple[Face, ...]
    kai: tuple[Face, ...]
    hei: tuple[Face, ...]
    latin: tuple[Face, ...]
    struck: tuple[Face, ...]
    english: tuple[Face, ...]
    tints: tuple[Tints, ...]
    patterns: tuple[str, ...]
    holograms: tuple[str, ...]
    grounds: tuple[str, ...]
    wallets: tuple[Colour, ...]
    seals: tuple[Colour, ...]
    jitters: tuple[float, ...]
    spreads: tuple[float, ...]
    blurs: tuple[float, ...]
    noise: float
    gammas: tuple[float, ...]
    sharpenings: tuple[float, ...]
    vignettes: tuple[float, ...]
    screens: tuple[Screen, ...]

    @property
    def faces(self) -> tuple[Face, ...]:
        """Return every face that the family draws with."""
        han = (*self.song, *self.kai, *self.hei)
        return (*han, *self.latin, *self.struck, *self.english)


@dataclass(frozen=True, slots=True)
class Look:
    """How one licence is printed.

    Attributes:
        label: Type of the labels; the English beneath them; the title; the seal.
        value: Type of the values; of the plate, where that differs.
        spaced: Whether short labels are spaced out to the width of long ones.
        column: Percent by which the right column's values stand off.
        label_strength: Share of full ink of the labels.
        strength: Share of full ink of the values.
        faded: Share of that ink that is missing where it is palest.
    """

    label: Type
    english: Type
    title: Type
    seal: Type
    value: Type
    plate_type: Type
    tints: Tints
    patterns: tuple[str, ...]
    hologram: str
    spaced: bool
    front_rules: bool
    back_rules: bool
    back_title: bool
    back_english: bool
    column: float
    jitter: float
    spread: float
    label_ink: Colour
    label_strength: float
    ink: Colour
    strength: float
    faded: float
    printer: Printer
    seal_ink: Colour

    def title_spaced(self, kind: Type, tracking: float) -> Type:
        """Return a type with more space after each character."""
        return replace(kind, tracking=tracking)


def any_look(family: Family, chance: Chance, *, struck: bool = False) -> Look:
    """Return a look of the family.

    Args:
        struck: Whether zeros carry a stroke or a dot.

    Raises:
        FontMissingError: A face of the family is not installed.
    """
    style = chance.weighted([("song", 0.4), ("kai", 0.25), ("hei", 0.35)])
    millimetre = HEIGHT / 60
    label = _han(
        family, chance.weighted([("song", 0.25), ("kai", 0.15), ("hei", 0.6)]), chance
    )
    english = chance.one_of(_every(family.english))
    printers: tuple[tuple[Printer, float], ...] = (
        ("laser", 0.5),
        ("jet", 0.3),
        ("dots", 0.2),
    )
    han = _han(family, style, chance)
    latin, zero = _latin(family, han[0], chance, struck=struck)
    # Printed strokes are never as thin as outlines are drawn: ink spreads.
    spread = {"song": (0.45, 1.0), "kai": (0.35, 0.9), "hei": (0.0, 0.6)}[style]
    value = Type(
        han=han,
        latin=latin,
        size=chance.between(2.65, 3.25) * millimetre,
        latin_scale=chance.between(0.95, 1.08),
        tracking=chance.one_of((0.0, 0.0, 0.02, 0.05)),
        weight=chance.between(*spread),
        zero=zero,
    )
    label_type = Type(
        label,
        english,
        chance.between(2.35, 2.75) * millimetre,
        weight=chance.between(0.1, 0.6),
    )
    colour = chance.weighted(
        [((28, 28, 30), 0.6), ((12, 12, 12), 0.2), ((30, 34, 78), 0.2)]
    )
    return Look(
        label=label_type,
        english=Type(label, english, chance.between(1.5, 1.85) * millimetre),
        title=Type(
            _han(family, chance.one_of(("song", "hei")), chance),
            english,
            label_type.size,
            weight=chance.whole(0, 1),
        ),
        seal=Type(
            _han(family, chance.one_of(("song", "song", "hei", "kai")), chance),
            english,
            40,
            weight=chance.whole(0, 2),
        ),
        value=value,
        plate_type=value.resized(chance.one_of((1.0, 1.0, 1.08))),
        tints=chance.one_of(family.tints),
        patterns=family.patterns,
        hologram=chance.one_of(family.holograms),
        spaced=chance.happens(0.6),
        front_rules=chance.happens(0.25),
        back_rules=chance.happens(0.7),
        back_title=chance.happens(0.75),
        back_english=chance.happens(0.15),
        column=chance.between(-1.0, 1.0),
        jitter=chance.one_of(family.jitters),
        spread=chance.one_of(family.spreads),
        label_ink=chance.weighted(
            [((20, 20, 22), 0.7), ((40, 44, 60), 0.2), ((70, 50, 40), 0.1)]
        ),
        label_strength=chance.between(0.72, 1.0),
        ink=colour,
        strength=chance.between(0.76, 1.0),
        faded=chance.between(0.1, 0.42) if chance.happens(0.3) else 0.0,
        printer=chance.weighted(printers),
        seal_ink=chance.one_of(family.seals),
    )


def _han(family: Family, style: str, chance: Chance) -> tuple[Face, ...]:
    faces = {"song": family.song, "kai": family.kai, "hei": family.hei}[style]
    found = _every(faces)
    # The last face of even strokes stands behind whichever one was drawn.
    return chance.one_of(found), _every(family.hei)[-1]


def _latin(
    family: Family, han: Face, chance: Chance, *, struck: bool
) -> tuple[Face, Zero]:
    faces = _every(family.latin)
    latin = han if chance.happens(0.35) else chance.one_of(faces)
    if not struck:
        return latin, "plain"
    if chance.happens(0.4):
        return chance.one_of(_every(family.struck)), "face"
    strokes: tuple[Zero, ...] = ("slash", "slash", "inner", "dot")
    return latin, chance.one_of(strokes)


def _every(faces: tuple[Face, ...]) -> tuple[Face, ...]:
    """Return the faces; with one missing, a seed would give other pictures."""
    missing = {face.package for face in faces if not face.path.is_file()}
    if missing:
        message = f"fonts are missing: apt-get install {' '.join(sorted(missing))}"
        raise FontMissingError(message)
    return faces


def _truetype(package: str, file: str, index: int = 0) -> Face:
    return Face(package, f"truetype/{file}", index)


def _opentype(package: str, file: str, index: int = 0) -> Face:
    return Face(package, f"opentype/{file}", index)


_NOTO = "fonts-noto-cjk"
_SIMPLIFIED = 2

TUNE = Family(
    name="tune",
    half=0,
    song=(
        _truetype("fonts-arphic-uming", "arphic/uming.ttc"),
        _truetype("fonts-babelstone-han", "babelstone/BabelStoneHan.ttf"),
    ),
    kai=(_truetype("fonts-cns11643-kai", "cns11643/TW-Kai-98_1.ttf"),),
    hei=(
        _truetype("fonts-wqy-zenhei", "wqy/wqy-zenhei.ttc"),
        _opentype(_NOTO, "noto/NotoSansCJK-Regular.ttc", _SIMPLIFIED),
    ),
    latin=(
        _truetype("fonts-liberation", "liberation/LiberationSerif-Regular.ttf"),
        _truetype("fonts-liberation", "liberation/LiberationSans-Regular.ttf"),
        _opentype("fonts-ocr-b", "ocr-b/OCRB.otf"),
        _opentype("fonts-urw-base35", "urw-base35/NimbusMonoPS-Bold.otf"),
        _truetype("fonts-dejavu-core", "dejavu/DejaVuSans.ttf"),
        _truetype("fonts-dejavu-extra", "dejavu/DejaVuSerifCondensed.ttf"),
    ),
    struck=(
        _truetype("fonts-liberation", "liberation/LiberationMono-Regular.ttf"),
        _truetype("fonts-3270", "3270/3270SemiCondensed-Regular.ttf"),
        _truetype("fonts-hack", "hack/Hack-Regular.ttf"),
    ),
    english=(
        _truetype("fonts-liberation", "liberation/LiberationSerif-Regular.ttf"),
        _truetype("fonts-liberation", "liberation/LiberationSansNarrow-Regular.ttf"),
        _truetype("fonts-dejavu-core", "dejavu/DejaVuSans.ttf"),
    ),
    tints=(
        ((214, 230, 226), (240, 236, 224)),
        ((226, 222, 236), (240, 230, 236)),
        ((236, 234, 214), (240, 240, 226)),
        ((206, 224, 234), (232, 238, 240)),
    ),
    patterns=("waves", "crossed", "weave"),
    holograms=("squares", "bars"),
    grounds=("wood", "cloth", "desk", "felt"),
    wallets=((26, 26, 30), (22, 34, 74), (92, 20, 28)),
    seals=((206, 52, 60), (190, 40, 44), (220, 70, 96)),
    jitters=(0.5, 0.9, 1.3),
    spreads=(0.985, 1.0),
    blurs=(0.0, 0.15, 0.3),
    noise=1.0,
    gammas=(1.0, 1.18),
    sharpenings=(0.0, 0.5),
    vignettes=(0.0, 0.18),
    screens=(
        Screen(
            "right",
            (36, 92, 200),
            (240, 242, 246),
            (255, 255, 255),
            (130, 134, 142),
            (26, 28, 34),
            colon=False,
            rules=True,
            titled=True,
            code=False,
            header="电子行驶证",
        ),
        Screen(
            "edge",
            (255, 255, 255),
            (246, 246, 246),
            (255, 255, 255),
            (90, 90, 96),
            (20, 20, 22),
            colon=False,
            rules=True,
            titled=False,
            code=False,
            header="行驶证",
        ),
        Screen(
            "below",
            (34, 130, 110),
            (236, 244, 240),
            (250, 252, 250),
            (120, 132, 126),
            (16, 40, 34),
            colon=False,
            rules=False,
            titled=True,
            code=True,
            header="我的证件",
            pairs=True,
        ),
        Screen(
            "right",
            (26, 60, 140),
            (214, 226, 248),
            (226, 236, 252),
            (70, 90, 140),
            (18, 30, 66),
            colon=True,
            rules=False,
            titled=True,
            code=True,
            header="机动车电子行驶证",
        ),
    ),
)

REPORT = Family(
    name="report",
    half=1,
    song=(
        _truetype("fonts-cns11643-sung", "cns11643/TW-Sung-98_1.ttf"),
        _truetype("fonts-hanazono", "hanazono/HanaMinA.ttf"),
        _opentype(_NOTO, "noto/NotoSerifCJK-Regular.ttc", _SIMPLIFIED),
    ),
    kai=(
        _truetype("fonts-arphic-ukai", "arphic/ukai.ttc"),
        _truetype("fonts-lxgw-wenkai", "lxgw-wenkai/LXGWWenKai-Regular.ttf"),
    ),
    hei=(_truetype("fonts-wqy-microhei", "wqy/wqy-microhei.ttc"),),
    latin=(
        _opentype("fonts-urw-base35", "urw-base35/NimbusRoman-Regular.otf"),
        _opentype("fonts-urw-base35", "urw-base35/NimbusSansNarrow-Regular.otf"),
        _truetype("fonts-freefont-ttf", "freefont/FreeMonoBold.ttf"),
        _truetype(
            "fonts-roboto-unhinted", "roboto/unhinted/RobotoTTF/Roboto-Regular.ttf"
        ),
        _truetype("fonts-dejavu-core", "dejavu/DejaVuSerif.ttf"),
    ),
    struck=(
        _truetype("fonts-inconsolata", "inconsolata/Inconsolata.otf"),
        _truetype("fonts-mononoki", "mononoki/mononoki-Regular.ttf"),
        _truetype("fonts-firacode", "firacode/FiraCode-Regular.ttf"),
    ),
    english=(
        _opentype("fonts-urw-base35", "urw-base35/NimbusRoman-Regular.otf"),
        _opentype("fonts-urw-base35", "urw-base35/NimbusSans-Regular.otf"),
        _truetype(
            "fonts-roboto-unhinted", "roboto/unhinted/RobotoTTF/Roboto-Light.ttf"
        ),
    ),
    tints=(
        ((222, 234, 218), (238, 240, 232)),
        ((236, 224, 222), (242, 236, 226)),
        ((210, 220, 238), (236, 228, 240)),
        ((228, 228, 224), (244, 242, 238)),
    ),
    patterns=("rosette", "arcs", "net"),
    holograms=("rings", "stars"),
    grounds=("stone", "tiles", "leather", "print"),
    wallets=((48, 32, 22), (16, 52, 44), (70, 70, 74)),
    seals=((200, 36, 40), (214, 60, 74), (178, 44, 58)),
    jitters=(0.7, 1.1, 1.4),
    spreads=(0.975, 0.995, 1.015),
    blurs=(0.05, 0.2, 0.35),
    noise=1.15,
    gammas=(0.9, 1.1),
    sharpenings=(0.25, 0.9),
    vignettes=(0.08, 0.28),
    screens=(
        Screen(
            "right",
            (250, 250, 252),
            (238, 240, 244),
            (255, 255, 255),
            (60, 64, 72),
            (60, 64, 72),
            colon=True,
            rules=True,
            titled=True,
            code=False,
            header="电子证照",
        ),
        Screen(
            "below",
            (22, 72, 180),
            (245, 246, 250),
            (255, 255, 255),
            (150, 152, 158),
            (40, 42, 48),
            colon=False,
            rules=True,
            titled=False,
            code=False,
            header="电子行驶证详情",
        ),
        Screen(
            "edge",
            (30, 110, 230),
            (228, 240, 255),
            (244, 250, 255),
            (96, 112, 136),
            (14, 24, 44),
            colon=False,
            rules=False,
            titled=True,
            code=True,
            header="机动车行驶证",
            striped=True,
        ),
        Screen(
            "right",
            (20, 22, 26),
            (28, 30, 36),
            (40, 42, 50),
            (150, 154, 164),
            (232, 234, 240),
            colon=False,
            rules=False,
            titled=True,
            code=False,
            header="行驶证",
            pairs=True,
        ),
    ),
)

FAMILIES = {family.name: family for family in (TUNE, REPORT)}
