from __future__ import annotations

from datetime import date

import pytest

from shizi.core.errors import SpecError
from shizi.documents.relations import make_constraint
from shizi.documents.table import Table

TODAY = date(2026, 11, 21)
NAMES = ["one", "two", "three", "four"]


def made(**values):
    return make_constraint(Table("test: constraint 1", values), NAMES, {"ab": ["a b"]})


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
