"""Photographs of a table: perspective, light, a hand, and what cameras spoil."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.licence import tables
from benchmarks.licence.pages import CARD
from benchmarks.render import camera
from benchmarks.render.grounds import cloud

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.licence.chance import Chance
    from benchmarks.licence.looks import Family
    from benchmarks.licence.tables import Laid

    Pixels = NDArray[np.float32]
    Points = NDArray[np.float64]
    Range = tuple[float, float]

# The virtual sheet that the camera sees has this many units to the millimetre.
_UNITS = 10
# Longest side of a picture in pixels, as of a camera of twelve megapixels.
_LONGEST = 4000
# How much larger than what is shown a picture may be for its shape alone.
_WASTED = 2.6
# Least share of the light: under it no person can read what the sensor's noise leaves.
_DARKEST = 0.27


@dataclass(frozen=True, slots=True)
class Setting:
    """What a condition asks of the camera; ranges are from least to most.

    Attributes:
        widths: Width of a card in pixels.
        tilts: Degrees by which the table leans away from the camera.
        rolls: Degrees by which the picture is rolled, either way.
        turned: Share of the pictures turned by a quarter or more.
        blurs: Standard deviation of the focus's blur, in pixels.
        smeared: Share of the pictures with motion blur, and its length in pixels.
        noises: Standard deviation of the noise, in grey levels.
        exposures: Factor on the light.
        shades: Share of the light that a shadow takes.
        casts: Largest share by which a colour is off.
        glare: Share of the pictures with glare on the laminate.
        thumb: Share of the pictures with a thumb at an edge.
        bends: How far paper stands off its plane, over the frame's longer side.
        qualities: JPEG quality.
    """

    widths: Range
    tilts: Range
    rolls: Range
    turned: float
    blurs: Range
    smeared: float
    smears: Range
    noises: Range
    exposures: Range
    shades: Range
    casts: float
    glare: float
    thumb: float
    bends: Range
    qualities: Range


SETTINGS = {
    "easy": Setting(
        widths=(820, 1300), tilts=(0, 9), rolls=(-5, 5), turned=0.0,
        blurs=(0.2, 0.9), smeared=0.0, smears=(0, 0), noises=(1, 4),
        exposures=(0.8, 1.08), shades=(0, 0.22), casts=0.05, glare=0.15, thumb=0.0,
        bends=(0, 0.001), qualities=(84, 94),
    ),
    "medium": Setting(
        widths=(600, 950), tilts=(2, 17), rolls=(-15, 15), turned=0.3,
        blurs=(0.4, 1.15), smeared=0.1, smears=(2, 4), noises=(2, 8),
        exposures=(0.55, 1.12), shades=(0, 0.5), casts=0.14, glare=0.45, thumb=0.25,
        bends=(0, 0.003), qualities=(70, 90),
    ),
    "hard": Setting(
        widths=(440, 680), tilts=(6, 27), rolls=(-20, 20), turned=0.3,
        blurs=(0.6, 1.45), smeared=0.35, smears=(2, 5), noises=(4, 13),
        exposures=(0.3, 1.0), shades=(0.05, 0.6), casts=0.18, glare=0.4, thumb=0.25,
        bends=(0, 0.005), qualities=(50, 82),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture taken, and where the pages came to lie in it.

    Attributes:
        image: uint8, (H, W, 3), RGB.
        quality: JPEG quality it is to be written with.
        turn: Degrees clockwise by which the picture was turned.
        roll: Degrees by which the camera was rolled.
        ground: Name of the ground.
        quads: float64, (4, 2): each page's corners, from its own top left.
        boxes: float64, (4, 2): each value's corners.
    """

    image: NDArray[np.uint8]
    quality: int
    turn: int
    roll: float
    ground: str
    quads: dict[str, Points]
    boxes: dict[str, Points]


def take(
    laid: Sequence[Laid], setting: Setting, family: Family, chance: Chance
) -> Shot:
    """Return a photograph of what lies on a table, the lowest first."""
    roll = chance.between(*setting.rolls)
    view, width, height = _view(laid, setting, roll, chance)
    ground = chance.one_of(family.grounds)
    frame = tables.ground(ground, width, height, chance)
    light = chance.between(0, 2 * np.pi)
    for thing in laid:
        frame = put(frame, thing, view @ thing.matrix(), light)
    quads, boxes = places(laid, view)
    if chance.happens(setting.glare):
        frame = _glare(frame, quads, chance)
    bend = chance.between(*setting.bends) * max(width, height)
    frame, field = _bent(frame, bend, chance)
    quads = {name: _follow(points, field) for name, points in quads.items()}
    boxes = {name: _follow(points, field) for name, points in boxes.items()}
    if chance.happens(setting.thumb):
        frame = _thumb(frame, quads, boxes, chance)
    exposure = chance.between(*setting.exposures)
    shade = min(chance.between(*setting.shades), max(0.0, 1 - _DARKEST / exposure))
    frame = camera.light(frame, shade, chance.rng)
    cast = 1 + chance.rng.uniform(-1, 1, 3).astype(np.float32) * setting.casts
    frame = np.asarray(frame * cast * exposure, np.float32)
    if chance.happens(setting.smeared):
        frame = _smeared(frame, chance.between(*setting.smears), chance)
    blur = chance.between(*setting.blurs) + chance.one_of(family.blurs)
    noise = chance.between(*setting.noises) * family.noise
    frame = _vignetted(frame, chance.one_of(family.vignettes))
    image = camera.grain(frame, blur, noise, chance.rng)
    image = _developed(image, family, chance)
    quarter: camera.Quarter = 0
    if chance.happens(setting.turned):
        quarter = chance.one_of((1, 2, 3))
    image = np.ascontiguousarray(np.rot90(image, -quarter))
    return Shot(
        image,
        round(chance.between(*setting.qualities)),
        quarter * 90,
        roll,
        ground,
        {n: camera.turn(p, width, height, quarter) for n, p in quads.items()},
        {n: camera.turn(p, width, height, quarter) for n, p in boxes.items()},
    )


def _view(
    laid: Sequence[Laid], setting: Setting, roll: float, chance: Chance
) -> tuple[Points, int, int]:
    """Return the map from the table to the frame, and the frame's size."""
    # What else lies there may be cut off.
    shown = [thing for thing in laid if thing.piece.seen] or list(laid)
    corners = np.concatenate([thing.corners() for thing in shown])
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = high - low
    shape = chance.weighted([(4 / 3, 0.35), (3 / 4, 0.3), (9 / 16, 0.1), (0.0, 0.25)])
    loose = chance.weighted([(0.03, 0.5), (0.12, 0.3), (0.3, 0.2)])
    wanted = size * (1 + loose)
    if shape:
        framed = np.array(
            [max(wanted[0], wanted[1] * shape), max(wanted[1], wanted[0] / shape)]
        )
        # A telephone is held the other way before that much is wasted.
        wasted = framed.prod() / wanted.prod()
        wanted = framed if wasted < _WASTED else wanted
    spare = wanted - size
    start = low - spare * chance.rng.uniform(0.1, 0.9, 2)
    tilt = chance.between(*setting.tilts)
    towards = chance.between(0, 2 * np.pi)
    pose = camera.Pose(
        pitch=tilt * np.sin(towards),
        yaw=tilt * np.cos(towards),
        roll=roll,
        margin=chance.between(0.005, 0.04),
        longest=1000,
    )
    sheet = np.maximum(1, wanted * _UNITS).astype(int)
    seen = camera.project(int(sheet[0]), int(sheet[1]), pose)
    units = np.array(
        [[_UNITS, 0, -start[0] * _UNITS], [0, _UNITS, -start[1] * _UNITS], [0, 0, 1.0]]
    )
    view = seen.matrices()[0] @ units
    widths = [_card_width(thing, view) for thing in shown]
    least, most = setting.widths
    scale = max(least / min(widths), chance.between(least, most) / max(widths))
    scale = min(scale, _LONGEST / max(seen.width, seen.height))
    grown = np.diag([scale, scale, 1.0]) @ view
    return (
        np.asarray(grown, np.float64),
        round(seen.width * scale),
        round(seen.height * scale),
    )


def _card_width(thing: Laid, view: Points) -> float:
    """Return how many pixels wide a card would be where a thing lies."""
    quad = tables.moved(thing.corners(), view)
    upper, lower = quad[1] - quad[0], quad[2] - quad[3]
    wide = (float(np.hypot(*upper)) + float(np.hypot(*lower))) / 2
    return wide * CARD[0] / thing.piece.size[0]


def put(frame: Pixels, thing: Laid, matrix: Points, light: float) -> Pixels:
    """Put a thing and its shadow into a frame, which is changed and returned.

    Args:
        matrix: The (3, 3) map from the thing's pixels to the frame's.
        light: Direction of the light in radians.
    """
    image = thing.piece.image
    across, down = image.shape[1], image.shape[0]
    flat = np.array([[0, 0], [across, 0], [across, down], [0, down]], np.float64)
    seen = tables.moved(flat, matrix)
    shrink = across / max(1.0, float(np.hypot(*(seen[1] - seen[0]))))
    reach = max(1.0, thing.piece.thick * thing.piece.per_mm / shrink)
    # Only the part of the frame where the thing and its shadow lie is worked on.
    spare = 6 * reach + 2
    low = np.maximum(0, np.floor(seen.min(axis=0) - spare)).astype(int)
    high = np.ceil(seen.max(axis=0) + spare).astype(int)
    part = frame[low[1] : high[1], low[0] : high[0]]
    height, width = part.shape[:2]
    if not height or not width:
        return frame
    source = image.astype(np.float32)
    source[..., :3] *= source[..., 3:] / 255
    if shrink > 1:
        blurred = cv2.GaussianBlur(source, (0, 0), 0.42 * shrink)
        source = np.asarray(blurred, np.float32)
    # Pixel centres lie at halves.
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
    away = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1.0]])
    centred = np.linalg.inv(half) @ away @ matrix @ half
    warped = cv2.warpPerspective(
        source, centred, (width, height), flags=cv2.INTER_LINEAR
    )
    cover = np.asarray(warped[..., 3:] / np.float32(255))
    soft = cv2.GaussianBlur(cover, (0, 0), 1.2 * reach)
    move = np.array(
        [[1, 0, reach * np.cos(light)], [0, 1, reach * np.sin(light)]], np.float32
    )
    shadow = np.asarray(cv2.warpAffine(soft, move, (width, height)))[..., None]
    part *= (1 - np.float32(0.45) * shadow) * (1 - cover)
    part += warped[..., :3]
    return frame


def places(
    laid: Sequence[Laid], view: Points
) -> tuple[dict[str, Points], dict[str, Points]]:
    """Return where each page's corners and each value's lie in the frame."""
    quads: dict[str, Points] = {}
    boxes: dict[str, Points] = {}
    for thing in laid:
        if thing.piece.card is None:
            continue
        matrix = view @ thing.matrix()
        quads[thing.piece.page] = tables.moved(thing.piece.card, matrix)
        for name, box in thing.piece.boxes.items():
            boxes[name] = tables.moved(box, matrix)
    return quads, boxes


def _vignetted(frame: Pixels, share: float) -> Pixels:
    """Return the frame with less light towards its corners."""
    y, x = np.mgrid[-1:1:33j, -1:1:33j].astype(np.float32)
    lens = 1 - np.float32(share / 2) * (x**2 + y**2)
    height, width = frame.shape[:2]
    grown = cv2.resize(lens, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(frame * np.asarray(grown)[..., None], np.float32)


def _developed(
    image: NDArray[np.uint8], family: Family, chance: Chance
) -> NDArray[np.uint8]:
    """Return what the camera's own program makes of its sensor's picture."""
    sharper = chance.one_of(family.sharpenings)
    soft = cv2.GaussianBlur(image, (0, 0), 1.2)
    image = np.asarray(cv2.addWeighted(image, 1 + sharper, soft, -sharper, 0), np.uint8)
    tones = 255 * (np.arange(256) / 255) ** chance.one_of(family.gammas)
    return np.asarray(cv2.LUT(image, tones.astype(np.uint8)), np.uint8)


def _glare(frame: Pixels, quads: dict[str, Points], chance: Chance) -> Pixels:
    """Return the frame with light on the laminate; what stands there still shows."""
    if not quads:
        return frame
    height, width = frame.shape[:2]
    quad = quads[chance.one_of(sorted(quads))]
    shares = chance.rng.dirichlet([1, 1, 1, 1])
    x, y = shares @ quad
    size = float(np.hypot(*(quad[1] - quad[0])))
    angle = chance.between(0, np.pi)
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    a = (u - x) * np.cos(angle) + (v - y) * np.sin(angle)
    b = (v - y) * np.cos(angle) - (u - x) * np.sin(angle)
    long, thin = size * chance.between(0.12, 0.6), size * chance.between(0.04, 0.14)
    spot = np.exp(-((a / long) ** 2) - (b / thin) ** 2)
    inside = np.zeros((height, width), np.uint8)
    for corners in quads.values():
        cv2.fillConvexPoly(inside, np.round(corners).astype(np.int32), (1,))
    veil = (chance.between(0.35, 0.72) * spot * inside)[..., None]
    return np.asarray(frame * (1 - veil) + 255 * veil, np.float32)


def _bent(
    frame: Pixels, depth: float, chance: Chance
) -> tuple[Pixels, NDArray[np.float32]]:
    """Return the frame as if paper were not quite flat, and by how much it moved.

    The field is float32, (H, W, 2): where each new pixel was, relative to itself.
    """
    height, width = frame.shape[:2]
    grain = int(max(width, height) * chance.between(0.25, 0.6))
    field = np.stack(
        [cloud(width, height, grain, chance.rng) * depth for _ in range(2)], axis=-1
    )
    if depth < 0.2:
        return frame, field * 0
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    bent = cv2.remap(
        frame,
        x + field[..., 0],
        y + field[..., 1],
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT,
    )
    return np.asarray(bent, np.float32), field


def _follow(points: Points, field: NDArray[np.float32]) -> Points:
    """Return where points went: what is now at p was at p + field(p)."""
    height, width = field.shape[:2]
    now = points.copy()
    for _ in range(6):
        x = np.clip(now[:, 0] - 0.5, 0, width - 1).astype(int)
        y = np.clip(now[:, 1] - 0.5, 0, height - 1).astype(int)
        now = points - field[y, x]
    return now


def _thumb(
    frame: Pixels, quads: dict[str, Points], boxes: dict[str, Points], chance: Chance
) -> Pixels:
    """Return the frame with a thumb over a page's edge, where no value stands."""
    if not quads:
        return frame
    height, width = frame.shape[:2]
    values = np.zeros((height, width), np.uint8)
    for box in boxes.values():
        cv2.fillConvexPoly(values, np.round(box).astype(np.int32), (1,))
    quad = quads[chance.one_of(sorted(quads))]
    centre = quad.mean(axis=0)
    size = float(np.hypot(*(quad[1] - quad[0])))
    for _ in range(12):
        side = chance.whole(0, 3)
        share = chance.between(0.1, 0.9)
        tip = quad[side] * share + quad[(side + 1) % 4] * (1 - share)
        tip = tip + (centre - tip) * chance.between(0.02, 0.16)
        outward = tip - centre
        angle = np.arctan2(outward[1], outward[0]) + chance.between(-0.5, 0.5)
        shape = np.zeros((height, width), np.float32)
        far = tip + 1.5 * size * np.array([np.cos(angle), np.sin(angle)])
        thick = round(size * chance.between(0.15, 0.23))
        ends = [tuple(np.round(p).astype(int).tolist()) for p in (tip, far)]
        cv2.line(shape, ends[0], ends[1], (1.0,), thick, cv2.LINE_AA)
        if not (values * (shape > 0.02)).any():
            break
    else:
        return frame
    shape = np.asarray(cv2.GaussianBlur(shape, (0, 0), 1.2))
    skin = np.array([chance.between(150, 225), chance.between(105, 165), 0], np.float32)
    skin[2] = skin[1] * chance.between(0.75, 0.95)
    round_ = cv2.GaussianBlur(shape, (0, 0), thick / 5)
    tone = 0.6 + 0.45 * round_ + 0.03 * cloud(width, height, 6, chance.rng)
    return np.asarray(
        frame * (1 - shape[..., None]) + skin * tone[..., None] * shape[..., None],
        np.float32,
    )


def _smeared(frame: Pixels, length: float, chance: Chance) -> Pixels:
    """Return the frame moved during the exposure, by some pixels."""
    reach = int(np.ceil(length)) + 2
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    angle = chance.between(0, np.pi)
    for step in np.linspace(-length / 2, length / 2, 25):
        x, y = reach + step * np.cos(angle), reach + step * np.sin(angle)
        i, j = int(y), int(x)
        a, b = y - i, x - j
        kernel[i, j] += (1 - a) * (1 - b)
        kernel[i, j + 1] += (1 - a) * b
        kernel[i + 1, j] += a * (1 - b)
        kernel[i + 1, j + 1] += a * b
    return np.asarray(cv2.filter2D(frame, -1, kernel / kernel.sum()), np.float32)
