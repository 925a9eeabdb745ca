"""A camera that takes pictures of sheets and tells where every point came to lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np

from benchmarks.render.grounds import cloud, lay

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]
    Pixels = NDArray[np.float32]

# A bent sheet is a row of this many flat strips; 48 keeps a kink under a tenth of a
# pixel at the sizes drawn here.
_STRIPS = 48
Quarter = Literal[0, 1, 2, 3]


@dataclass(frozen=True, slots=True)
class Lens:
    """The settings that a family's camera is used with.

    Attributes:
        tilts: Degrees by which the sheet may lean away, either way and axis.
        rolls: Degrees by which it may turn in the picture.
        bends: Slopes, in radians, at the edge of a curled sheet.
        blurs: Standard deviations in pixels.
        noises: Standard deviations in grey levels.
        shades: Shares of the light that a shadow takes.
        qualities: JPEG qualities.
        margins: Shares of the frame left around the sheet.
        curls: Slopes, in radians, at the edge of a strongly curled sheet.
        leans: Degrees by which a strongly curled sheet leans away.
    """

    tilts: tuple[float, ...]
    rolls: tuple[float, ...]
    bends: tuple[float, ...]
    blurs: tuple[float, ...]
    noises: tuple[float, ...]
    shades: tuple[float, ...]
    qualities: tuple[int, ...]
    margins: tuple[float, ...]
    curls: tuple[float, ...]
    leans: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Pose:
    """How a sheet lies before the camera; angles in degrees.

    Attributes:
        bend: Slope of the sheet at its edge in radians; 0 for a flat one.
        curl: "bow" arches the whole sheet, "gutter" lifts the left edge as in a book.
        margin: Share of the frame left around the sheet.
        longest: The frame's longer side in pixels.
    """

    pitch: float = 0.0
    yaw: float = 0.0
    roll: float = 0.0
    bend: float = 0.0
    curl: Literal["bow", "gutter"] = "bow"
    margin: float = 0.04
    longest: int = 1280


@dataclass(frozen=True, slots=True)
class Projection:
    """Where the points of a sheet lie in the frame.

    Attributes:
        width: Width of the frame in pixels.
        height: Height of the frame in pixels.
        corners: float64, (strips, 4, 2): each strip's corners in the frame.
        sheet: Width and height of the sheet.
    """

    width: int
    height: int
    corners: Points
    sheet: tuple[int, int]
    _matrices: list[Points] = field(default_factory=list)

    def matrices(self) -> list[Points]:
        """Return the (3, 3) map from sheet to frame of each strip."""
        if not self._matrices:
            width, height = self.sheet
            cuts = np.linspace(0, width, len(self.corners) + 1)
            for i, corners in enumerate(self.corners):
                a, b = cuts[i], cuts[i + 1]
                flat = np.array([[a, 0], [b, 0], [b, height], [a, height]], np.float64)
                self._matrices.append(_homography(flat, corners))
        return self._matrices

    def points(self, points: Points) -> Points:
        """Return where points of the sheet lie in the frame: (n, 2) to (n, 2)."""
        strips = len(self.corners)
        at = np.clip(points[:, 0] / self.sheet[0] * strips, 0, strips - 1).astype(int)
        maps = np.stack(self.matrices())[at]
        flat = np.concatenate([points, np.ones((len(points), 1))], axis=1)
        moved = np.einsum("nij,nj->ni", maps, flat)
        return np.asarray(moved[:, :2] / moved[:, 2:], np.float64)


def project(width: int, height: int, pose: Pose) -> Projection:
    """Return how a sheet of this size is seen."""
    strips = _STRIPS if pose.bend else 1
    x, z = _profile(width, strips, pose)
    across = np.repeat(x - x.mean(), 2)
    down = np.tile(np.array([-height / 2, height / 2]), strips + 1)
    solid = np.stack([across, down, np.repeat(z, 2)], axis=1) @ _rotation(pose).T
    distance = 1.7 * max(width, height)
    seen = solid[:, :2] * (distance / (distance + solid[:, 2:]))
    low, high = seen.min(axis=0), seen.max(axis=0)
    frame = (high - low) * (1 + 2 * pose.margin)
    scale = pose.longest / frame.max()
    size = np.ceil(frame * scale).astype(int)
    placed = (seen - (low + high) / 2) * scale + size / 2
    edges = placed.reshape(strips + 1, 2, 2)
    corners = np.stack(
        [edges[:-1, 0], edges[1:, 0], edges[1:, 1], edges[:-1, 1]], axis=1
    )
    return Projection(int(size[0]), int(size[1]), corners, (width, height))


def develop(sheet: NDArray[np.uint8], seen: Projection, ground: Pixels) -> Pixels:
    """Return the frame with the sheet on its ground, and its shadow.

    Args:
        sheet: uint8, (H, W, 3), RGB.
        ground: float32, (H, W, 3), RGB, of the frame's size.
    """
    label = np.full((seen.height, seen.width), -1, np.int32)
    for i, corners in enumerate(seen.corners):
        whole = np.round(corners).astype(np.int32)
        cv2.fillConvexPoly(label, whole, i)
    # The edge is softened: pixels just outside must know their strip as well.
    near = cv2.dilate(label.astype(np.float32), np.ones((5, 5), np.uint8)).astype(
        np.int32
    )
    label = np.where(label < 0, near, label)
    inverse = np.linalg.inv(np.stack(seen.matrices()))[label.clip(0)].astype(np.float32)
    y, x = np.mgrid[0 : seen.height, 0 : seen.width].astype(np.float32) + 0.5
    frame = np.stack([x, y, np.ones_like(x)], axis=-1)
    back = np.einsum("hwij,hwj->hwi", inverse, frame)
    map_x = (back[..., 0] / back[..., 2] - 0.5).astype(np.float32)
    map_y = (back[..., 1] / back[..., 2] - 0.5).astype(np.float32)
    # Where the frame has fewer pixels than the sheet, fine strokes must not alias.
    shrink = max(sheet.shape[:2]) / max(seen.width, seen.height)
    source = cv2.GaussianBlur(sheet, (0, 0), 0.4 * shrink) if shrink > 1 else sheet
    page = cv2.remap(
        source, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32)
    inside = _silhouette(seen)
    shadow = cv2.GaussianBlur(inside, (0, 0), 9)
    shadow = np.roll(shadow, (7, 7), (0, 1))[..., None]
    inside = inside[..., None]
    return np.asarray(
        inside * page + (1 - inside) * ground * (1 - 0.45 * shadow), np.float32
    )


def light(frame: Pixels, shade: float, rng: np.random.Generator) -> Pixels:
    """Return the frame under uneven light: a slope, and a soft-edged shadow."""
    height, width = frame.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / max(width, height) - 0.5
    angle = float(rng.uniform(0, 2 * np.pi))
    slope = np.cos(angle) * x + np.sin(angle) * y
    lamp = 1 + 0.25 * shade * slope + 0.04 * cloud(width, height, 400, rng)
    edge = (
        np.sin(angle + 1.0) * x
        + np.cos(angle + 1.0) * y
        - float(rng.uniform(-0.2, 0.2))
    )
    lamp *= 1 - shade / (1 + np.exp(-edge / 0.035))
    return np.asarray(frame * lamp[..., None], np.float32)


def grain(
    frame: Pixels, blur: float, noise: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return the frame as a sensor gives it: blurred, noisy, in whole numbers."""
    soft = cv2.GaussianBlur(frame, (0, 0), blur) if blur else frame
    speckle = cv2.GaussianBlur(
        rng.normal(0, noise, frame.shape).astype(np.float32), (0, 0), 0.6
    )
    return np.asarray(np.clip(soft + speckle, 0, 255), np.uint8)


def turn(points: Points, width: int, height: int, quarters: Quarter) -> Points:
    """Return the points of a frame after quarter turns, clockwise, of the picture."""
    x, y = points[:, 0], points[:, 1]
    turned = (
        (x, y),
        (height - y, x),
        (width - x, height - y),
        (y, width - x),
    )[quarters]
    return np.stack(turned, axis=1)


def ground_under(name: str, seen: Projection, rng: np.random.Generator) -> Pixels:
    """Return a ground of the frame's size."""
    return lay(name, seen.width, seen.height, rng)


def _silhouette(seen: Projection) -> Pixels:
    """Return which share of each pixel the sheet covers, 0 to 1."""
    upper = np.concatenate([seen.corners[:, 0], seen.corners[-1:, 1]])
    lower = np.concatenate([seen.corners[:, 3], seen.corners[-1:, 2]])
    edge = np.concatenate([upper, lower[::-1]]) - 0.5
    mask = np.zeros((seen.height, seen.width), np.uint8)
    fine = [np.round(edge * 16).astype(np.int32)]
    cv2.fillPoly(mask, fine, (255,), cv2.LINE_AA, shift=4)
    return np.asarray(mask / np.float32(255), np.float32)


def _profile(width: int, strips: int, pose: Pose) -> tuple[Points, Points]:
    """Return where the cuts between strips lie across and in depth; length is kept."""
    at = (np.arange(strips) + 0.5) / strips
    if pose.curl == "bow":
        slope = pose.bend * np.cos(np.pi * at)
    else:
        slope = -pose.bend * np.exp(-at * 5)
    step = width / strips
    x = np.concatenate([[0.0], np.cumsum(step * np.cos(slope))])
    z = np.concatenate([[0.0], np.cumsum(-step * np.sin(slope))])
    return x, z - z.mean()


def _rotation(pose: Pose) -> Points:
    a, b, c = np.radians([pose.pitch, pose.yaw, pose.roll])
    tip = [[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]]
    swing = [[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]]
    spin = [[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]]
    return np.asarray(np.array(spin) @ np.array(tip) @ np.array(swing), np.float64)


def _homography(flat: Points, seen: Points) -> Points:
    rows = []
    for (x, y), (u, v) in zip(flat, seen, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    solved = np.linalg.solve(np.array(rows), seen.reshape(-1))
    return np.append(solved, 1.0).reshape(3, 3)
