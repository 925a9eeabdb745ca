"""Security paper: tints, fine line patterns, and the laminate's hologram."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.render.grounds import cloud

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.licence.chance import Chance
    from benchmarks.render.sheet import Colour

    Pixels = NDArray[np.float32]


def paper(
    width: int,
    height: int,
    tints: Sequence[Colour],
    patterns: Sequence[str],
    chance: Chance,
) -> Pixels:
    """Return a sheet of security paper: float32, (H, W, 3), RGB, 0 to 255.

    Args:
        tints: The colour at the edge and the colour in the middle.
        patterns: Names of the line patterns that may be drawn, see `_PHASES`.
    """
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = (x - width / 2) / width, (y - height / 2) / width
    edge, middle = (np.array(tint, np.float32) for tint in tints)
    if chance.happens(0.5):
        share = np.exp(-((u / 0.35) ** 2))
    else:
        share = np.exp(-((u**2 + (1.5 * v) ** 2) / 0.09))
    sheet = edge + (middle - edge) * share.astype(np.float32)[..., None]
    depth = chance.between(10, 26)
    for name in [chance.one_of(patterns) for _ in range(chance.whole(1, 3))]:
        # Lines are 0.6 to 1.4 mm apart; a card is 88 mm wide.
        pitch = chance.between(0.6, 1.4) / 88
        phase = _PHASES[name](u, v, pitch, chance)
        thin = chance.between(0.55, 0.85)
        lines = np.clip((np.cos(2 * np.pi * phase) - thin) / (1 - thin), 0, 1)
        colour = [np.float32(depth * chance.between(0.3, 1.0)) for _ in range(3)]
        for channel in range(3):
            sheet[..., channel] -= lines * colour[channel]
    sheet += 2.0 * cloud(width, height, 3, chance.rng)[..., None]
    return np.asarray(sheet, np.float32)


def hologram(width: int, height: int, shape: str, chance: Chance) -> Pixels:
    """Return what the laminate adds to the light: float32, (H, W, 3)."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    pitch = chance.between(0.05, 0.12) * width
    angle = chance.between(-0.8, 0.8)
    a = (x * np.cos(angle) + y * np.sin(angle)) / pitch
    b = (y * np.cos(angle) - x * np.sin(angle)) / pitch
    if shape == "rings":
        near = np.hypot(a - np.round(a), b - np.round(b))
        spots = np.exp(-(((near - 0.28) / 0.06) ** 2))
    elif shape == "bars":
        spots = np.clip(np.sin(2 * np.pi * a) * 3 - 2, 0, 1)
    elif shape == "stars":
        turn = np.arctan2(b - np.round(b), a - np.round(a))
        near = np.hypot(a - np.round(a), b - np.round(b))
        spots = (near < 0.16 + 0.08 * np.cos(5 * turn)).astype(np.float32)
    else:
        spots = (np.abs(a - np.round(a)) < 0.16) & (np.abs(b - np.round(b)) < 0.16)
    seen = np.clip(cloud(width, height, int(width * 0.4), chance.rng) * 1.6, 0, 1)
    hue = np.stack(
        [np.cos(2 * np.pi * (a * 0.3 + b * 0.2 + k / 3)) for k in range(3)], axis=-1
    )
    strength = chance.between(4, 26)
    return np.asarray(strength * (spots * seen)[..., None] * hue, np.float32)


def _waves(u: Pixels, v: Pixels, pitch: float, chance: Chance) -> Pixels:
    bend = chance.between(0.8, 3.5) * pitch
    return np.asarray(
        (v + bend * np.sin(2 * np.pi * chance.between(4, 14) * u)) / pitch, np.float32
    )


def _crossed(u: Pixels, v: Pixels, pitch: float, chance: Chance) -> Pixels:
    slope = chance.between(0.4, 1.6)
    swing = 2 * pitch * np.sin(2 * np.pi * chance.between(3, 8) * (u + v))
    return np.asarray(
        np.abs(v + slope * np.abs(u - chance.between(-0.3, 0.3)) + swing) / pitch,
        np.float32,
    )


def _weave(u: Pixels, v: Pixels, pitch: float, chance: Chance) -> Pixels:
    turn = chance.between(0.2, 1.2)
    a, b = u * np.cos(turn) + v * np.sin(turn), v * np.cos(turn) - u * np.sin(turn)
    return np.asarray(
        (a + 1.5 * pitch * np.sin(b / pitch / chance.between(3, 6))) / pitch, np.float32
    )


def _rosette(u: Pixels, v: Pixels, pitch: float, chance: Chance) -> Pixels:
    x, y = u - chance.between(-0.2, 0.2), v - chance.between(-0.1, 0.1)
    petals = chance.whole(5, 24)
    radius = np.hypot(x, y)
    return np.asarray(
        radius * (1 + 0.08 * np.sin(petals * np.arctan2(y, x))) / pitch, np.float32
    )


def _arcs(u: Pixels, v: Pixels, pitch: float, chance: Chance) -> Pixels:
    centre = chance.between(-0.5, 0.5), chance.one_of((-1.0, 1.0))
    return np.asarray(np.hypot(u - centre[0], v - centre[1]) / pitch, np.float32)


def _net(u: Pixels, v: Pixels, pitch: float, chance: Chance) -> Pixels:
    cell = chance.between(6, 16)
    return np.asarray(
        (u + v) / pitch / 1.4
        + np.sin(2 * np.pi * cell * u)
        * np.cos(2 * np.pi * cell * v * chance.between(0.8, 1.6)),
        np.float32,
    )


_PHASES = {
    "waves": _waves,
    "crossed": _crossed,
    "weave": _weave,
    "rosette": _rosette,
    "arcs": _arcs,
    "net": _net,
}
