from __future__ import annotations

import pytest

from shizi.core.geometry import Quad
from shizi.core.text import TextLine
from shizi.formats.words import box_of, words_of
from tests.formats.made import level


def line(text: str, *places: float) -> TextLine:
    return TextLine(text, level(0, 0, 100, 10), 1.0, places)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("  ", []),
        ("识字", ["识字"]),
        ("a bc  d ", ["a", "bc", "d"]),
        ("共\u3000计", ["共", "计"]),
    ],
)
def test_words_stand_between_spaces(text: str, words: list[str]) -> None:
    assert [word.text for word in words_of(line(text))] == words


def test_the_recogniser_tells_where_a_word_is() -> None:
    first, second = words_of(line("ab c", 0.1, 0.2, 0.5, 0.8))
    # Half the way between two letters, .1, beyond the middle of the last one.
    assert box_of(first.quad) == pytest.approx((0, 0, 25, 10), abs=1)
    assert box_of(second.quad) == pytest.approx((75, 0, 100, 10), abs=1)


def test_without_places_ideographs_count_twice() -> None:
    first, second = words_of(line("识字 ab"))
    assert box_of(first.quad).right == pytest.approx(100 * 4 / 7, abs=6)
    assert box_of(second.quad).left == pytest.approx(100 * 5 / 7, abs=6)


def test_words_of_a_line_that_stands_on_its_head_run_from_right_to_left() -> None:
    quad = Quad.of([(100, 10), (0, 10), (0, 0), (100, 0)])
    first, second = words_of(TextLine("a b", quad, 1.0))
    assert box_of(first.quad).left > box_of(second.quad).right
    assert first.quad.left_top == (100, 10)


def test_a_box_is_around_all_corners_and_not_below_nought() -> None:
    quad = Quad.of([(-1.5, 2.2), (10.1, 4), (9, 8.7), (0, 6)])
    assert box_of(quad) == (0, 2, 11, 9)
