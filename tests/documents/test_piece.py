from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from shizi.documents.flat import DENSITY, MARGIN, Flat
from shizi.documents.piece import (
    beginnings,
    cut,
    endings,
    join,
    read_pieces,
    spelled,
    split,
    stretched,
)
from shizi.documents.pose import Pose
from shizi.documents.spec import load_spec
from tests.documents.strips import strip

if TYPE_CHECKING:
    from shizi.core.posterior import Posterior
    from shizi.ports import Engine


def piece(text: str, left: float = 10.0, right: float = 50.0):
    corners = np.array([[left, 20], [right, 20], [right, 24], [left, 24]], float)
    return spelled(strip(*text), corners)


def test_a_text_without_a_label_stays_whole() -> None:
    ((name, part),) = cut(piece("粤12345"), ["重车"])
    assert (name, part.text) == (None, "粤12345")


def test_a_text_is_cut_at_the_labels_in_it() -> None:
    parts = cut(piece("重车123租赁456"), ["重车", "租赁"])
    assert [(name, part.text) for name, part in parts] == [
        ("重车", "重车"),
        (None, "123"),
        ("租赁", "租赁"),
        (None, "456"),
    ]
    lefts = [part.left for _, part in parts]
    assert lefts == sorted(lefts)
    assert lefts[0] == 10


def test_what_is_illegible_beside_a_label_is_the_values() -> None:
    gap: list[str | dict[str, float]] = [{}] * 20
    corners = np.array([[0, 0], [48, 0], [48, 6], [0, 6]], float)
    read = spelled(strip(*"123", *gap, *"重车", *gap, *"456"), corners)
    parts = dict(cut(read, ["重车"]))
    label = parts["重车"]
    texts = [part.text for _, part in cut(read, ["重车"])]
    assert texts == ["123", "重车", "456"]
    assert label.right - label.left < 10


def test_padding_behind_a_line_is_no_part_of_it() -> None:
    # Half of the strip's steps are of padding, whatever the line's shape on the page.
    read = strip(*"重车123", *([{}] * 5))
    corners = np.array([[0, 0], [30, 0], [30, 9], [0, 9]], float)
    line = spelled(replace(read, width=read.width / 2), corners)
    _, (_, value) = cut(line, ["重车"])
    assert value.text == "123"
    assert value.left == pytest.approx(14, abs=1)
    assert value.right == 30
    assert value.posterior.width == pytest.approx(line.posterior.width * 0.52, rel=0.1)


def test_a_label_alone_leaves_no_value() -> None:
    assert [name for name, _ in cut(piece("重车"), ["重车"])] == ["重车"]


def test_pieces_that_follow_each_other_read_as_one() -> None:
    joined = join([piece("12"), piece("23")])
    # The same character at the end of one and at the start of the next stays two.
    assert spelled(joined, np.zeros((4, 2))).text == "1223"


def test_the_rest_of_a_label_is_taken_off_a_value() -> None:
    (only,) = beginnings([piece("车123", left=10.0)], "重车", end=10.5)
    assert [part.text for part in only.pieces] == ["123"]


def test_a_value_behind_a_misread_label_may_begin_anywhere_near_its_end() -> None:
    whole = piece("名怪123", left=10.0, right=18.0)
    found = beginnings([whole], "重车", end=13.0)
    texts = [each.pieces[0].text for each in found]
    assert "123" in texts
    assert len(texts) > 1


def test_the_whole_end_of_a_label_is_none_of_its_value() -> None:
    rest, value = piece("车", 11.0, 14.0), piece("123", 18.0, 40.0)
    (only,) = beginnings([rest, value], "重车", end=8.0)
    assert [part.text for part in only.pieces] == ["123"]


def test_a_first_piece_with_some_of_a_label_may_be_the_label() -> None:
    rest, value = piece("名车怪", 10.0, 18.0), piece("123", 18.0, 40.0)
    found = beginnings([rest, value], "重车", end=13.0)
    assert ["123"] in [[part.text for part in each.pieces] for each in found]
    rest = piece("名东怪", 10.0, 18.0)
    found = beginnings([rest, value], "重车", end=13.0)
    assert ["123"] not in [[part.text for part in each.pieces] for each in found]


def test_a_value_may_end_where_the_next_label_begins() -> None:
    first, last = piece("12", 10.0, 20.0), piece("345678重奇", 22.0, 33.3)
    found = endings([first], last, 26.5, 34.5)
    texts = ["".join(part.text for part in each.pieces) for each in found]
    assert "12345678" in texts
    assert "123" not in texts
    assert all(each.cost > 0 for each in found)


def test_to_leave_out_what_is_like_no_label_costs() -> None:
    costs = {
        each.pieces[0].text: each.cost
        for each in beginnings([piece("重名123", 10.0, 18.0)], "重车", end=13.0)
    }
    assert costs["重名123"] == 0
    assert costs["123"] == 0
    others = beginnings([piece("名怪123", 10.0, 18.0)], "重车", end=13.0)
    assert all(each.cost > 0 for each in others if each.pieces[0].text == "123")


def test_specks_before_a_value_may_be_none_of_it() -> None:
    found = beginnings([piece("1", 21.0, 23.0), piece("456", 25.0, 40.0)], "重", 20.0)
    assert ["".join(part.text for part in each.pieces) for each in found] == [
        "1456",
        "456",
    ]
    assert found[0].cost < found[1].cost


def test_a_text_is_split_where_labels_start() -> None:
    whole = piece("123奇怪456", left=10.0, right=38.0)
    assert [part.text for part in split(whole, [21.0])] == ["123", "奇怪456"]
    assert split(whole, [60.0]) == [whole]
    assert split(whole, []) == [whole]


def test_a_piece_is_stretched_to_the_right_alone() -> None:
    corners = stretched(piece("123", left=10.0, right=30.0), 50.0)
    np.testing.assert_allclose(corners, [[10, 20], [50, 20], [50, 24], [10, 24]])
    assert stretched(piece("123", 10.0, 30.0), 20.0)[1, 0] == 30


class Eye:
    """Finds lines at known places of a page, and knows what each says."""

    def __init__(self, texts: dict[tuple[float, float, float, float], str]) -> None:
        self.texts = texts

    def find(self, _image: np.ndarray) -> list[np.ndarray]:
        return [
            ((box(*each) + MARGIN) * DENSITY).astype(np.float32) for each in self.texts
        ]

    def spell(self, _image: np.ndarray, corners: np.ndarray) -> Posterior:
        # The page fills the picture, ten pixels a millimetre.
        for each, text in self.texts.items():
            if np.allclose(corners / 10, box(*each), atol=0.01):
                return strip(*text)
        raise AssertionError(corners)


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def seen(texts: dict[tuple[float, float, float, float], str]) -> list[str]:
    """Return the pieces of a second page that shows some texts, in millimetres."""
    page = load_spec("vehicle_licence").pages[1]
    image = np.full((600, 880, 3), 200, np.uint8)
    flat = Flat(image, Pose(np.diag([8.8, 6.0, 1.0]), {}, ()), page)
    engine: Engine = Eye(texts)  # type: ignore[assignment] # a fake
    pieces, _ = read_pieces(engine, flat, flat.first, {}, page)
    return [each.text for each in pieces]


def test_english_under_the_labels_is_no_value() -> None:
    small, large = (3, 16, 22, 18.4), (20, 12, 25, 15.6)
    assert seen({large: "5人", small: "Approved Passengers"}) == ["5人"]
    assert seen({small: "Gross Mass"}) == []
    # As large as values are, or with anything but words in it, it may be one.
    assert seen({large: "Zhang Wei", small: "Type1"}) == ["Zhang Wei", "Type1"]


def test_text_beside_the_page_is_no_value() -> None:
    assert seen(
        {(60, 25, 84, 28.5): "123", (86.6, 25, 91, 28.5): "东", (-3, 25, 1, 28): "北"}
    ) == ["123"]
    # A value that is printed over the edge is one.
    assert seen({(70, 25, 90, 28.5): "123"}) == ["123"]
