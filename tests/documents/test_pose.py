from __future__ import annotations

import numpy as np
import pytest

from shizi.documents.evidence import UNTOLD
from shizi.documents.homography import project
from shizi.documents.label import Hit
from shizi.documents.pose import find_pose, guess_pose, near_pose
from shizi.documents.spec import PageSpec, load_spec

FRONT, BACK = load_spec("vehicle_licence").pages
# A page 880 x 600 pixels large that lies turned by 20 degrees and seen a little askew.
TURN = np.deg2rad(20)
MATRIX = np.array(
    [
        [8.8 * np.cos(TURN), -6 * np.sin(TURN), 300],
        [8.8 * np.sin(TURN), 6 * np.cos(TURN), 100],
        [2e-4, 1e-4, 1],
    ]
)


def hits(
    page: PageSpec, matrix: np.ndarray = MATRIX, *, stray: float = 0.0
) -> list[Hit]:
    rng = np.random.default_rng(3)
    found: list[Hit] = []
    for number, label in enumerate(page.labels):
        (x, y), half = label.at, label.width / 2
        ends = np.array([[x - half, y], [x + half, y]])
        left, right = project(matrix, ends) + rng.normal(0, stray or 1e-9, 2)
        found.append(Hit(label.text, left, right, 25.0, number))
    return found


@pytest.mark.parametrize("page", [FRONT, BACK])
def test_a_page_is_found_where_its_labels_are(page: PageSpec) -> None:
    pose = find_pose(hits(page), page)
    assert pose is not None
    assert len(pose.hits) == len(page.labels)
    corners = project(MATRIX, np.array([[0, 0], [100, 0], [100, 100], [0, 100]], float))
    # The perspective is held back a little.
    assert np.abs(pose.corners - corners).max() < 25


def test_labels_may_stray_and_others_stand_about() -> None:
    beside = np.array([[8.8, 0, 2000], [0, 6.0, 0], [0, 0, 1]])
    other = hits(BACK, beside)
    pose = find_pose([*hits(FRONT, stray=8), *other], FRONT)
    assert pose is not None
    corners = project(MATRIX, np.array([[0, 0], [100, 0], [100, 100], [0, 100]], float))
    assert np.abs(pose.corners - corners).max() < 60


def test_three_labels_are_too_few() -> None:
    assert find_pose(hits(FRONT)[:3], FRONT) is None


def test_a_guess_tells_what_three_labels_do_not() -> None:
    found = hits(FRONT)
    guess = found[5]._replace(sure=False)
    pose = find_pose([*found[:3], guess], FRONT)
    assert pose is not None
    assert guess.text not in pose.labels
    elsewhere = guess._replace(left=guess.left + 300, right=guess.right + 300)
    assert find_pose([*found[:3], elsewhere], FRONT) is None


def test_guesses_alone_are_no_page() -> None:
    assert find_pose([hit._replace(sure=False) for hit in hits(FRONT)], FRONT) is None


def test_a_page_is_where_it_is_expected_if_two_labels_tell_so() -> None:
    expected = MATRIX.copy()
    expected[:2, 2] += 20
    pose = near_pose(hits(FRONT)[3:5], FRONT, expected)
    assert pose is not None
    corners = project(MATRIX, np.array([[0, 0], [100, 0], [100, 100], [0, 100]], float))
    assert np.abs(pose.corners - corners).max() < 25
    assert near_pose(hits(FRONT)[3:4], FRONT, expected) is None
    expected[:2, 2] += 200
    assert near_pose(hits(FRONT)[3:5], FRONT, expected) is None


def value(name: str, line: int) -> Hit:
    field = next(each for each in FRONT.fields if each.name == name)
    y = FRONT.label(field.label or "").at[1]
    left, right = project(MATRIX, np.array([(field.left + x, y) for x in (2, 14)]))
    return Hit(name, left, right, 25.0, line, sure=False)


def test_values_tell_a_page_where_it_is_expected() -> None:
    found = [*hits(FRONT)[:1], value("vin", 9), value("issue_date", 10)]
    assert near_pose(found, FRONT, MATRIX) is not None
    assert near_pose(found[:2], FRONT, MATRIX) is None


def test_what_one_line_may_say_twice_counts_once() -> None:
    found = [*hits(FRONT)[:1], value("vin", 9), value("issue_date", 9)]
    assert near_pose(found, FRONT, MATRIX) is None


def test_a_value_beside_its_label_tells_nothing_more() -> None:
    labels = [hit for hit in hits(FRONT) if hit.text == "发证日期"]
    found = [*labels, value("vin", 9), value("issue_date", 10)]
    assert near_pose(found, FRONT, MATRIX) is None


def test_a_page_is_guessed_by_its_values() -> None:
    names = ("vin", "issue_date", "plate_number", "vehicle_type", "registration_date")
    found = [value(name, line) for line, name in enumerate(names)]
    guessed = guess_pose(found, FRONT)
    assert guessed is not None
    corners = np.array([[0, 0], [100, 0], [100, 100], [0, 100]], float)
    away = project(guessed, corners) - project(MATRIX, corners)
    assert np.abs(away).max() < 60
    assert near_pose(found, FRONT, guessed, least=UNTOLD) is not None
    assert guess_pose(found[:2], FRONT) is None


def test_where_a_label_is_legible_more_must_tell_a_page() -> None:
    found = [value("vin", 1), value("issue_date", 2), value("plate_number", 3)]
    labels = [hit for hit in hits(FRONT) if hit.text in {"住址", "所有人"}]
    one = [labels[0], labels[1]._replace(sure=False)]
    assert near_pose([*one, *found], FRONT, MATRIX, least=UNTOLD) is not None
    assert near_pose([*labels, *found[1:]], FRONT, MATRIX, least=UNTOLD) is None
    assert near_pose([*labels, *found[1:]], FRONT, MATRIX) is not None


def test_labels_seen_in_a_mirror_are_no_page() -> None:
    assert find_pose(hits(FRONT, MATRIX @ np.diag([1.0, -1.0, 1.0])), FRONT) is None


def test_labels_in_a_column_are_no_page() -> None:
    found = [
        hit._replace(
            left=np.array([50.0, 100 + 60 * row]),
            right=np.array([150.0, 100 + 60 * row]),
        )
        for row, hit in enumerate(hits(FRONT))
    ]
    assert find_pose(found, FRONT) is None


def test_a_pose_takes_labels_to_the_page() -> None:
    pose = find_pose(hits(FRONT), FRONT)
    assert pose is not None
    start, end = pose.labels["车辆识别代号"]
    label = FRONT.label("车辆识别代号")
    assert start[0] == pytest.approx(label.at[0] - label.width / 2, abs=2)
    assert end[1] == pytest.approx(label.at[1], abs=2)


def test_labels_all_on_one_line_are_no_page() -> None:
    found = [
        hit._replace(
            left=np.array([100.0 * place, 40.0]),
            right=np.array([100.0 * place + 90, 40.0]),
        )
        for place, hit in enumerate(hits(FRONT))
    ]
    assert find_pose(found, FRONT) is None


def test_labels_on_one_spot_are_no_page() -> None:
    found = [
        hit._replace(left=np.array([10.0, 40.0]), right=np.array([90.0, 40.0]))
        for hit in hits(FRONT)
    ]
    assert find_pose(found, FRONT) is None
