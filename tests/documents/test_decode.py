from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pytest

from shizi.core.posterior import Posterior
from shizi.documents.compiler import compile_grammar
from shizi.documents.decode import decode
from shizi.documents.search import search
from tests.documents.strips import forward, strip

SMALL = {"a": 1, "b": 2, "1": 3}


def grammar(*patterns, aliases=None, dropped=""):
    pairs = [(each, 0.0) if isinstance(each, str) else each for each in patterns]
    return compile_grammar(pairs, sets={}, aliases=aliases or {}, dropped=dropped)


def chance(seed, steps=6):
    """Return a small posterior that says nothing in particular."""
    rows = np.random.default_rng(seed).dirichlet(np.full(4, 0.5), size=steps)
    return Posterior(np.log(rows).astype(np.float32), SMALL, 8, 8 * len(rows))


def brute(posterior):
    """Return the probability of every text, by adding up all paths."""
    characters = {number: each for each, number in SMALL.items()}
    texts = {}
    for path in itertools.product(range(4), repeat=len(posterior.log_probs)):
        text = "".join(
            characters[number]
            for number, before in zip(path, (0, *path), strict=False)
            if number and number != before
        )
        score = sum(posterior.log_probs[range(len(path)), path].tolist())
        texts[text] = texts.get(text, 0.0) + math.exp(score)
    return texts


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize(
    ("pattern", "regex"),
    [
        pytest.param("[ab]{2,3}1?", "[ab]{2,3}1?", id="times"),
        pytest.param("a(b|1){2}|11|bb1", "a[b1]{2}|11|bb1", id="alternatives"),
        pytest.param("a{1,}[b1]", "a+[b1]", id="without end"),
    ],
)
def test_the_best_texts_are_those_of_all_texts(seed, pattern, regex):
    posterior = chance(seed)
    texts = brute(posterior)
    allowed = sorted(
        (text for text in texts if re.fullmatch(regex, text)),
        key=lambda text: -texts[text],
    )
    found = decode([posterior], grammar(pattern), beam=64)
    assert [each.text for each in found[:3]] == allowed[: len(found)][:3]
    for each in found:
        assert each.acoustic == pytest.approx(math.log(texts[each.text]), abs=1e-4)
        assert forward(posterior, each.text) == pytest.approx(each.acoustic, abs=1e-6)


@pytest.mark.parametrize("seed", range(10))
def test_two_views_are_searched_together(seed):
    views = [chance(seed, steps=5), chance(seed + 100, steps=6)]
    texts = [brute(view) for view in views]
    for each in decode(views, grammar("[ab]{1,2}1?"), beam=64)[:3]:
        logs = [math.log(known[each.text]) for known in texts]
        assert min(logs) - 1e-4 <= each.acoustic <= max(logs) + 1e-4


def test_a_view_is_searched_once():
    digits, view = grammar("[0-9]{2}"), strip("12")
    assert search(view, digits, 8) is search(view, digits, 8)


def test_a_weight_changes_the_order():
    view = strip({"a": 0.6, "b": 0.4})
    assert decode([view], grammar("[ab]"))[0].text == "a"
    best = decode([view], grammar("a", ("b", 1.0)))[0]
    assert (best.text, best.score - best.acoustic) == ("b", pytest.approx(1.0))


def test_a_character_that_was_hardly_seen_is_found_where_it_must_be():
    view = strip("12", {"3": 0.0004}, "45")
    assert decode([view], grammar("[0-9]{5}"))[0].text == "12345"


def test_what_does_not_fit_at_all_gives_nothing():
    assert decode([strip("12")], grammar("[0-9]{30}")) == []
    assert decode([], grammar("[0-9]")) == []
    assert (
        decode([Posterior(np.zeros((4, 1), np.float32), {}, 8, 32)], grammar("a")) == []
    )


def test_look_alikes_count_for_the_character_that_can_stand():
    view = strip("1", {"O": 0.5, "o": 0.3, "8": 0.19}, "2")
    found = decode([view], grammar("[0-9]{3}", aliases={"0": "Oo"}))
    assert found[0].text == "102"
    assert found[0].probabilities[1] == pytest.approx(0.8, abs=0.01)


def test_a_look_alike_that_can_stand_itself_counts_for_nothing_else():
    view = strip("1", {"O": 0.6, "0": 0.4})
    found = decode([view], grammar("1[0-9O]", aliases={"0": "O"}))
    assert [each.text for each in found] == ["1O", "10"]


def test_width_and_case_are_known_without_being_told():
    assert decode([strip("Ａb０")], grammar("[A-Z]{2}[0-9]"))[0].text == "AB0"


def test_dropped_characters_count_for_none():
    found = decode([strip("1 · 1")], grammar("[0-9]{2}", dropped=" ·"))
    assert found[0].text == "11"
    assert found[0].acoustic == pytest.approx(found[0].free, abs=0.01)


def test_free_tells_how_far_the_grammar_bends():
    found = decode([strip("1a2")], grammar("[0-9]{3}"))
    assert found[0].acoustic < found[0].free - 5


def test_a_view_that_does_not_fit_counts_less():
    good, bad = strip("12", {"3": 0.7, "5": 0.2}), strip("a", {"5": 0.3}, "bab")
    assert decode([good, bad], grammar("[0-9]{3}"))[0].text == "123"


def test_texts_from_elsewhere_are_scored_too():
    view = strip("1", {"2": 0.9, "9": 0.001, "3": 0.01, "4": 0.01})
    found = decode([view], grammar("[0-9]{2}"), beam=2, extra=["19", "1a"])
    scores = {each.text: each.acoustic for each in found}
    assert scores["19"] == pytest.approx(forward(view, "19"), abs=1e-4)
    assert "1a" not in scores
