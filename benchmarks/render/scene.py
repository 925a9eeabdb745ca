"""One picture from one seed: words, sheet, camera, truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.render import camera, fonts
from benchmarks.render.families import KINDS
from benchmarks.render.sheet import Pen
from benchmarks.render.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.render.camera import Lens, Pose, Quarter
    from benchmarks.render.families import Family
    from benchmarks.render.fonts import Face
    from benchmarks.render.sheet import Sheet

# Out of eleven pictures: mostly simplified Chinese, as the pictures users send are.
_LANGS = ("zh", "zh", "zh", "en", "zh", "hant", "zh", "en", "zh", "zh", "en")
# Share of the pictures that are taken on their side or upside down.
_TURNED = 0.2
# Share of the sheets that are curled: only paper can be.
_BENT = 0.35
# Longer side, in pixels, of a picture with small print: twelve megapixels at 4 : 3.
_FINE, _FINE_MARGIN = 4000, 0.01


@dataclass(frozen=True, slots=True)
class Truth:
    """A line that is really there.

    Attributes:
        text: Its characters, in reading order.
        quad: float64, (4, 2): clockwise from where reading starts, in pixels.
        outline: float64, (n, 2): the exact outline where the line is bent, else None.
    """

    text: str
    quad: NDArray[np.float64]
    outline: NDArray[np.float64] | None


@dataclass(frozen=True, slots=True)
class Picture:
    """A made picture.

    Attributes:
        jpeg: The file's bytes.
        width: Width in pixels.
        height: Height in pixels.
        kind: One of `KINDS` or `ASKED_KINDS`, see `families.py`.
        lang: "zh" (both scripts) or "en".
        turn: Degrees clockwise by which it was turned.
        lines: What stands on it.
    """

    jpeg: bytes
    width: int
    height: int
    kind: str
    lang: str
    turn: int
    lines: tuple[Truth, ...]


def draw(
    family: Family,
    seed: int,
    number: int,
    quality: int | None = None,
    *,
    kinds: Sequence[str] = KINDS,
) -> Picture:
    """Return the picture that a family has under a seed and a number.

    Kinds take turns by number.

    Args:
        quality: JPEG quality in place of the family's.
        kinds: The kinds that take turns.

    Raises:
        FontMissingError: No font of the family is installed.
    """
    rng = np.random.default_rng([seed, number, family.half])
    kind = kinds[number % len(kinds)]
    lang = _LANGS[(number // len(kinds) + number) % len(_LANGS)]
    if kind == "vertical" and lang == "en":
        lang = "zh"
    faces: tuple[Face, ...] = ()
    if kind != "drawing":
        faces = fonts.installed(family.faces[lang])
        # The last face covers most and stands behind whichever one was drawn.
        faces = (faces[int(rng.integers(len(faces)))], faces[-1])
    paper = family.papers[int(rng.integers(len(family.papers)))]
    words = Wording(lang, family.half, rng)
    sheet = family.layouts[kind](Pen(rng, words, faces, paper))
    flat = kind in {"screen", "drawing"} and rng.random() < 0.7
    pose = camera.Pose(longest=max(sheet.width, sheet.height), margin=0.0)
    if not flat:
        pose = choose_pose(family.lens, kind, rng)
    seen = camera.project(sheet.width, sheet.height, pose)
    frame = expose(sheet, seen, family, rng) if not flat else np.asarray(sheet.image)
    quarters = _quarters(rng) if not flat and kind in KINDS else 0
    picture = np.ascontiguousarray(np.rot90(frame, -quarters))
    lens_quality = _choose(family.lens.qualities, rng)
    jpeg = encode(picture, quality or int(lens_quality))
    lines = truths(sheet, seen, quarters, bent=pose.bend > 0)
    height, width = picture.shape[:2]
    name = "en" if lang == "en" else "zh"
    return Picture(jpeg, width, height, kind, name, quarters * 90, lines)


def expose(
    sheet: Sheet, seen: camera.Projection, family: Family, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return the frame that a family's camera takes of a sheet."""
    lens = family.lens
    ground = camera.ground_under(
        family.grounds[int(rng.integers(len(family.grounds)))], seen, rng
    )
    frame = camera.develop(np.asarray(sheet.image, np.uint8), seen, ground)
    frame = camera.light(frame, _choose(lens.shades, rng), rng)
    return camera.grain(frame, _choose(lens.blurs, rng), _choose(lens.noises, rng), rng)


def choose_pose(lens: Lens, kind: str, rng: np.random.Generator) -> Pose:
    """Return how a sheet of a kind lies before a family's camera."""
    paper = kind in {"doc", "receipt", "table", "vertical"}
    if kind == "curl":
        return _curled(lens, rng)
    if kind == "fine":
        return camera.Pose(
            pitch=_choose(lens.tilts[:2], rng),
            roll=_choose(lens.rolls, rng),
            margin=_FINE_MARGIN,
            longest=_FINE,
        )
    bent = paper and rng.random() < _BENT
    sign = rng.choice([-1.0, 1.0], 2)
    pitch = _choose(lens.tilts, rng) if not bent else max(lens.tilts)
    return camera.Pose(
        # A curl seen straight from above hardly bends a line.
        pitch=pitch * float(sign[0]),
        yaw=_choose(lens.tilts, rng) * float(sign[1]),
        roll=_choose(lens.rolls, rng),
        bend=_choose(lens.bends, rng) if bent else 0.0,
        curl="bow" if rng.random() < 0.5 else "gutter",
        margin=_choose(lens.margins, rng),
        longest=int(rng.integers(1150, 1500)) if kind != "sign" else 1000,
    )


def truths(
    sheet: Sheet, seen: camera.Projection, quarters: Quarter, *, bent: bool
) -> tuple[Truth, ...]:
    """Return the sheet's lines as they lie in the turned picture."""
    lines = []
    for line in sheet.lines:
        outline = camera.turn(
            seen.points(line.outline), seen.width, seen.height, quarters
        )
        half = len(outline) // 2
        corners = outline[[0, half - 1, half, -1]]
        quad = _box(outline, corners) if bent else corners
        lines.append(Truth(line.text, quad, outline if bent else None))
    return tuple(lines)


def encode(image: NDArray[np.uint8], quality: int) -> bytes:
    """Return an RGB image as a JPEG file."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    return data.tobytes()


def _box(
    outline: NDArray[np.float64], corners: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the smallest rectangle around an outline, starting where reading does."""
    box = cv2.boxPoints(cv2.minAreaRect(outline.astype(np.float32))).astype(np.float64)
    turns = [np.roll(box, shift, axis=0) for shift in range(4)]
    distances = [float(np.abs(turned - corners).sum()) for turned in turns]
    return turns[int(np.argmin(distances))]


def _curled(lens: Lens, rng: np.random.Generator) -> Pose:
    # Seen from a side as well, a steep curl would hide a part of the page.
    return camera.Pose(
        pitch=_choose(lens.leans, rng) * float(rng.choice([-1.0, 1.0])),
        yaw=_choose(lens.rolls, rng),
        roll=_choose(lens.rolls, rng),
        bend=_choose(lens.curls, rng),
        curl="bow" if rng.random() < 0.5 else "gutter",
        margin=_choose(lens.margins, rng),
        longest=int(rng.integers(1500, 1900)),
    )


def _choose(values: tuple[float, ...], rng: np.random.Generator) -> float:
    return values[int(rng.integers(len(values)))]


def _quarters(rng: np.random.Generator) -> Quarter:
    turned = rng.random() < _TURNED
    which: tuple[Quarter, Quarter, Quarter] = (1, 2, 3)
    return which[int(rng.integers(3))] if turned else 0
