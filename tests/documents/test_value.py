from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from shizi.documents.piece import Beginning, spelled
from shizi.documents.spec import load_spec
from shizi.documents.value import best_of, decode_value
from tests.documents.strips import strip

TODAY = date(2026, 11, 21)
RULES = load_spec("vehicle_licence").rules


def piece(*places: str | dict[str, float], left: float = 10.0):
    corners = np.array([[left, 20], [50, 20], [50, 24], [left, 24]], float)
    return spelled(strip(*places), corners)


def find(rule: str, *pieces):
    return decode_value(RULES[rule], pieces, lambda places: places * 5, TODAY)


def test_a_value_knows_where_and_how_large_it_stands() -> None:
    found = find("mass", piece("1495kg"))
    np.testing.assert_allclose(found.corners[0], (50, 100))
    assert found.density == pytest.approx(5)
    assert found.reading.candidates[0].text == "1495kg"


@pytest.mark.parametrize(
    ("places", "doubtful"),
    [
        (["1495kg"], False),
        (["1", {"4": 0.7, "9": 0.3}, "95kg"], True),
        (["14名95kg"], True),
        (["名"], True),
    ],
)
def test_a_value_is_doubtful_if_a_character_is_or_if_it_was_bent(
    places: list[str | dict[str, float]], *, doubtful: bool
) -> None:
    assert find("mass", piece(*places)).is_doubtful is doubtful


def test_another_view_decides_what_one_leaves_open() -> None:
    found = find("mass", piece("1", {"4": 0.55, "9": 0.45}, "95kg"))
    assert found.reading.candidates[0].text == "1495kg"
    other = [piece("1", {"4": 0.1, "9": 0.9}, "95kg")]
    again = found.seen_again([other, other], TODAY)
    assert again.reading.candidates[0].text == "1995kg"
    assert len(again.reading.views) == 3
    np.testing.assert_array_equal(again.corners, found.corners)


def test_the_beginning_that_bends_its_rule_least_is_taken() -> None:
    ways = [Beginning([piece("车1495kg")]), Beginning([piece("1495kg", left=14.0)])]
    found = best_of(RULES["mass"], ways, lambda places: places, TODAY)
    assert found.pieces[0].left == 14


def test_a_costly_beginning_must_be_worth_it() -> None:
    cheap, dear = Beginning([piece("1495kg")]), Beginning([piece("495kg")], 4.0)
    found = best_of(RULES["mass"], [dear, cheap], lambda places: places, TODAY)
    assert found.reading.candidates[0].text == "1495kg"
