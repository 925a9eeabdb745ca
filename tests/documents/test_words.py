from __future__ import annotations

import pytest

from shizi.core.errors import SpecError
from shizi.documents.words import Words, load_words

WORDS = Words(["机械", "设备", "机械设备", "有限公司", "0单元0室", "A座"])


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("宏达机械设备有限公司", 6),
        ("宏达机械厂", 1),
        ("3幢2单元1406室", 4),
        ("3幢F座", 1),
        ("3幢f座", 0),
        ("宏达", 0),
        ("", 0),
    ],
)
def test_characters_behind_others_of_their_word_are_counted(text, depth):
    assert WORDS.depth(text) == depth


def test_one_word_alone_tells_nothing():
    assert WORDS.depth("有限公司") == 0


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("宏达机城现备有限公司", "宏达机械设备有限公司"),
        ("宏达机械没备有服业司", "宏达机械设备有限公司"),
        ("3幢2单无1406室", "3幢2单元1406室"),
    ],
)
def test_what_is_almost_words_is_put_right(text, near):
    assert WORDS.near(text)[0] == near


@pytest.mark.parametrize(
    "text", ["宏达机械设备有限公司", "李公达", "单元14室", "3座", ""]
)
def test_what_is_no_word_or_right_stays(text):
    assert WORDS.near(text) == []


@pytest.mark.parametrize(
    ("name", "text", "near"),
    [
        ("trades", "宏达汽丰租货有限公司", "宏达汽车租赁有限公司"),
        ("addresses", "人民路12号3幢2单无101室", "人民路12号3幢2单元101室"),
    ],
)
def test_lists_come_with_the_package(name, text, near):
    assert load_words(name).near(text)[0] == near


def test_an_unknown_list_is_refused():
    with pytest.raises(SpecError, match="no lexicon is named"):
        load_words("nothing")
