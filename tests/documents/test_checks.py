from __future__ import annotations

import math
from datetime import date

import pytest

from shizi.documents.checks import CHECKS, vin_years

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "bonus"),
    [
        # The example of the American rule that the weights come from, and ones.
        pytest.param("1M8GDM9AXKP042788", 3, id="X"),
        pytest.param("11111111111111111", 3, id="ones"),
        pytest.param("11111111211111111", 0, id="wrong"),
        pytest.param("1M8GDM9AXKP04278", 0, id="too short"),
        pytest.param("1M8GDM9AXKP04278O", 0, id="no letter of it"),
    ],
)
def test_a_right_check_digit_speaks_for_a_number(text, bonus):
    assert CHECKS["vin_check_digit"](text, TODAY) == bonus


@pytest.mark.parametrize(
    ("character", "years"),
    [("A", (1980, 2010)), ("T", (1996, 2026)), ("V", (1997, 2027)), ("W", (1998,))],
)
def test_the_tenth_place_tells_the_years_that_can_be(character, years):
    assert vin_years(f"LSVAA49J1{character}2012345", TODAY) == years


@pytest.mark.parametrize("character", "UZ0")
def test_three_characters_are_no_year(character):
    text = f"LSVAA49J1{character}2012345"
    assert vin_years(text, TODAY) == ()
    assert (
        CHECKS["vin_year"](text, TODAY)
        == 0
        < CHECKS["vin_year"]("LSVAA49J1A2012345", TODAY)
    )


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("2024-02-29", True),
        ("2023-02-29", False),
        ("1990-01-01", True),
        ("1989-12-31", False),
        ("2026-11-21", True),
        ("2026-11-22", False),
        ("2024-13-01", False),
        ("20240229", False),
        ("--", False),
    ],
)
def test_only_days_of_the_calendar_can_be(text, possible):
    assert (CHECKS["calendar_date"](text, TODAY) > -math.inf) == possible
