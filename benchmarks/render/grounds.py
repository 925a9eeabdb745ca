"""What lies under a sheet when it is photographed, made of noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def lay(
    name: str, width: int, height: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return a ground: float32, (H, W, 3), RGB, 0 to 255.

    Args:
        name: "wood", "cloth", "stone" or "tiles".
    """
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    if name == "wood":
        tone, shades = _wood(x, y, rng), (142, 100, 64)
    elif name == "cloth":
        weave = np.sin(x * 1.3) * np.sin(y * 1.3)
        tone, shades = (
            0.05 * weave + 0.25 * cloud(width, height, 90, rng),
            (70, 84, 108),
        )
    elif name == "stone":
        fine, coarse = cloud(width, height, 3, rng), cloud(width, height, 120, rng)
        tone, shades = 0.12 * fine + 0.3 * coarse, (128, 126, 122)
    else:
        pitch = float(rng.uniform(180, 320))
        joint = (np.minimum(x % pitch, y % pitch) < 5).astype(np.float32)
        tone, shades = (
            -0.3 * joint + 0.12 * cloud(width, height, 60, rng),
            (188, 180, 166),
        )
    colour = np.array(shades, np.float32) * rng.uniform(0.8, 1.1, 3).astype(np.float32)
    ground = colour * (1 + tone[..., None])
    return np.asarray(np.clip(ground, 0, 255), np.float32)


def cloud(
    width: int, height: int, grain: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return smooth noise from -1 to 1 whose spots are about `grain` pixels large."""
    small = (max(2, height // grain + 2), max(2, width // grain + 2))
    noise = rng.uniform(-1, 1, small).astype(np.float32)
    grown = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown, np.float32)


def _wood(
    x: NDArray[np.float32], y: NDArray[np.float32], rng: np.random.Generator
) -> NDArray[np.float32]:
    height, width = x.shape
    wave = cloud(width, height, 260, rng) * 30
    grain = np.sin((y + wave) / 9) + 0.6 * np.sin((y + wave * 1.7) / 3.1)
    boards = np.where(y % 260 < 3, -0.5, 0.0)
    # Pores are long in the grain's direction.
    pores = cv2.resize(
        rng.uniform(-1, 1, (height, max(2, width // 40))).astype(np.float32),
        (width, height),
    )
    tone = 0.055 * grain + 0.07 * np.asarray(pores) + boards
    return np.asarray(tone, np.float32)
