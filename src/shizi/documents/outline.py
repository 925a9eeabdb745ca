"""Where a page ends: its corners, moved from where its labels let one expect them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from shizi.documents.flat import flatten
from shizi.documents.homography import project

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.documents.pose import Pose
    from shizi.documents.spec import PageSpec

# Pixels a millimetre, and millimetres around the page that are looked at.
_DENSITY, _AROUND = 3.0, 12.0
# How far in and out each side may lie from where it is expected, in millimetres: top,
# right, bottom, left. Labels are dense at the top and on the left.
_REACH = ((2.0, 1.8), (7.0, 9.0), (5.0, 8.0), (2.0, 1.8))
# Grey levels: a border is faint but goes on; print is strong but interrupted. No place
# counts for more than this.
_CAP = 14.0
# Pixels across a border in which its strongest place alone counts in full.
_RIDGE = 5
# A border must show by this share of the cap more than other places do.
_LEAST = 0.2
# Millimetres at which a border counts half of what one at the expected place does, per
# side: the laminate and the wallet have borders too, and stronger ones.
_FAR = (1.0, 1.5, 1.5, 1.0)
# Rounded corners are left out: this share of a side at both ends.
_CORNER = 0.1


def find_outline(image: Image, pose: Pose, page: PageSpec) -> NDArray[np.float64]:
    """Return the corners of a page in pixels: (4, 2), clockwise from its top left.

    Each side is put where a border shows best near where it is expected; one that shows
    none stays there.

    Args:
        image: The picture: uint8, (H, W, 3), RGB.
        pose: How the page lies in it, as its labels tell.
        page: The page.
    """
    flat, to_picture = flatten(image, pose, page, density=_DENSITY, margin=_AROUND)
    smooth = cv2.GaussianBlur(flat, (0, 0), 1.2).astype(np.float32)
    width, height = page.size
    lines: list[NDArray[np.float64]] = []
    for side, (reach, far_off) in enumerate(zip(_REACH, _FAR, strict=True)):
        # Every side is looked at as if it were the right one.
        turned = np.rot90(smooth, side - 1)
        across, along = (width, height) if side % 2 else (height, width)
        near, far = _border(turned, across, along, reach, far_off)
        lines.append(_line(side, near, far, width, height))
    corners = [_meet(lines[3], lines[0])]
    corners += [_meet(lines[i], lines[i + 1]) for i in range(3)]
    pixels = (np.array(corners) + _AROUND) * _DENSITY
    return project(to_picture, pixels)


def _border(
    view: NDArray[np.float32],
    across: float,
    along: float,
    reach: tuple[float, float],
    far_off: float,
) -> tuple[float, float]:
    """Return where the right border lies, at its upper and at its lower end.

    Args:
        view: float32, (H, W, 3); the page with what is around it.
        across: The page's width in it, in millimetres.
        along: Its height.
        reach: How far to look inwards and outwards, in millimetres.

    Returns:
        Millimetres to the right of where it is expected.
    """
    change = np.abs(view[:, 2:] - view[:, :-2]).max(axis=2)
    strongest = cv2.dilate(change, np.ones((1, _RIDGE), np.uint8))
    change = np.minimum(change, _CAP) * (change / np.maximum(strongest, 1)) ** 2
    top, bottom = (
        round((_AROUND + part * along) * _DENSITY) for part in (_CORNER, 1 - _CORNER)
    )
    rows: NDArray[np.int64] = np.arange(top, bottom, dtype=np.int64)
    share = (rows.astype(np.float64) / _DENSITY - _AROUND)[None, :] / along
    steps = np.arange(-reach[0], reach[1] + 0.01, 1 / _DENSITY)
    near, far = (grid.ravel()[:, None] for grid in np.meshgrid(steps, steps))
    columns = near + (far - near) * share
    columns = np.rint((columns + across + _AROUND) * _DENSITY).astype(int) - 1
    columns = np.clip(columns, 0, change.shape[1] - 1)
    shown = change[rows[None, :], columns].mean(axis=1)
    middle = ((near + far) / 2)[:, 0]
    tilt = (np.abs(far - near) / 2)[:, 0]
    shown -= np.median(shown)
    score = shown / (1 + ((np.abs(middle) + tilt) / far_off) ** 2)
    if shown[int(score.argmax())] < _LEAST * _CAP:
        return 0.0, 0.0
    best = int(score.argmax())
    return float(near[best, 0]), float(far[best, 0])


def _line(
    side: int, near: float, far: float, width: float, height: float
) -> NDArray[np.float64]:
    """Return the two ends of a side in millimetres, (2, 2).

    Args:
        side: 0 to 3 for top, right, bottom, left.
        near: How far out its first end lies, as seen with that side to the right.
        far: How far out its second end lies.
        width: The page's, in millimetres.
        height: The page's, in millimetres.
    """
    ends = {
        0: [[0, -near], [width, -far]],
        1: [[width + near, 0], [width + far, height]],
        2: [[width, height + near], [0, height + far]],
        3: [[-near, height], [-far, 0]],
    }
    return np.array(ends[side], np.float64)


def _meet(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return where two lines cross, (2,), each given by two points, (2, 2)."""
    a, b = first[1] - first[0], second[1] - second[0]
    matrix = np.array([a, -b]).T
    share = np.asarray(np.linalg.solve(matrix, second[0] - first[0]), np.float64)[0]
    return np.asarray(first[0] + share * a, np.float64)
