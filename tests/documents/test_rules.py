from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from shizi.core.errors import SpecError
from shizi.documents.checks import vin_check_digit
from shizi.documents.rules import make_rule
from shizi.documents.spec import load_spec
from shizi.documents.table import Table
from tests.documents.strips import strip

TODAY = date(2026, 11, 21)
# The check digit, at place 9, is right; below it is not.
VALID, INVALID = "LSVAA49J132012345", "LSVAA49J732012345"


@cache
def rule(name):
    return load_spec("vehicle_licence").rules[name]


def read(name, *views):
    return [each.text for each in rule(name).read(list(views), today=TODAY)]


def made(**values):
    return make_rule(
        "test", Table("test", values), {"han": frozenset("京粤车小奇怪")}, {}
    )


def one_of(text, place, **shares):
    """Return the strip of a text of which one place is in doubt."""
    return strip(text[:place], shares, text[place + 1 :])


@pytest.mark.parametrize(
    ("name", "printed", "text"),
    [
        ("plate", "粵B·12345", "粤B12345"),
        ("plate", "京A0O12挂", "京A0012挂"),
        ("plate", "粤B 8D123", "粤B8D123"),
        ("plate", "粤ＡO123学", "粤A0123学"),
        ("date", "2O18-07-06", "2018-07-06"),
        ("mass", "1495 kg", "1495kg"),
        ("mass", "1495KG", "1495kg"),
        ("mass", "—", "--"),
        ("mass", "一一", "--"),
        ("seats", "5人", "5人"),
        ("seats", "2+3人", "2+3人"),
        ("seats", "--", "--"),
        ("dimensions", "4582×1795×1458mm", "4582x1795x1458mm"),
        ("dimensions", "4582*1795X1458mm", "4582x1795x1458mm"),
        ("vehicle_type", "小型普通客車", "小型普通客车"),
        ("vehicle_type", "重型半挂牵引车", "重型半挂牵引车"),
        ("use_character", "非营运", "非营运"),
        ("file_number", "44O1OOOOOOO3", "440100000003"),
        ("serial", "*441000000000X*", "441000000000X"),
        ("owner", "东*", "东*"),
        ("owner", "东**", "东**"),
        ("owner", "**东", "**东"),
        ("owner", "重庆**", "重庆**"),
        ("owner", "京东**车", "京东**车"),
    ],
)
def test_a_value_is_given_as_it_is_written(name, printed, text):
    assert read(name, strip(printed))[0] == text


@pytest.mark.parametrize("name", ["plate", "date", "vin", "dimensions", "serial"])
def test_what_is_nothing_of_the_kind_is_bent_far_or_refused(name):
    found = rule(name).read([strip("小型")], today=TODAY)
    assert not found or found[0].acoustic < found[0].free - 20


def test_a_vin_that_was_read_surely_stays_though_its_check_digit_is_wrong():
    found = rule("vin").read([strip(INVALID)], today=TODAY)
    assert found[0].text == INVALID
    assert found[0].acoustic == pytest.approx(found[0].free, abs=0.01)


@pytest.mark.parametrize("place", [3, 4, 5, 7, 8, 12, 13, 16])
def test_a_vin_is_not_changed_for_what_was_hardly_seen(place):
    """Whatever else stands there with less than a twentieth is no reason."""
    wrong = "7" if VALID[place] != "7" else "4"
    shares = {wrong: 0.95, VALID[place]: 0.04}
    assert (
        read("vin", one_of(VALID, place, **shares))[0]
        == VALID[:place] + wrong + (VALID[place + 1 :])
    )


def test_the_check_digit_decides_between_two_that_were_both_seen():
    assert read("vin", one_of(VALID, 12, **{"7": 0.75, VALID[12]: 0.2}))[0] == VALID


def test_the_check_digit_does_not_decide_between_two_changes():
    texts = [
        INVALID[:place] + digit + INVALID[place + 1 :]
        for place in (11, 12, 13, 14, 15, 16)
        for digit in "0123456789"
    ]
    one, *_, other = (each for each in texts if vin_check_digit(each, TODAY))
    shares = [
        each if each == changed == again else {changed: 0.15, again: 0.15, each: 0.8}
        for each, changed, again in zip(INVALID, one, other, strict=True)
    ]
    assert sum(isinstance(each, dict) for each in shares) == 2
    found = rule("vin").read([strip(*shares)], today=TODAY)
    assert found[0].text == INVALID
    assert found[0].score == max(each.score for each in found)


def test_what_is_outside_the_grammar_is_not_allowed():
    assert rule("vin").allows(VALID)
    assert not rule("vin").allows("LSV12345")


def test_an_old_frame_number_is_shorter():
    assert read("vin", strip("JT1234567"))[0] == "JT1234567"


@pytest.mark.parametrize("place", [0, 7, 16])
def test_a_vin_of_which_a_character_is_faint_is_no_shorter_one(place):
    view = strip(VALID[:place], {VALID[place]: 0.001}, VALID[place + 1 :])
    assert read("vin", view)[0] == VALID


@pytest.mark.parametrize("share", [0.2, 0.4])
def test_a_slashed_zero_among_its_look_alikes_is_a_zero_where_only_it_can_be(share):
    zero = {"0": share, "8": 0.02, "O": 0.3, "Ø": 0.25}
    found = rule("vin").read([strip("LSVAA49J132", zero, "12345")], today=TODAY)
    assert found[0].text == VALID
    assert found[0].probabilities[11] == pytest.approx(share + 0.55, abs=0.01)


def test_an_eight_that_may_be_a_zero_has_the_probability_of_one():
    found = rule("mass").read([strip("1", {"8": 0.6, "0": 0.35}, "5kg")], today=TODAY)
    assert [each.text for each in found[:2]] == ["185kg", "105kg"]
    assert min(found[0].probabilities) == pytest.approx(0.6, abs=0.01)


def test_a_day_that_is_none_is_not_given():
    view = strip("2023-02-", {"3": 0.6, "2": 0.4}, "0")
    assert read("date", view)[0] == "2023-02-20"


def test_a_name_that_the_vocabulary_lacks_is_let_out_when_it_is_sure():
    assert read("vehicle_type", strip("奇怪东京车"))[0] == "奇怪东京车"


def test_a_name_close_to_the_vocabulary_is_not_let_out():
    view = strip("小型普", {"怪": 0.9, "通": 0.01}, "客车")
    assert read("vehicle_type", view)[0] == "小型普通客车"


def test_a_name_of_the_lexicon_decides_between_readings():
    free = {"kind": "free", "characters": "北京重庆市东西城区小", "least": 1}
    view = strip({"东": 0.6, "重": 0.3}, "庆市")
    assert made(**free).read([view], today=TODAY)[0].text == "东庆市"
    likely = made(**free, lexicon=[{"name": "places", "bonus": 2.0}])
    assert likely.read([view], today=TODAY)[0].text == "重庆市"


def test_what_a_text_is_replaced_by_is_given_once():
    replaced = made(
        kind="pattern", patterns=["-", "--"], replace={"-": "--"}, prefixes=["车"]
    )
    view = strip({"-": 0.6})
    assert [each.text for each in replaced.read([view], today=TODAY)] == ["--"]


def test_a_prefix_is_taken_off():
    named = made(kind="pattern", patterns=["车:?[0-9]"], prefixes=["车:", "车"])
    assert named.read([strip("车:1")], today=TODAY)[0].text == "1"
    assert named.read([strip("车1")], today=TODAY)[0].text == "1"


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({}, "kind is missing"),
        ({"kind": "regex"}, "no kind of rule is named 'regex'"),
        ({"kind": "pattern"}, "patterns is missing"),
        ({"kind": "pattern", "patterns": "a"}, "patterns is not a list"),
        ({"kind": "pattern", "patterns": [1]}, "patterns 1 is not a table"),
        ({"kind": "pattern", "patterns": []}, "a grammar without patterns"),
        (
            {"kind": "pattern", "patterns": [{"pattern": "a"}]},
            "patterns 1: prior is missing",
        ),
        ({"kind": "pattern", "patterns": ["a"], "beam": 0}, "beam is not above nought"),
        ({"kind": "pattern", "patterns": ["a"], "drop": "a"}, "'a' is dropped and"),
        ({"kind": "pattern", "patterns": ["a"], "beams": 1}, "no entry is named"),
        ({"kind": "pattern", "patterns": ["a"], "checks": ["b"]}, "no check is named"),
        ({"kind": "pattern", "patterns": ["a"], "outside": "["}, "pattern '['"),
        ({"kind": "free", "characters": "a"}, "least is missing"),
        ({"kind": "free", "characters": "b-a", "least": 1}, "upside down"),
    ],
)
def test_a_malformed_rule_is_told(values, fault):
    with pytest.raises(SpecError) as raised:
        made(**values)
    assert str(raised.value).startswith("test: ")
    assert fault in str(raised.value)


def test_an_address_is_made_of_what_addresses_are_made_of():
    """Rare characters are let through where they were read surely."""
    assert (
        read("address", strip("重庆市", {"市": 0.6, "租": 0.4}, "1"))[0] == "重庆市市1"
    )
    assert (
        read("address", strip("重庆市", {"市": 0.3, "租": 0.7}, "1"))[0] == "重庆市市1"
    )
    assert read("address", strip("重庆市租1"))[0] == "重庆市租1"


def test_a_part_of_what_is_listed_is_none_outside_the_list():
    assert read("vehicle_type", strip("奇怪客车"))[0] == "奇怪客车"
    assert read("vehicle_type", strip("型普通客"))[0] != "型普通客"
    assert rule("vehicle_type").grammar.has_part("型普通客")
    assert not rule("vehicle_type").grammar.has_part("通普型客")
