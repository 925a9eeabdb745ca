from __future__ import annotations

import numpy as np
import pytest

from shizi.core.geometry import Quad
from shizi.core.text import TextLine
from shizi.documents.guess import beside, by_title, find_values
from shizi.documents.homography import project
from shizi.documents.label import Hit
from shizi.documents.pose import Pose
from shizi.documents.spec import load_spec

FRONT, BACK = load_spec("vehicle_licence").pages
CORNERS = np.array([[0, 0], [100, 0], [100, 100], [0, 100]], float)
TURN = np.deg2rad(30)
# Ten pixels a millimetre, turned.
FLAT = np.array(
    [
        [8.8 * np.cos(TURN), -6 * np.sin(TURN), 900],
        [8.8 * np.sin(TURN), 6 * np.cos(TURN), 300],
        [0, 0, 1],
    ]
)
# The second page 70 millimetres below the first.
BELOW = FLAT @ np.array([[1, 0, 0], [0, 1, 70 / 0.6], [0, 0, 1]])


def hit(text: str, start: tuple[float, float], width: float, matrix: np.ndarray) -> Hit:
    ends = np.array([start, (start[0] + width, start[1])])
    left, right = project(matrix, ends)
    return Hit(text, left, right, 25.0, 0)


def label(text: str) -> Hit:
    spec = BACK.label(text)
    x, y = spec.at
    return hit(text, (x - spec.width / 2, y), spec.width, BELOW)


def test_a_title_tells_where_its_page_lies() -> None:
    (x, y), width = FRONT.title_at, FRONT.title_width
    title = hit(FRONT.titles[0], (x - width / 2, y), width, FLAT)
    (matrix,) = by_title([title, label("总质量")], FRONT)
    np.testing.assert_allclose(project(matrix, CORNERS), project(FLAT, CORNERS))


def test_labels_tell_where_the_other_page_lies() -> None:
    pose = Pose(FLAT, {}, ())
    first, *_ = beside(pose, FRONT, [label("总质量"), label("整备质量")], BACK)
    np.testing.assert_allclose(project(first, CORNERS), project(BELOW, CORNERS))


def test_without_labels_the_other_page_may_lie_on_any_side() -> None:
    places = list(beside(Pose(FLAT, {}, ()), FRONT, [label("总质量")], BACK))
    assert len(places) == 4
    middles = [project(each, CORNERS).mean(axis=0) for each in places]
    own = project(FLAT, CORNERS).mean(axis=0)
    assert np.mean(middles, axis=0) == pytest.approx(own)
    away = project(BELOW, CORNERS).mean(axis=0)
    assert np.hypot(*(middles[0] - away)) < 50


def line(text: str, number: int) -> TextLine:
    top = 40.0 * number
    return TextLine(
        text, Quad.of([(0, top), (90, top), (90, top + 30), (0, top + 30)]), 1
    )


def test_values_are_found_among_lines() -> None:
    texts = ["粤B2X58R", "4880×1880×1412mm", "--", "姓名", "1250kg"]
    found = find_values([line(text, y) for y, text in enumerate(texts)], BACK)
    assert {hit.line for hit in found} == {0, 1, 4}
    assert {hit.text for hit in found if hit.line == 1} == {"overall_dimensions"}
    masses = {"gross_mass", "curb_mass", "approved_load", "traction_mass"}
    assert {hit.text for hit in found if hit.line == 4} == masses
    assert not any(hit.sure for hit in found)


def test_a_table_tells_of_no_page() -> None:
    assert not find_values([line(f"粤B123{y:02}", y) for y in range(21)], BACK)
    assert find_values([line(f"粤B123{y:02}", y) for y in range(20)], BACK)
