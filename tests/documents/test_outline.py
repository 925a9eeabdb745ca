from __future__ import annotations

import cv2
import numpy as np
import pytest

from shizi.documents.homography import project
from shizi.documents.outline import find_outline
from shizi.documents.pose import Pose
from shizi.documents.spec import load_spec

FRONT, _ = load_spec("vehicle_licence").pages
CORNERS = np.array([[0, 0], [100, 0], [100, 100], [0, 100]], float)
# A page 704 x 480 pixels large, 8 a millimetre, turned by 10 degrees.
TURN = np.deg2rad(10)
MATRIX = np.array(
    [
        [7.04 * np.cos(TURN), -4.8 * np.sin(TURN), 200],
        [7.04 * np.sin(TURN), 4.8 * np.cos(TURN), 100],
        [0, 0, 1],
    ]
)


def picture(paper: int, ground: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    image = np.full((800, 1000, 3), ground, np.uint8)
    corners = np.round(project(MATRIX, CORNERS)).astype(np.int32)
    cv2.fillPoly(image, [corners], (paper, paper, paper))
    noise = rng.normal(0, 2, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("ground", [40, 225])
@pytest.mark.parametrize("off", [(0.0, 0.0), (1.2, -1.0), (-1.0, 1.2)])
def test_a_page_ends_where_its_border_shows(
    ground: int, off: tuple[float, float]
) -> None:
    expected = MATRIX.copy()
    expected[:2, 2] += np.array(off) * 8  # millimetres
    found = find_outline(picture(245, ground), Pose(expected, {}, ()), FRONT)
    assert np.abs(found - project(MATRIX, CORNERS)).max() / 8 < 0.7


def test_where_no_border_shows_it_ends_where_labels_say() -> None:
    plain = np.full((800, 1000, 3), 245, np.uint8)
    found = find_outline(plain, Pose(MATRIX, {}, ()), FRONT)
    assert np.abs(found - project(MATRIX, CORNERS)).max() < 1e-6
