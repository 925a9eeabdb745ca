"""Scans and photocopies of pages on an A4 sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.licence import photographs
from benchmarks.licence.photographs import Shot
from benchmarks.render import camera
from benchmarks.render.grounds import cloud

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.licence.chance import Chance
    from benchmarks.licence.looks import Family
    from benchmarks.licence.tables import Laid

    Pixels = NDArray[np.float32]

_A4 = (210.0, 297.0)
_INCH = 25.4


def take(laid: Sequence[Laid], family: Family, chance: Chance) -> Shot:
    """Return a scan of what lies on the glass, in colour, grey, or of a photocopy."""
    mode = chance.weighted([("colour", 0.4), ("grey", 0.25), ("copy", 0.35)])
    dpi = chance.one_of((150, 200, 240, 300)) * chance.between(0.99, 1.01)
    scale = dpi / _INCH
    shown = [thing for thing in laid if thing.piece.seen] or list(laid)
    corners = np.concatenate([thing.corners() for thing in shown])
    low, high = corners.min(axis=0), corners.max(axis=0)
    full = chance.happens(0.55)
    area = np.array(_A4) if full else (high - low) + chance.rng.uniform(10, 60, 2)
    area = np.maximum(area, (high - low) + 6)
    spare = area - (high - low)
    start = low - spare * chance.rng.uniform(0.08, 0.92, 2)
    skew = chance.about(0, 0.7)
    width, height = (round(float(side) * scale) for side in area)
    centre = area / 2
    c, s = np.cos(np.radians(skew)), np.sin(np.radians(skew))
    spin = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])
    there = np.array([[1, 0, -start[0] - centre[0]], [0, 1, -start[1] - centre[1]],
                      [0, 0, 1.0]])  # fmt: skip
    back = np.array([[scale, 0, centre[0] * scale], [0, scale, centre[1] * scale],
                     [0, 0, 1.0]])  # fmt: skip
    view = np.asarray(back @ spin @ there, np.float64)
    glass = chance.between(205, 255)
    frame = np.full((height, width, 3), glass, np.float32)
    frame += 2 * cloud(width, height, 400, chance.rng)[..., None]
    light = chance.between(0, 2 * np.pi)
    for thing in laid:
        frame = photographs.put(frame, thing, view @ thing.matrix(), light)
    quads, boxes = photographs.places(laid, view)
    frame = _toned(frame, mode, chance)
    blur = chance.between(0.3, 0.75) * (1.25 if mode == "copy" else 1)
    image = camera.grain(frame, blur, chance.between(1, 5) * family.noise, chance.rng)
    if mode != "colour":
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        image = np.repeat(np.asarray(grey)[..., None], 3, axis=2)
    quarter: camera.Quarter = 0
    if chance.happens(0.3):
        quarter = chance.one_of((1, 2, 3))
    return Shot(
        np.ascontiguousarray(np.rot90(image, -quarter)),
        round(chance.between(72, 93)),
        quarter * 90,
        skew,
        f"{mode} {dpi:.0f} dpi",
        {n: camera.turn(p, width, height, quarter) for n, p in quads.items()},
        {n: camera.turn(p, width, height, quarter) for n, p in boxes.items()},
    )


def _toned(frame: Pixels, mode: str, chance: Chance) -> Pixels:
    """Return what the scanner, or the copier before it, makes of the light."""
    height, width = frame.shape[:2]
    if mode == "colour":
        cast = 1 + chance.rng.uniform(-0.03, 0.03, 3).astype(np.float32)
        return np.asarray((frame - 8) * chance.between(0.95, 1.08) * cast, np.float32)
    grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY))
    if mode == "grey":
        grey = (grey - 128) * chance.between(0.85, 1.15) + 128 + chance.between(-15, 12)
        return np.asarray(np.repeat(grey[..., None], 3, axis=2), np.float32)
    # A copier hardens contrast, and its drum leaves specks and streaks.
    hard, middle = chance.between(1.1, 1.9), chance.between(105, 150)
    grey = 255 / (1 + np.exp(-(grey - middle) / 42 * hard))
    floor, roof = chance.between(0, 45), chance.between(200, 255)
    grey = floor + grey * (roof - floor) / 255
    count = int(chance.between(20, 400) * width * height / 4e6)
    for _ in range(count):
        at = chance.whole(0, width - 1), chance.whole(0, height - 1)
        radius = max(1, round(chance.between(0.3, 1.6) * width / 1600))
        tone = chance.between(0, 90) if chance.happens(0.85) else 255.0
        cv2.circle(grey, at, radius, (tone,), -1)
    for _ in range(chance.weighted([(0, 0.5), (1, 0.3), (3, 0.2)])):
        x = chance.whole(0, width - 1)
        grey[:, x : x + chance.whole(1, 2)] *= chance.between(0.55, 0.9)
    return np.asarray(np.repeat(grey[..., None], 3, axis=2), np.float32)
