"""The pages on switching over show what the tests run, in both languages alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.cloud.sdk import EXAMPLE
from tests.contracts.examples import RUNNING

ROOT = Path(__file__).parents[1]
ENGLISH = ROOT / "docs" / "switch-over.md"
CHINESE = ROOT / "docs" / "switch-over.zh-CN.md"
RECIPES = ("nginx.conf", "Caddyfile", "own-ca.sh")
SHOWN = [
    *sorted((ROOT / "examples").iterdir()),
    *(ROOT / "deploy" / name for name in RECIPES),
]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(
    r"^\[`([^`]+)`\]\(\.\./\1\)[:：]\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_ROW = re.compile(r"^\| \[[^\]]+\]\(#([^)]+)\)[^|]*\|[^|]*\| ([^ |]+) \|", re.MULTILINE)
_RUN = {"run": True, "replayed": False, "实跑": True, "重放": False}

pages = pytest.mark.parametrize("page", [ENGLISH, CHINESE], ids=["en", "zh"])


def files(page: Path) -> dict[str, str]:
    """Return the files that a page shows, and what it shows of them."""
    return dict(_FILE.findall(page.read_text(encoding="utf-8")))


def outline(page: Path) -> list[str]:
    """Return the levels of a page's headings and the columns of its tables."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line.startswith(("#", "|"))]
    return [
        line.split()[0] if line.startswith("#") else "|" * line.count("|")
        for line in lines
    ]


@pages
@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.name)
def test_every_example_and_recipe_is_shown_as_it_is(page: Path, path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    assert files(page)[name] == path.read_text(encoding="utf-8")


@pages
def test_nothing_is_shown_that_is_not_there(page: Path) -> None:
    assert {ROOT / name for name in files(page)} == set(SHOWN)


@pages
def test_what_is_said_to_be_run_is_run(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    sections = {}
    parts = re.split(r"^###? (.+)$", _FENCE.sub("", text), flags=re.MULTILINE)[1:]
    for heading, prose in zip(parts[::2], parts[1::2], strict=True):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        sections[anchor] = re.findall(r"\(\.\./examples/([^)]+)\)", prose)
    said = {
        name: _RUN[how]
        for anchor, how in _ROW.findall(text)
        for name in sections[anchor]
    }
    run = {example.program for example in RUNNING.values()} | {EXAMPLE.name}
    assert said == {
        path.name: path.name in run for path in SHOWN if "examples" in path.parts
    }


def test_both_languages_have_the_same_shape() -> None:
    assert outline(ENGLISH) == outline(CHINESE)


def test_both_languages_have_the_same_code() -> None:
    english, chinese = (
        _FENCE.findall(page.read_text(encoding="utf-8")) for page in (ENGLISH, CHINESE)
    )
    assert english == chinese
