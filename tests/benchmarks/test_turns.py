"""Pictures are rotated as told, and what is kept of them is counted by characters."""

from collections import Counter

import numpy as np
import pytest

from benchmarks import turns
from benchmarks.score import Line


def spotted():
    picture = np.full((100, 200, 3), 240, np.uint8)
    picture[20:28, 150:158] = 0
    return picture


@pytest.mark.parametrize(
    ("degrees", "shape", "spot"),
    [
        (0, (100, 200), (154, 24)),
        (90, (200, 100), (76, 154)),
        (180, (100, 200), (46, 76)),
        (270, (200, 100), (24, 46)),
        (-90, (200, 100), (24, 46)),
        # Clockwise: the spot right of the middle sinks.
        (10, (133, 214), (165, 50)),
        (-10, (133, 214), (156, 31)),
    ],
)
def test_a_rotated_picture_is_whole_and_turned_clockwise(degrees, shape, spot):
    rotated = turns.rotate(spotted(), degrees)
    rows, columns = np.nonzero(rotated[..., 0] < 100)
    assert rotated.shape == (*shape, 3)
    assert (columns.mean(), rows.mean()) == pytest.approx(spot, abs=1)


def test_the_corners_of_a_rotated_picture_have_the_colour_of_its_edge():
    assert turns.rotate(spotted(), 15)[0, 0].tolist() == [240, 240, 240]


@pytest.mark.parametrize(
    ("texts", "share"),
    [(["甲乙", "乙丙"], 1.0), (["丙乙", "乙甲丁"], 1.0), (["甲乙丙"], 0.75), ([], 0.0)],
)
def test_what_is_kept_is_counted_by_characters_in_any_order(texts, share):
    reference = Counter("甲乙乙丙")
    box = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    other = turns.bag(Line(text, box) for text in texts)
    assert turns.kept(reference, other) == share


def test_the_table_names_the_worst_picture_of_each_angle():
    shares = {
        "a.jpg": dict.fromkeys(turns.ANGLES, 1.0),
        "b.jpg": dict.fromkeys(turns.ANGLES, 0.5),
    }
    rows = turns.tell(shares, "shizi").splitlines()
    assert rows[2] == "| +90° | shizi | 0.7500 | 0.5000 | b.jpg |"
    assert len(rows) == 2 + len(turns.ANGLES)


def test_pictures_in_which_nothing_is_read_make_no_table():
    assert "nothing" in turns.tell({}, "shizi")
