from __future__ import annotations

import itertools
import re

import pytest

from shizi.core.errors import SpecError
from shizi.documents.compiler import compile_grammar


def weight(text, *patterns):
    """Return the weight of a text, None if the patterns exclude it."""
    pairs = [(each, 0.0) if isinstance(each, str) else each for each in patterns]
    spelled = compile_grammar(pairs, sets={"ab": frozenset("ab")}, aliases={}).spell(
        text
    )
    return None if spelled is None else spelled[1]


@pytest.mark.parametrize(
    ("pattern", "regex"),
    [
        ("a?b{2}|{ab}c", "a?b{2}|[ab]c"),
        ("(a|bc){1,2}", "(a|bc){1,2}"),
        ("a{0,2}[bc]", "a{0,2}[bc]"),
        ("(ab|ba){1,}c?", "(ab|ba)+c?"),
        ("a{2,}", "a{2,}"),
        ("([ab]b|a[bc]){2}", "([ab]b|a[bc]){2}"),
    ],
)
def test_a_grammar_allows_what_the_pattern_says(pattern, regex):
    for length in range(5):
        for letters in itertools.product("abc", repeat=length):
            text = "".join(letters)
            fits = re.fullmatch(regex, text) is not None
            assert (weight(text, pattern) is not None) == fits


def test_of_several_readings_of_a_text_the_heaviest_counts():
    patterns = ("a(b|<-1>[bc]){2}", ("abb", -3.0), ("a<2>cc", -0.5))
    assert weight("abb", *patterns) == 0
    assert weight("acb", *patterns) == -1
    assert weight("acc", *patterns) == 1.5


def test_weights_may_drift_apart_only_so_far():
    with pytest.raises(SpecError, match="more than 5000 states"):
        weight("a", "(a|<-1>b){1,}", "(b|<-2>a){1,}")


def test_what_is_dropped_cannot_stand_in_a_pattern():
    with pytest.raises(SpecError, match="'-' is dropped and in a pattern"):
        compile_grammar([("a-b", 0.0)], sets={}, aliases={}, dropped=" -")


def test_without_patterns_there_is_no_grammar():
    with pytest.raises(SpecError, match="without patterns"):
        compile_grammar([], sets={}, aliases={})


def test_look_alikes_count_only_where_they_cannot_stand():
    grammar = compile_grammar([("[0O]0", 0.0)], sets={}, aliases={"0": "Oo"})
    forms = {
        (each, stand_ins)
        for each, stand_ins in zip(grammar.characters, grammar.stand_ins, strict=True)
        if each == "0"
    }
    assert forms == {("0", "0o０"), ("0", "0Oo０")}


@pytest.mark.parametrize("text", ["00", "O0", "0O"])
def test_a_text_is_spelled_with_the_symbols_of_its_places(text):
    grammar = compile_grammar(
        [("[0O]0", 0.0), ("0[0Oo０]", 0.0)], sets={}, aliases={"0": "Oo"}
    )
    symbols, _ = grammar.spell(text)
    assert "".join(grammar.characters[symbol] for symbol in symbols) == text
