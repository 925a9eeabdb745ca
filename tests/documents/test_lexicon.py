from __future__ import annotations

import pytest

from shizi.core.errors import SpecError
from shizi.documents.lexicon import Lexicon, load_lexicon

NAMES = Lexicon({"广东省": {"深圳市": {"南山区": {}, "福田区": {}}}, "北京市": {}})


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("广东省深圳市南山区1号", 3),
        ("广东省深圳市东山区1号", 2),
        ("深圳市南山区", 2),
        ("广东省南山区", 2),
        ("南山区", 0),
        ("北京市", 1),
        ("", 0),
    ],
)
def test_names_are_counted_from_the_start(text, depth):
    assert NAMES.depth(text) == depth


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("广东省深圳市南山区1号", []),
        ("厂东省深圳市南山区1号", ["广东省深圳市南山区1号"]),
        ("广东省深川市福由区", ["广东省深圳市福由区", "广东省深圳市福田区"]),
        ("厂东市深圳市", []),
        ("广", []),
    ],
)
def test_what_is_almost_a_name_is_put_right(text, near):
    assert sorted(NAMES.near(text)) == sorted(near)


def test_names_may_be_those_that_texts_end_with():
    kinds = load_lexicon("organisations", from_end=True)
    assert kinds.depth("深圳市宏达物流有限公司") == 1
    assert kinds.depth("王有限") == 0
    assert set(kinds.near("宏达服份有限公可")) == {
        "宏达服份有限公司",
        "宏达股份有限公司",
    }


def test_the_places_are_those_of_the_country():
    places = load_lexicon("places")
    for text in (
        "新疆维吾尔自治区乌鲁木齐市沙依巴克区",
        "上海市浦东新区",
        "湖北省仙桃市",
        "江苏省苏州市昆山市",
        "江苏省昆山市",
    ):
        assert places.depth(text) >= 2


def test_brands_are_followed_by_the_letters_of_their_models():
    assert load_lexicon("brands").depth("比亚迪牌BYD7008BEV") == 2


@pytest.mark.parametrize("name", ["rivers", "../specs", ""])
def test_an_unknown_lexicon_is_refused(name):
    with pytest.raises(SpecError, match="no lexicon is named"):
        load_lexicon(name)
