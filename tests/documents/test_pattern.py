from __future__ import annotations

import pytest

from shizi.core.errors import SpecError
from shizi.documents.pattern import parse


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        pytest.param("[0-9", "place 4: ends too early", id="open class"),
        pytest.param("[]", "an empty class", id="empty class"),
        pytest.param("[9-0]", "the range 9-0 is upside down", id="range"),
        pytest.param("(a|b", "a '(' that is not closed", id="open group"),
        pytest.param("a)b", "place 1: a ')' that closes nothing", id="closed group"),
        pytest.param("{provinces}", "no set named 'provinces'", id="unknown set"),
        pytest.param("{Province}", "not the name of a set", id="name"),
        pytest.param("?a", "'?' out of place", id="times of nothing"),
        pytest.param("a{3,2}", "{3,2} is no number of times", id="times upside down"),
        pytest.param("a{0}", "{0} is no number of times", id="no times"),
        pytest.param("(a?){2,}", "nothing is repeated without end", id="empty loop"),
        pytest.param("<2>{1,}", "nothing is repeated without end", id="weight loop"),
        pytest.param("<heavy>", "not a weight", id="weight"),
        pytest.param("a]", "']' out of place", id="bracket"),
        pytest.param("\\d", "'d' needs no backslash", id="backslash"),
        pytest.param("a\\", "ends too early", id="backslash at the end"),
    ],
)
def test_a_malformed_pattern_is_told_with_its_place(pattern, fault):
    with pytest.raises(SpecError) as raised:
        parse(pattern, {"province": frozenset("京沪")})
    assert f"pattern {pattern!r}, place " in str(raised.value)
    assert str(raised.value).endswith(fault)


@pytest.mark.parametrize(
    ("pattern", "characters"),
    [
        ("[A-C]", "ABC"),
        ("[0-2-]", "012-"),
        ("[-()|?*]", "-()|?*"),
        ("[\\]\\\\]", "]\\"),
        ("[{province}A]", "京沪A"),
        ("{province}", "京沪"),
        ("*", "*"),
        ("\\{", "{"),
    ],
)
def test_one_of_several_characters(pattern, characters):
    (node,) = parse(pattern, {"province": frozenset("京沪")}).parts
    assert node.characters == frozenset(characters)
