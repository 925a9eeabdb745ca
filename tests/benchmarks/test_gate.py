from __future__ import annotations

import pytest

from benchmarks import gate
from benchmarks.score import PageScore, Tally, Truth


def page(exact: str, items: int | None = None) -> PageScore:
    """Return a page whose lines are read exactly where a 1 stands."""
    lines = tuple(each == "1" for each in exact)
    count = len(lines) if items is None else items
    return PageScore(Tally(pages=1, lines=len(lines), items=count), lines)


def held(*pages: tuple[str, PageScore, PageScore]) -> gate.Gate:
    """Return the gate over pages: the kind, ours and theirs."""
    truths = [
        Truth(str(number), kind, "zh", fold_case=False, lines=())
        for number, (kind, _, _) in enumerate(pages)
    ]
    ours = {str(number): ours for number, (_, ours, _) in enumerate(pages)}
    theirs = {str(number): theirs for number, (_, _, theirs) in enumerate(pages)}
    return gate.hold(truths, ours, theirs)


def test_lines_that_only_one_reads_are_counted_by_kind_and_small_kinds_together() -> (
    None
):
    pages = [("doc", page("11"), page("10"))] * 5 + [("sign", page("01"), page("11"))]
    result = held(*pages)
    assert [kind[:5] for kind in result.kinds] == [
        ("doc", 5, 10, 5, 0),
        ("the other kinds", 1, 2, 0, 1),
    ]
    assert result.whole[:5] == ("all pictures", 6, 12, 5, 1)


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        pytest.param(page("1" * 200), page("1" * 200), [], id="even"),
        pytest.param(page("0" + "1" * 199), page("1" * 200), [], id="half a point"),
        pytest.param(
            page("00" + "1" * 198), page("1" * 200), ["all pictures"], id="a point"
        ),
        pytest.param(
            page("1" * 100, 103), page("1" * 100, 100), ["items"], id="items too many"
        ),
        pytest.param(
            page("1" * 100, 103), page("1" * 100, 96), [], id="they are further away"
        ),
    ],
)
def test_what_does_not_hold_is_told(
    ours: PageScore, theirs: PageScore, said: list[str]
) -> None:
    failures = held(("doc", ours, theirs)).failures()
    assert all(any(word in each for each in failures) for word in said)
    assert bool(failures) == bool(said)


def test_a_kind_may_not_lose_what_others_win() -> None:
    good = ("doc", page("1" * 50), page("0" * 50))
    bad = ("sign", page("0" + "1" * 9), page("1" * 10))
    result = held(*[good] * 5, *[bad] * 5)
    assert result.whole.points > 0
    assert result.failures() == ["10.00 points of the lines of sign are lost"]


def test_the_table_says_whether_the_gate_holds() -> None:
    text = gate.tell(held(("doc", page("11"), page("10"))), "rapidocr")
    assert "| the other kinds | 1 | 2 | 1 | 0 | +50.00 |" in text
    assert "2 items, 2 of theirs, on 2 lines. The text gate holds." in text
