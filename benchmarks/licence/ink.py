"""What printers and stamps do to a mask of ink."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np

from benchmarks.render.grounds import cloud

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.licence.chance import Chance

    Mask = NDArray[np.uint8]
    Cover = NDArray[np.float32]

Printer = Literal["laser", "jet", "dots"]


def displaced(
    mask: Mask, shift: tuple[float, float], degrees: float, scale: float
) -> tuple[Mask, NDArray[np.float64]]:
    """Return a mask moved, turned about its centre and scaled, and the map that did it.

    The map is float64, (2, 3), from old to new pixels.
    """
    height, width = mask.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    matrix[:, 2] += np.array(shift)
    moved = cv2.warpAffine(mask, matrix, (width, height), flags=cv2.INTER_LINEAR)
    return np.asarray(moved, np.uint8), np.asarray(matrix, np.float64)


def printed(mask: Mask, printer: Printer, chance: Chance, *, faded: float) -> Cover:
    """Return how much of the paper a printer's ink covers: float32, (H, W), 0 to 1.

    Args:
        faded: Share of the ink that is missing where it is palest.
    """
    height, width = mask.shape
    cover = mask.astype(np.float32) / np.float32(255)
    if printer == "dots":
        cover = _pins(cover, chance.between(2.0, 2.9))
    elif printer == "jet":
        # Ink runs along the fibres: the edge is rough.
        rough = cloud(width, height, 2, chance.rng) * chance.between(0.15, 0.5)
        soft = np.asarray(cv2.GaussianBlur(cover, (0, 0), chance.between(0.7, 1.4)))
        ragged = soft + 0.5 * rough * (soft > 0.02)
        cover = np.clip((ragged - 0.17) * 2.0, 0, 1).astype(np.float32)
    else:
        specks = chance.rng.random(cover.shape) < chance.between(0.0, 0.03)
        cover = np.where(specks, np.float32(0), cover)
    if faded:
        cover = cover * (1 - faded * _paleness(width, height, printer, chance))
    return np.asarray(cover, np.float32)


def stamped(mask: Mask, chance: Chance) -> Cover:
    """Return how much a stamp's ink covers, uneven as a stamp's is."""
    height, width = mask.shape
    cover = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), 0.9)
    press = cloud(width, height, max(24, width // 5), chance.rng)
    fine = cloud(width, height, 4, chance.rng)
    rich = chance.between(0.5, 0.95)
    cover = cover * np.clip(rich + 0.3 * press + 0.22 * fine, 0.12, 1)
    return np.asarray(cover, np.float32)


def laid(
    paper: NDArray[np.float32], cover: Cover, colour: tuple[int, int, int]
) -> NDArray[np.float32]:
    """Return paper with ink on it; inks darken each other as they do in print."""
    found = cv2.boundingRect((cover > 0).astype(np.uint8))
    left, top, wide, high = found
    there = slice(top, top + high), slice(left, left + wide)
    inked = paper.copy()
    for channel, value in enumerate(colour):
        inked[(*there, channel)] *= 1 - cover[there] * np.float32(1 - value / 255)
    return inked


def _paleness(width: int, height: int, printer: Printer, chance: Chance) -> Cover:
    kind = chance.weighted([("patches", 0.4), ("streaks", 0.4), ("all", 0.2)])
    if kind == "all":
        return np.full((height, width), chance.between(0.6, 1), np.float32)
    if kind == "patches":
        spots = cloud(width, height, max(40, width // 8), chance.rng)
        return np.asarray(np.clip(0.5 + 0.8 * spots, 0, 1), np.float32)
    # A head's nozzles fail along the line, a drum's places along the paper's way.
    length = height if printer != "laser" else width
    rows = np.repeat(chance.rng.random(length // 6 + 1), 6)[:length]
    streak = np.asarray(cv2.GaussianBlur(rows.astype(np.float32), (1, 9), 2)).ravel()
    shape = (height, 1) if printer != "laser" else (1, width)
    return np.asarray(np.broadcast_to(streak.reshape(shape), (height, width)))


def _pins(cover: Cover, pitch: float) -> Cover:
    """Return ink set by pins, in dots so many pixels apart."""
    height, width = cover.shape
    small = cv2.resize(
        cover,
        (round(width / pitch), round(height / pitch)),
        interpolation=cv2.INTER_AREA,
    )
    hit = (small > 0.3).astype(np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    row = np.clip((y / pitch).astype(int), 0, hit.shape[0] - 1)
    column = np.clip((x / pitch).astype(int), 0, hit.shape[1] - 1)
    off = np.hypot(y / pitch - row - 0.5, x / pitch - column - 0.5)
    dots = hit[row, column] * np.clip((0.66 - off) * 4, 0, 1)
    return np.asarray(dots, np.float32)
