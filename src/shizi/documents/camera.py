"""A page as a camera sees it: flat, rigid and of a known size.

Labels of real cards stray by a millimetre or two, and stand on one side of the page:
eight numbers that are free to follow them put its far corner 5 to 12 mm away. A rigid
card before a camera has six.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from shizi.documents.pose import anchors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shizi.core.geometry import Size
    from shizi.documents.pose import Pose
    from shizi.documents.spec import PageSpec

# Focal length in longest sides of the picture: 0.7 for the main camera of a phone, 1.4
# and more where it is drawn near or a part is cut out. From 1.0 to 2.0 the pages of the
# tuning family lie as well.
_FOCAL = 1.5
# Millimetres that a label strays by, and radians that a page is tilted by: these count
# alike. A label three times as far off counts half of what it would.
_STRAY, _TILT, _FAR = 1.0, 0.2, 3.0
# A page told by less, in labels, lies where another lets one expect it.
_LEAST = 4.0
# Rounds of Gauss and Newton, at most, and the step that ends them, in radians and in
# shares of the distance. Half of the pages of the tuning family end within 10, nineteen
# of twenty within 25; the corners of all then lie within 0.15 pixels of where they
# would rest.
_ROUNDS, _ENOUGH = 40, 1e-5
_STEP, _DAMPING = 1e-5, 1e-3


def settle(pose: Pose, page: PageSpec, size: Size) -> Pose:
    """Return a pose that a camera can see, near the labels of one that is found.

    Args:
        pose: As labels tell it.
        page: The page.
        size: The picture's, in pixels.

    Returns:
        The same labels, with another `to_image`; the pose itself where labels are few
        or no camera sees a page so.
    """
    scale = np.array(page.size, np.float64) / 100
    middle = np.array(page.size, np.float64) / 2
    places, seen, weights = anchors(pose.hits, page)
    if weights.sum() < _LEAST:
        return pose
    places = places * scale - middle
    focal = _FOCAL * max(size)
    lens = np.array(
        [[focal, 0, size.width / 2], [0, focal, size.height / 2], [0, 0, 1]]
    )
    frame = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * [*middle, 0]
    is_found, turn, shift = cv2.solvePnP(
        frame, pose.corners, lens, None, flags=cv2.SOLVEPNP_IPPE
    )
    if not is_found:
        return pose
    distance = float(np.asarray(shift, np.float64)[2, 0])
    # Pixels a millimetre in the middle of the page.
    density = focal / distance
    # Turns in radians, shifts in distances: numbers of one size.
    unit = np.array([1, 1, 1, distance, distance, distance])

    def matrix(state: NDArray[np.float64]) -> NDArray[np.float64]:
        axes, _ = cv2.Rodrigues(state[:3])
        return np.asarray(
            lens @ np.column_stack([axes[:, :2], (state * unit)[3:]]), np.float64
        )

    def astray(state: NDArray[np.float64]) -> NDArray[np.float64]:
        rays = np.column_stack([places, np.ones(len(places))]) @ matrix(state).T
        off = (rays[:, :2] / rays[:, 2:] - seen) / density / _STRAY
        axes, _ = cv2.Rodrigues(state[:3])
        sight = state[3:] / np.linalg.norm(state[3:])
        tilt = np.cross(axes[:, 2], sight) / _TILT
        return np.concatenate([(off * weights[:, None]).ravel(), tilt])

    state = np.concatenate([turn.ravel(), shift.ravel()]) / unit
    for _ in range(_ROUNDS):
        off = astray(state)
        slopes = [(astray(state + step) - off) / _STEP for step in np.eye(6) * _STEP]
        by = np.stack(slopes, axis=1)
        far = np.hypot(off[:-3:2], off[1:-3:2])
        trust = np.append(np.repeat(1 / (1 + (far / _FAR) ** 2), 2), [1, 1, 1])
        normal = by.T @ (by * trust[:, None]) + _DAMPING * np.eye(6)
        step = np.linalg.solve(normal, by.T @ (off * trust))
        state -= step
        if np.abs(step).max() < _ENOUGH:
            break
    to_page = np.diag([*scale, 1.0])
    to_page[:2, 2] = -middle
    found = matrix(state) @ to_page
    return pose._replace(to_image=found / found[2, 2])
