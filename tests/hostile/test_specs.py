"""Claims about descriptions of documents that nobody would write."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from shizi.core.errors import SpecError
from shizi.documents.spec import parse_spec
from tests.documents.test_spec import GATE_PERMIT

if TYPE_CHECKING:
    from shizi.documents.spec import Spec

LICENCE = (
    resources.files("shizi.documents") / "specs" / "vehicle_licence.toml"
).read_text(encoding="utf-8")

VALUES = st.sampled_from(
    [
        *("0", "-1", "1e400", "nan", "true", '""', '"a"', "[]", "[[]]", "{}"),
        *('"{999999}"', '"((((((((("', '"[^"', '"{1,99}{1,99}"', '"\\\\"', '"图"'),
        *("[1, 2]", "[1e9, -1]", '["a", "a"]', '{ pattern = "[" }', "2026-11-21"),
        *("99999999999999999999", '"' + "a" * 5000 + '"', "[" * 500, "'''"),
    ]
)
LINES = st.sampled_from([line for line in GATE_PERMIT.splitlines() if line.strip()])
ALL_LINES = st.sampled_from([line for line in LICENCE.splitlines() if line.strip()])


def outcome(text: str) -> Spec | None:
    """Return the document that a text describes; none where it is refused."""
    try:
        return parse_spec(text)
    except SpecError:
        return None


@given(st.lists(LINES | ALL_LINES, max_size=25), st.text(max_size=30))
def _lines_of_others(lines: list[str], end: str) -> None:
    outcome("\n".join([*lines, end]))


def test_lines_in_any_order_are_a_document_or_refused(fuzz: int) -> None:
    settings(max_examples=100 * fuzz)(_lines_of_others)()


@given(st.integers(0, 10_000), st.sampled_from("=-+*"), VALUES)
def _one_line_else(place: int, how: str, value: str) -> None:
    lines = GATE_PERMIT.splitlines()
    place %= len(lines)
    if how == "-":
        del lines[place]
    elif how == "*":
        lines.insert(place, lines[place])
    elif how == "+":
        lines.insert(place, f"more = {value}")
    else:
        key, _, _ = lines[place].partition("=")
        lines[place] = f"{key}= {value}"
    outcome("\n".join(lines))


def test_a_document_with_one_line_altered_is_a_document_or_refused(fuzz: int) -> None:
    settings(max_examples=100 * fuzz)(_one_line_else)()


def test_the_documents_that_are_altered_here_are_well_formed() -> None:
    assert outcome(GATE_PERMIT) is not None
    assert outcome(LICENCE) is not None
