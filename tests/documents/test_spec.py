from __future__ import annotations

import re
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from shizi.core.errors import SpecError
from shizi.documents.constraints import choose
from shizi.documents.spec import load_spec, parse_spec
from tests.documents.strips import strip

TODAY = date(2026, 11, 21)
KINDS = sorted(
    source.name.removesuffix(".toml")
    for source in resources.files("shizi.documents").joinpath("specs").iterdir()
    if source.name.endswith(".toml")
)
# The example of the documentation: a card that is nowhere printed.
GUIDE = Path(__file__).parents[2] / "docs" / "documents.md"
GATE_PERMIT = GUIDE.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]


def changed(old: str, new: str) -> str:
    """Return the permit with one line changed."""
    assert GATE_PERMIT.count(old) == 1
    return GATE_PERMIT.replace(old, new)


@pytest.mark.parametrize("kind", KINDS)
def test_every_document_that_comes_along_is_well_formed(kind):
    spec = load_spec(kind)
    assert spec.kind == kind
    for page in spec.pages:
        for field in page.fields:
            assert field.rule is spec.rules[field.rule.name]
            assert field.label is None or page.label(field.label).text == field.label


def test_every_rule_of_a_document_is_used():
    spec = load_spec("vehicle_licence")
    used = {field.rule.name for page in spec.pages for field in page.fields}
    assert used == spec.rules.keys()


def test_the_guide_shows_what_a_fault_is_told_as():
    guide = (GUIDE.parent / "add-a-document.md").read_text(encoding="utf-8")
    text = guide.split("```toml\n")[1].split("```")[0]
    with pytest.raises(SpecError) as caught:
        parse_spec(text.replace("T{digit}{6}", "T{digits}{6}"))
    assert f"```\n{caught.value}\n```" in guide


@pytest.mark.parametrize("kind", ["passport", "../rules", ""])
def test_an_unknown_kind_is_refused(kind):
    with pytest.raises(SpecError, match="no such kind"):
        load_spec(kind)


def test_another_document_is_a_text_and_no_code():
    spec = parse_spec(GATE_PERMIT)
    (page,) = spec.pages
    assert (page.size, page.titles, page.title_at) == (
        (85.6, 54),
        ("普通车小区",),
        (50, 12),
    )
    assert page.label("车名").also == ("Car",)
    car, mass, number = page.fields
    assert (car.top, car.bottom) == (35, 45)
    assert (mass.top, mass.bottom, mass.lines) == (50.5, 70.5, 2)
    assert (number.label, number.top, number.bottom) == (None, 75, 90)


def test_the_rules_of_another_document_read_its_fields():
    rules = parse_spec(GATE_PERMIT).rules
    for name, printed, text in (
        ("car", "货車", "货车"),
        ("car", "奇怪东", "奇怪东"),
        ("mass", "1O〇0 kg", "1000kg"),
        ("mass", "120", "120"),
        ("number", "a—OO1", "A-001"),
        ("number", "B-123", "B-123"),
        ("number", "A-000", "A"),
    ):
        assert rules[name].read([strip(printed)], today=TODAY)[0].text == text


def test_the_fields_of_another_document_decide_together():
    spec = parse_spec(GATE_PERMIT)
    candidates = {
        "car": spec.rules["car"].read([strip("货车")], today=TODAY),
        "mass": spec.rules["mass"].read(
            [strip({"1": 0.3, "2": 0.3}, {"1": 0.3}, "50kg")], today=TODAY
        ),
    }
    assert candidates["mass"][0].text in {"150kg", "250kg"}
    chosen = choose(candidates, spec.constraints, today=TODAY)
    assert chosen["mass"].candidate.text in {"1150kg", "2150kg"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "gate_permit"', "", "a document without a kind: kind is missing"),
        ('kind = "gate_permit"', "kind = 1", "kind is not a text"),
        ("[alias]\n", "[aliases]\n", "gate_permit: no entry is named 'aliases'"),
        ('"0" = "O〇"', '"00" = "O"', "gate_permit: alias: '00' is not one character"),
        ('digit = "0-9"', 'digit = "9-0"', "gate_permit: set: pattern"),
        ('name = "card"', "", "gate_permit: page 1: name is missing"),
        ("size = [85.6, 54]", "size = [85.6]", "page card: size has 1 numbers inst"),
        ("size = [85.6, 54]", "size = [0, 54]", "page card: its size is not above"),
        ("title_at = [50, 12]", "title_at = [50, 120]", "title_at is off the page"),
        ("at = [12, 40]", "at = [12, true]", "page card: label 车名: at is not a num"),
        ("width = 10", "width = 0", "page card: label 车名: its width is not from"),
        ('also = ["Car"]', 'also = "Car"', "label 车名: also is not a list"),
        ('text = "重"', 'text = "车名"', "page card: the label '车名' is there twice"),
        ('name = "number"', 'name = "car"', "gate_permit: the field 'car' is there"),
        ('label = "重"', 'label = "轻"', "page card: field mass: no label says '轻'"),
        ("lines = 2", "lines = 1.5", "page card: field mass: lines is not a whole"),
        ("left = 60", "left = 95", "page card: field number: its sides are not in"),
        ("top = 75", "", "page card: field number: top is missing"),
        ("bottom = 90", "bottom = 190", "field number: its sides are not in order"),
        ('rule = "number"', 'rule = "numbr"', "field number: no rule is named 'numb"),
        ('rule = "number"', 'rules = "number"', "field number: rule is missing"),
        ("{digit}{3}", "{digits}{3}", "gate_permit: rule: number: pattern"),
        ("prior = -2", "weight = -2", "rule: mass: patterns 2: prior is missing"),
        ("margin = 6", 'margin = "6"', "gate_permit: rule: car: margin is not a nu"),
        ('name = "range"', 'name = "rang"', "no constraint is named 'rang'"),
        ('["car", "mass"]', '["car", "mas"]', "constraint range: no field is named"),
        ('["car", "mass"]', '["car"]', "constraint range: it is about 2 different"),
        ('["whole", "digits"]', '["whole", "sign"]', "no part is named 'sign'"),
        ('["whole", "digits"]', '["whole"]', "constraint range: it is about 2 parts"),
        ("weight = 3", "weight = 0", "constraint range: weight is not above nought"),
        ("[1000, 9000]", "[9000, 1000]", "ranges: 货车 runs downwards"),
        ('{ "货车" = [1000, 9000] }', "{}", "constraint range: ranges is empty"),
    ],
)
def test_a_malformed_document_is_told_by_its_place(old, new, message):
    with pytest.raises(SpecError) as raised:
        parse_spec(changed(old, new))
    assert message in str(raised.value)
    if 'kind = "' not in old:
        assert str(raised.value).startswith("gate_permit: ")


@pytest.mark.parametrize("table", ["page", "rule"])
def test_a_document_without_pages_or_rules_is_refused(table):
    head = GATE_PERMIT.partition("[[page]]")[0]
    rules = GATE_PERMIT[GATE_PERMIT.index("[rule.car]") :]
    text = head + rules if table == "page" else head
    with pytest.raises(SpecError, match=f"gate_permit: it has no {table}"):
        parse_spec(re.sub(r"\[\[constraint\]\].*", "", text, flags=re.DOTALL))


def test_a_text_that_is_no_toml_is_refused():
    with pytest.raises(SpecError, match="not TOML"):
        parse_spec("kind = ")
