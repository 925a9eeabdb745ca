"""What a value is worth by how it was read, and by how the others were."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from shizi.documents.constraints import Choice
from shizi.documents.spec import load_spec
from shizi.documents.value import Find, decode_value
from shizi.documents.worth import worths
from tests.documents.test_piece import piece

TODAY = date(2026, 11, 21)
RULES = load_spec("vehicle_licence").rules


def find(rule: str, text: str) -> Find:
    return decode_value(
        RULES[rule], [piece(text)], lambda c: c.astype(np.float32), TODAY
    )


def choice(of: Find, probability: float = 0.999, margin: float = 12.0) -> Choice:
    best = of.reading.candidates[0]
    sure = (probability,) * len(best.text)
    return Choice(best._replace(probabilities=sure), margin)


MASS, SEATS, DASH = find("mass", "1234kg"), find("seats", "5人"), find("mass", "--")


def told(choices: dict[str, Choice]) -> dict[str, float]:
    finds = {"mass": MASS, "seats": SEATS, "dash": DASH}
    return worths(choices, {name: finds[name] for name in choices}, TODAY)


@pytest.mark.parametrize(
    "worse", [choice(MASS, probability=0.4), choice(MASS, margin=0.3)]
)
def test_what_is_doubtful_is_worth_less(worse: Choice) -> None:
    assert told({"mass": worse})["mass"] < told({"mass": choice(MASS)})["mass"] - 0.01


def test_a_value_is_worth_less_beside_doubtful_ones() -> None:
    mass = choice(MASS, margin=1.0)
    beside_sure = told({"mass": mass, "seats": choice(SEATS)})
    beside_doubtful = told({"mass": mass, "seats": choice(SEATS, probability=0.2)})
    assert beside_doubtful["mass"] < beside_sure["mass"] - 0.1
    # Nothing read is no other value.
    alone = told({"mass": mass})
    empty = Choice(choice(SEATS).candidate._replace(text="", probabilities=()), 0.0)
    assert told({"mass": mass, "seats": empty})["mass"] == alone["mass"]


def test_a_dash_is_worth_less_than_what_is_written() -> None:
    dash, mass = choice(DASH, margin=2.0), choice(MASS, margin=2.0)
    assert told({"dash": dash})["dash"] < told({"mass": mass})["mass"] - 0.1
