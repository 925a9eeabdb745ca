from __future__ import annotations

import cv2
import numpy as np
import pytest

from shizi.core.geometry import Size
from shizi.documents.camera import settle
from shizi.documents.homography import project
from shizi.documents.label import Hit
from shizi.documents.pose import find_pose
from shizi.documents.spec import load_spec

FRONT, BACK = load_spec("vehicle_licence").pages
SIZE = Size(2000, 1500)
CORNERS = np.array([[0, 0], [100, 0], [100, 100], [0, 100]], float)


def seen(turn: tuple[float, float, float], focal: float) -> np.ndarray:
    """What takes hundredths of a page of 88 x 60 mm to the pixels of a camera."""
    lens = np.array([[focal, 0, 1000], [0, focal, 750], [0, 0, 1]])
    axes, _ = cv2.Rodrigues(np.array(turn, float))
    to_page = np.array([[0.88, 0, -44], [0, 0.6, -30], [0, 0, 1]])
    shift = np.array([20, -10, focal / 10])  # 10 pixels a millimetre
    return lens @ np.column_stack([axes[:, :2], shift]) @ to_page


def strayed(matrix: np.ndarray, by: float, seed: int) -> list[Hit]:
    """The labels of a second page, each off by some millimetres on the page."""
    rng = np.random.default_rng(seed)
    hits = []
    for number, label in enumerate(BACK.labels):
        x, y = np.array(label.at) + rng.normal(0, by, 2) / [0.88, 0.6]
        ends = np.array([[x - label.width / 2, y], [x + label.width / 2, y]])
        left, right = project(matrix, ends)
        hits.append(Hit(label.text, left, right, 25.0, number))
    return hits


@pytest.mark.parametrize("turn", [(0, 0, 0), (0.2, 0.1, 0.3), (0.1, -0.3, 3.1)])
@pytest.mark.parametrize("focal", [2000.0, 4000.0])
def test_far_corners_are_nearer_than_labels_alone_put_them(
    turn: tuple[float, float, float], focal: float
) -> None:
    matrix = seen(turn, focal)
    corners = project(matrix, CORNERS)
    before, after = [], []
    for seed in range(20):
        pose = find_pose(strayed(matrix, 1.0, seed), BACK)
        assert pose is not None
        settled = settle(pose, BACK, SIZE)
        assert settled.hits == pose.hits
        before.append(np.abs(pose.corners - corners).max() / 10)
        after.append(np.abs(settled.corners - corners).max() / 10)
    assert np.median(after) < 0.85 * np.median(before)
    assert max(after) < 8  # millimetres


def test_exact_labels_give_the_page() -> None:
    matrix = seen((0.1, 0.1, -1.5), 3000.0)
    pose = find_pose(strayed(matrix, 0.0, 1), BACK)
    assert pose is not None
    off = settle(pose, BACK, SIZE).corners - project(matrix, CORNERS)
    assert np.abs(off).max() / 10 < 1.5


def test_few_labels_leave_a_page_where_it_was_expected() -> None:
    matrix = seen((0.1, 0.1, 0.0), 3000.0)
    pose = find_pose(strayed(matrix, 0.5, 1), BACK)
    assert pose is not None
    few = pose._replace(hits=pose.hits[:3])
    assert settle(few, BACK, SIZE) is few
