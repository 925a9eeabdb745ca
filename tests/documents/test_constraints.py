from __future__ import annotations

import math
from datetime import date

import pytest

from shizi.core.errors import SpecError
from shizi.documents.constraints import Reading, choose, exchange, make_constraint
from shizi.documents.decode import Candidate
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


@pytest.mark.parametrize(
    ("values", "texts", "holds"),
    [
        ({"name": "equal"}, ("a", "a"), True),
        ({"name": "equal"}, ("a", "b"), False),
        ({"name": "ordered"}, ("2018-07-06", "2018-07-06"), True),
        ({"name": "ordered"}, ("2018-07-06", "2017-12-31"), False),
        ({"name": "ordered"}, ("1495kg", "999kg"), False),
        ({"name": "ordered"}, ("1495kg", "--"), True),
        (
            {
                "name": "table",
                "parts": ["start 1", "whole"],
                "table": ["粤 44", "川 51"],
            },
            ("粤B12345", "440300000001"),
            True,
        ),
        (
            {
                "name": "table",
                "parts": ["start 1", "whole"],
                "table": ["粤 44", "川 51"],
            },
            ("粤B12345", "510300000001"),
            False,
        ),
        (
            {
                "name": "table",
                "parts": ["start 1", "whole"],
                "table": ["粤 44", "川 51"],
            },
            ("沪B12345", "510300000001"),
            True,
        ),
        (
            {"name": "table", "parts": ["end 2", "class"], "table": ["客车 6 2"]},
            ("小型普通客车", "五菱牌LZW6446"),
            True,
        ),
        (
            {"name": "table", "parts": ["end 2", "class"], "table": ["客车 6 2"]},
            ("小型普通客车", "五菱牌LZW7446"),
            False,
        ),
        (
            {"name": "table", "parts": ["end 2", "class"], "table": ["客车 6 2"]},
            ("小型普通客车", "宝马X5"),
            True,
        ),
        (
            {"name": "range", "parts": ["end 2", "sum"], "ranges": {"轿车": [2, 7]}},
            ("小型轿车", "2+3人"),
            True,
        ),
        (
            {"name": "range", "parts": ["end 2", "sum"], "ranges": {"轿车": [2, 7]}},
            ("小型轿车", "8人"),
            False,
        ),
        (
            {"name": "range", "parts": ["end 2", "sum"], "ranges": {"轿车": [2, 7]}},
            ("小型轿车", "--"),
            True,
        ),
        (
            {"name": "model_year", "slack": [2, 1]},
            ("LSVAA49J1J2012345", "2018-07-06"),
            True,
        ),
        (
            {"name": "model_year", "slack": [2, 1]},
            ("LSVAA49J1J2012345", "2021-07-06"),
            False,
        ),
        (
            {"name": "model_year", "slack": [2, 1]},
            ("LSVAA49J1U2012345", "2021-07-06"),
            True,
        ),
    ],
)
def test_what_fits(values, texts, holds):
    constraint = made(**values, fields=["one", "two"], weight=1)
    assert constraint.holds(texts, TODAY) == holds


@pytest.mark.parametrize(
    ("texts", "holds"),
    [
        (("4495kg", "2600kg", "1765kg", "2人"), True),
        (("4495kg", "2500kg", "1765kg", "2人"), False),
        (("4495kg", "2500kg", "--", "2人"), True),
    ],
)
def test_masses_add_up(texts, holds):
    constraint = made(name="sum", fields=NAMES, weight=1, slack=[60, 80])
    assert constraint.holds(texts, TODAY) == holds


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


def test_a_table_may_stand_elsewhere():
    named = made(
        name="table",
        fields=["one", "two"],
        weight=1,
        parts=["whole", "whole"],
        list="ab",
    )
    assert named.table == {"a": ("b",)}


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({}, "name is missing"),
        ({"name": "equal"}, "constraint equal: fields is missing"),
        ({"name": "equal", "fields": ["one", "one"], "weight": 1}, "2 different"),
        ({"name": "equal", "fields": ["one", "two"]}, "weight is missing"),
        ({"name": "table", "fields": ["one", "two"], "weight": 1}, "table is missing"),
        (
            {"name": "table", "fields": ["one", "two"], "weight": 1, "table": []},
            "table is empty",
        ),
        (
            {"name": "table", "fields": ["one", "two"], "weight": 1, "table": ["a"]},
            "table: 'a' says nothing new",
        ),
        (
            {
                "name": "table",
                "fields": ["one", "two"],
                "weight": 1,
                "table": ["a b", "a c"],
            },
            "table: 'a c' says nothing new",
        ),
        (
            {"name": "table", "fields": ["one", "two"], "weight": 1, "list": "abc"},
            "no list is named 'abc'",
        ),
        ({"name": "sum", "fields": NAMES, "weight": 1}, "slack is missing"),
        (
            {"name": "equal", "fields": ["one", "two"], "weight": 1, "slack": [1, 2]},
            "no entry is named 'slack'",
        ),
    ],
)
def test_a_malformed_constraint_is_told(values, fault):
    with pytest.raises(SpecError) as raised:
        made(**values)
    assert str(raised.value).startswith("test: ")
    assert fault in str(raised.value)
