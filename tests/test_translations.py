"""The pages in Chinese say what the English ones say: whoever changes one, both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
CHINESE = sorted(DOCS.glob("*.zh-CN.md"))
# What a program writes from the commands' own help.
ENGLISH_ONLY = {"commands.md"}
# What the Chinese page leaves to the English one, and links: tables that name tests. By
# page, the headings under which they stand, or none for all of them. Those that
# programs write stand between marks, and in the English pages alone.
LINKED = {
    "api.md": {"What WeChat's documents promise"},
    "performance.md": None,
    "security.md": None,
}

_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_WRITTEN = re.compile(r"<!-- ([\w-]+):begin -->.*?<!-- \1:end -->", re.DOTALL)
_CODE = re.compile(r"`[^`]+`")

pages = pytest.mark.parametrize("chinese", CHINESE, ids=lambda path: path.name)


def english_of(chinese: Path) -> Path:
    return DOCS / chinese.name.replace(".zh-CN.", ".")


def levels(page: Path) -> list[str]:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    return [level for level, _ in _HEADING.findall(text)]


def rows(page: Path, without: set[str] = frozenset()) -> list[list[str]]:
    """Return what is code in the first cell of each row of a page's tables."""
    text = _WRITTEN.sub("", _FENCE.sub("", page.read_text(encoding="utf-8")))
    heading, found = "", []
    for line in text.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("|") and heading not in without:
            found.append(_CODE.findall(line.replace("\\|", "").split("|")[1]))
    return found


@pages
def test_a_page_has_the_headings_of_the_english_one(chinese: Path) -> None:
    assert levels(chinese) == levels(english_of(chinese))


@pages
def test_a_page_has_the_code_of_the_english_one(chinese: Path) -> None:
    codes = [
        _FENCE.findall(page.read_text(encoding="utf-8"))
        for page in (chinese, english_of(chinese))
    ]
    assert codes[0] == codes[1]


@pages
def test_a_page_has_the_rows_of_the_english_one(chinese: Path) -> None:
    english = english_of(chinese)
    without = LINKED.get(english.name, set())
    if without is None:
        assert f"({english.name}#" in chinese.read_text(encoding="utf-8")
    else:
        assert rows(chinese) == rows(english, without)


@pages
def test_a_page_has_the_numbered_items_of_the_english_one(chinese: Path) -> None:
    items = [
        re.findall(r"^\d+\. ", page.read_text(encoding="utf-8"), re.MULTILINE)
        for page in (chinese, english_of(chinese))
    ]
    assert items[0] == items[1]


@pages
def test_a_page_and_the_english_one_lead_to_each_other(chinese: Path) -> None:
    english = english_of(chinese)
    assert f"[English]({english.name})" in chinese.read_text(encoding="utf-8")
    assert f"[中文]({chinese.name})" in english.read_text(encoding="utf-8")


def test_every_page_is_in_both_languages() -> None:
    names = {path.name for path in DOCS.glob("*.md")} - {path.name for path in CHINESE}
    assert names - ENGLISH_ONLY == {english_of(path).name for path in CHINESE}


@pages
def test_a_page_is_in_chinese(chinese: Path) -> None:
    prose = _FENCE.sub("", chinese.read_text(encoding="utf-8"))
    han = len(re.findall(r"[\u4e00-\u9fff]", prose))
    assert han > len(re.findall(r"[A-Za-z]+", _CODE.sub("", prose))) / 2
