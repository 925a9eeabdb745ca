from __future__ import annotations

from shizi.core.geometry import Quad
from shizi.core.text import TextLine
from shizi.ocr.order import in_reading_order


def line(text: str, left: float, top: float, height: float = 20) -> TextLine:
    right, bottom = left + 100, top + height
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return TextLine(text, Quad.of(corners), 1.0)


def order(*lines: TextLine) -> str:
    return "".join(found.text for found in in_reading_order(lines))


def test_lines_are_read_from_top_to_bottom() -> None:
    assert order(line("b", 0, 50), line("a", 200, 0)) == "ab"


def test_lines_of_a_row_are_read_from_left_to_right_though_not_quite_level() -> None:
    assert order(line("b", 200, 0), line("a", 0, 4)) == "ab"


def test_a_small_line_below_a_large_one_is_a_row_of_its_own() -> None:
    assert order(line("b", 0, 52, 10), line("a", 200, 0, 60)) == "ab"


def test_columns_are_read_from_the_right() -> None:
    def column(text: str, left: float, top: float) -> TextLine:
        right, bottom = left + 20, top + 100
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        return TextLine(text, Quad.of(corners), 1.0)

    assert order(column("c", 0, 0), column("b", 52, 120), column("a", 50, 0)) == "abc"


def test_no_lines_stay_no_lines() -> None:
    assert in_reading_order([]) == ()


def wide(text: str, left: float, top: float, width: float = 200) -> TextLine:
    right, bottom = left + width, top + 20
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return TextLine(text, Quad.of(corners), 1.0)


def test_columns_of_running_text_are_read_one_after_the_other() -> None:
    left = [wide(text, 0, 30 * row) for row, text in enumerate("abcd")]
    right = [wide(text, 240, 30 * row + 4) for row, text in enumerate("efgh")]
    assert order(*right, *left) == "abcdefgh"


def test_a_headline_across_the_columns_is_read_before_them() -> None:
    headline = wide("X", 20, -40, 380)
    left = [wide(text, 0, 30 * row) for row, text in enumerate("abcd")]
    right = [wide(text, 240, 30 * row + 4) for row, text in enumerate("efgh")]
    assert order(*right, *left, headline) == "Xabcdefgh"


def test_three_columns_are_read_from_the_left() -> None:
    columns = [
        wide(text, 240 * column, 30 * row)
        for column, texts in enumerate(("abc", "def", "ghi"))
        for row, text in enumerate(texts)
    ]
    assert order(*reversed(columns)) == "abcdefghi"


def test_labels_and_values_of_a_form_are_read_by_rows() -> None:
    labels = [wide(text, 0, 30 * row, 60) for row, text in enumerate("aceg")]
    values = [wide(text, 240, 30 * row, 80) for row, text in enumerate("bdfh")]
    assert order(*values, *labels) == "abcdefgh"


def test_a_page_of_very_many_short_lines_is_put_in_order_all_the_same() -> None:
    # Every start of a line might be a gutter, and every part again: without bounds the
    # looks at such a page have no end.
    cells = [
        wide(f"{row:02}{column:02} ", 300 * column + 7 * (row * 31 % 29), 40 * row, 80)
        for row in range(40)
        for column in range(24)
    ]
    assert order(*reversed(cells)).split() == sorted(cell.text[:4] for cell in cells)
