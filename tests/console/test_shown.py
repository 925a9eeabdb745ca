"""Claims about what of a reading is shown."""

from __future__ import annotations

from shizi.console.shown import Box, show_card, show_text
from shizi.core.card import Card, Field
from shizi.core.geometry import Quad, Size
from shizi.core.text import Page, TextLine

SIZE = Size(80, 40)
QUAD = Quad.of([(1, 2), (70, 2), (70, 30.26), (1, 30)])


def test_lines_keep_their_order_and_place() -> None:
    lines = (TextLine("一", QUAD, 0.99), TextLine("二", QUAD, 0.5))
    shown = show_text(Page(SIZE, lines))
    assert [box.text for box in shown.boxes] == ["一", "二"]
    assert shown.boxes[0].points == "1.0,2.0 70.0,2.0 70.0,30.3 1.0,30.0"
    assert (shown.size, shown.sides) == (SIZE, ())


def test_what_can_be_trusted_is_told_apart() -> None:
    levels = [Box(None, "", score, "").level for score in (0.95, 0.9, 0.84, 0)]
    assert levels == ["sure", "likely", "check", "check"]


def test_a_card_has_its_fields_in_print_order_and_its_gaps() -> None:
    fields = {"seats": Field("5人", 0.9, QUAD), "owner": Field("张三", 1.0, QUAD)}
    card = Card("vehicle_licence", SIZE, fields, {"front": QUAD}, ("blurred",))
    shown = show_card(card)
    front, back = shown.sides
    assert (front.is_seen, back.is_seen) == (True, True)
    assert (front.points is None, back.points is None) == (False, True)
    assert [row.name for row in front.rows][:3] == [
        "plate_number",
        "vehicle_type",
        "owner",
    ]
    assert [row.box.text for row in front.rows if row.box] == ["张三"]
    assert [box.text for box in shown.boxes] == ["张三", "5人"]
    assert shown.warnings == ("blurred",)


def test_every_field_of_a_card_has_one_place() -> None:
    shown = show_card(Card("vehicle_licence", SIZE, {}, {}))
    names = [row.name for side in shown.sides for row in side.rows]
    assert len(names) == len(set(names))
    assert "inspection_valid_until" in names
    assert not any(side.is_seen for side in shown.sides)
