from __future__ import annotations

import math
from datetime import date

import pytest

from shizi.documents.constraints import Reading, choose, exchange
from shizi.documents.decode import Candidate
from shizi.documents.relations import make_constraint
from shizi.documents.spec import load_spec
from shizi.documents.table import Table
from tests.documents.strips import strip

TODAY = date(2026, 11, 21)
NAMES = ["one", "two", "three", "four"]


def made(**values):
    return make_constraint(Table("test: constraint 1", values), NAMES, {"ab": ["a b"]})


def may(**scores):
    """Return candidates with their scores in nats, best first."""
    return [
        Candidate(text, score, score, 0.0, (math.exp(score),))
        for text, score in sorted(scores.items(), key=lambda item: -item[1])
    ]


def chosen(candidates, *constraints):
    return {
        name: choice.candidate.text
        for name, choice in choose(candidates, constraints, today=TODAY).items()
    }


def test_without_constraints_the_best_of_each_are_chosen():
    candidates = {"one": may(a=-1, b=-2), "two": may(c=-3), "three": []}
    assert chosen(candidates) == {"one": "a", "two": "c"}
    assert chosen({}) == {}


def test_a_constraint_decides_where_readings_are_close():
    equal = made(name="equal", fields=["one", "two"], weight=5)
    candidates = {"one": may(a=-0.1, b=-2.5), "two": may(b=-0.1, c=-4)}
    assert chosen(candidates, equal) == {"one": "b", "two": "b"}


def test_a_constraint_does_not_decide_against_clear_readings():
    equal = made(name="equal", fields=["one", "two"], weight=50)
    candidates = {"one": may(a=-0.1, b=-9), "two": may(b=-0.1, a=-9)}
    assert chosen(candidates, equal) == {"one": "a", "two": "b"}


def test_a_choice_tells_by_how_much_it_is_better():
    equal = made(name="equal", fields=["one", "two"], weight=2)
    candidates = {"one": may(a=-1, b=-2), "two": may(a=-1), "three": may(c=0)}
    choices = choose(candidates, [equal], today=TODAY)
    assert choices["one"].margin == pytest.approx(3)
    assert choices["two"].margin == choices["three"].margin == math.inf


def test_a_chain_of_constraints_is_followed():
    first = made(name="equal", fields=["one", "two"], weight=4)
    second = made(name="ordered", fields=["two", "three"], weight=4)
    candidates = {
        "one": may(**{"7": 0, "3": -3}),
        "two": may(**{"7": 0, "3": -3}),
        "three": may(**{"5": 0}),
    }
    assert chosen(candidates, first, second) == {"one": "7", "two": "7", "three": "5"}
    heavier = made(name="ordered", fields=["two", "three"], weight=7)
    assert chosen(candidates, first, heavier)["one"] == "3"


def test_equal_fields_are_scored_for_each_others_texts():
    rule = load_spec("vehicle_licence").rules["plate"]
    equal = made(name="equal", fields=["one", "two"], weight=8)
    # What the second page has, the first gives so little that a search drops it.
    doubt = {str(each): 0.12 for each in range(1, 8)} | {"9": 0.001}
    views = [strip("京A", doubt, "2", doubt, "45"), strip("京A92945")]
    readings = {
        name: Reading(rule, [view], rule.read([view], today=TODAY))
        for name, view in zip(("one", "two"), views, strict=True)
    }
    assert "京A92945" not in {each.text for each in readings["one"].candidates}
    given = exchange(readings, [equal], today=TODAY)
    assert "京A92945" in {each.text for each in given["one"].candidates}
    assert given["two"].candidates[0].text == "京A92945"


def test_a_field_is_scored_for_the_beginning_that_another_one_tells():
    rule = load_spec("vehicle_licence").rules["plate"]
    table = made(
        name="table",
        fields=["one", "two"],
        weight=6,
        parts=["start 1", "whole"],
        table=["京 11", "粤 44"],
    )
    view = strip({"京": 0.5, "粤": 0.01}, "A12345")
    readings = {
        "one": Reading(rule, [view], rule.read([view], today=TODAY)[:1]),
        "two": Reading(rule, [], may(**{"440100000001": 0})),
    }
    given = exchange(readings, [table], today=TODAY)
    assert [each.text for each in given["one"].candidates[:2]] == [
        "京A12345",
        "粤A12345",
    ]
    candidates = {name: reading.candidates for name, reading in given.items()}
    assert chosen(candidates, table)["one"] == "粤A12345"
