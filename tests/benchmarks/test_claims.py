"""A claim holds when its figure reaches its bar, and tells what speaks against it."""

import pytest

from benchmarks import claims, turns
from benchmarks.score import PageScore, Tally, Truth

KEPT = {"mix/a.jpg": dict.fromkeys(turns.ANGLES, 0.98)}


def judged(**pages):
    """Judge one picture of a kind each, given its tally."""
    usual = {
        "doc": Tally(pages=1, lines=100, items=100, chars=1000, kept_chars=1000),
        "vertical": Tally(pages=1, lines=100, items=100, chars=100, kept_chars=95),
        "curl": Tally(pages=1, lines=10, items=13, chars=100, kept_chars=90),
        "fine": Tally(pages=1, lines=10, items=9, chars=100, kept_chars=95),
        "drawing": Tally(pages=1),
    }
    truths, scores = [], {}
    for kind, tally in {**usual, **pages}.items():
        truth = Truth(f"{kind}.jpg", kind, "zh", fold_case=False, lines=())
        truths.append(truth)
        scores[truth.image] = PageScore(tally, ())
    # Only a drawing has no lines.
    truths = [
        truth if truth.kind == "drawing" else with_a_line(truth) for truth in truths
    ]
    return claims.judge(truths, scores, KEPT)


def with_a_line(truth):
    return Truth(truth.image, truth.kind, truth.lang, fold_case=False, lines=(None,))


def failing(found):
    return [claim.text for claim in found if not claim.holds]


def test_figures_at_their_bars_hold():
    assert failing(judged()) == []


@pytest.mark.parametrize(
    ("kind", "tally", "text"),
    [
        ("doc", Tally(lines=100, items=103), "items counted"),
        ("doc", Tally(lines=100, items=97), "items counted"),
        ("curl", Tally(chars=100, kept_chars=89), "characters of curved lines"),
        (
            "vertical",
            Tally(lines=100, items=100, chars=100, kept_chars=94),
            "characters of vertical columns",
        ),
        (
            "fine",
            Tally(chars=100, kept_chars=94),
            "16-pixel letters in 12 megapixels",
        ),
        ("drawing", Tally(items=1), "items on drawings without text"),
    ],
)
def test_a_figure_beyond_its_bar_does_not_hold(kind, tally, text):
    found = judged(**{kind: tally})
    assert failing(found) == [text]
    (claim,) = (claim for claim in found if claim.text == text)
    assert any(row.startswith(f"{kind}.jpg") for row in claim.worst)


def test_the_table_says_what_does_not_hold():
    table = claims.tell(judged(drawing=Tally(items=2)))
    row = "| items on drawings without text | 0 | 2 (1 pictures) | NO |"
    assert row in table.splitlines()
    assert "items on drawings without text: drawing.jpg 2" in table
