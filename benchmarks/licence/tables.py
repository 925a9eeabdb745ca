"""The table: what lies where on it, and the ground under everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.render.grounds import cloud, lay

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.licence.chance import Chance
    from benchmarks.licence.pieces import Piece

    Pixels = NDArray[np.float32]
    Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Laid:
    """A piece on the table.

    Attributes:
        piece: What lies there.
        x: Where its centre lies, in millimetres; so y.
        degrees: By how much it is turned, clockwise.
    """

    piece: Piece
    x: float
    y: float
    degrees: float = 0.0

    def matrix(self) -> Points:
        """Return the (3, 3) map from the piece's pixels to millimetres of the table."""
        width, height = self.piece.size
        turn = np.radians(self.degrees)
        c, s = np.cos(turn), np.sin(turn)
        k = 1 / self.piece.per_mm
        centre = np.array([[k, 0, -width / 2], [0, k, -height / 2], [0, 0, 1]])
        place = np.array([[c, -s, self.x], [s, c, self.y], [0, 0, 1]])
        return np.asarray(place @ centre, np.float64)

    def corners(self) -> Points:
        """Return the piece's corners on the table, in millimetres: (4, 2)."""
        height, width = self.piece.image.shape[:2]
        flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
        return moved(flat, self.matrix())


def moved(points: Points, matrix: Points) -> Points:
    """Return points under a (3, 3) map: (n, 2) to (n, 2)."""
    return np.asarray(
        cv2.perspectiveTransform(points.reshape(1, -1, 2), matrix)[0], np.float64
    )


def ground(name: str, width: int, height: int, chance: Chance) -> Pixels:
    """Return a ground of the frame's size: float32, (H, W, 3), RGB.

    Args:
        name: One of the printed pages' grounds, or "desk", "felt", "leather", "print".
    """
    if name in {"wood", "cloth", "stone", "tiles"}:
        return lay(name, width, height, chance.rng)
    rng = chance.rng
    tone = 0.08 * cloud(width, height, 300, rng)
    shade = np.array([chance.between(40, 215)] * 3) + rng.uniform(-14, 14, 3)
    if name == "felt":
        shade = np.array([chance.between(15, 95) for _ in range(3)])
        tone = tone + 0.1 * cloud(width, height, 2, rng)
    elif name == "leather":
        shade = np.array([chance.between(60, 130), chance.between(40, 80), 45.0])
        cells = cloud(width, height, 7, rng)
        tone = tone + 0.22 * np.abs(cells) + 0.05 * cloud(width, height, 2, rng)
    elif name == "print":
        # Rows of marks, as of a newspaper out of focus.
        shade = np.array([chance.between(190, 225)] * 3)
        row = max(6, height // 70)
        marks = (cloud(width, height, max(3, row // 2), rng) > 0.1).astype(np.float32)
        marks[(np.arange(height) // row) % 2 == 0] = 0
        tone = tone - 0.45 * cv2.GaussianBlur(marks, (0, 0), row / 6)
    else:
        tone = tone + 0.02 * cloud(width, height, 3, rng)
    colour = shade.astype(np.float32) * (1 + np.asarray(tone, np.float32))[..., None]
    return np.asarray(np.clip(colour, 0, 255), np.float32)
