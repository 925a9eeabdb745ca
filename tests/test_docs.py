"""The documents tell what the program does."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from shizi.settings import Settings

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "src" / "shizi" / "samples" / "page.jpg"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def code_blocks(page: Path) -> list[tuple[str, str]]:
    """Return the language and the text of each fenced block."""
    return _FENCE.findall(page.read_text(encoding="utf-8"))


def examples() -> list:
    """Return the Python blocks of the pages that a newcomer opens first."""
    pages = (ROOT / "README.md", ROOT / "docs" / "quickstart.md")
    return [
        pytest.param(code, id=f"{page.name}-{number}")
        for page in pages
        for number, (language, code) in enumerate(code_blocks(page))
        if language == "python"
    ]


def links() -> list:
    """Return each relative link of every page."""
    return [
        pytest.param(page, target, id=f"{page.name}-{target}")
        for page in PAGES
        for target in sorted(set(_LINK.findall(_prose(page))))
        if "://" not in target and not target.startswith("mailto:")
    ]


def anchors(page: Path) -> set[str]:
    """Return the fragments that a page's headings can be linked by."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in _HEADING.findall(_prose(page))
    }


def _prose(page: Path) -> str:
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("field", sorted(Settings.model_fields))
def test_every_setting_is_documented(field):
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert f"| `{field}` | `SHIZI_{field.upper()}` |" in text


def test_no_setting_is_documented_that_is_not_there():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`SHIZI_([A-Z_]+)`", text))
    assert named <= {field.upper() for field in Settings.model_fields}


def test_both_readmes_have_the_same_code():
    chinese = code_blocks(ROOT / "README.zh-CN.md")
    assert code_blocks(ROOT / "README.md") == chinese


def test_both_readmes_have_the_same_number_of_headings():
    counts = {
        len(_HEADING.findall(_prose(ROOT / name)))
        for name in ("README.md", "README.zh-CN.md")
    }
    assert len(counts) == 1


@pytest.mark.parametrize(("page", "target"), links())
def test_a_link_leads_somewhere(page, target):
    path, _, anchor = target.partition("#")
    goal = (page.parent / path).resolve() if path else page
    assert goal.exists()
    assert not anchor or anchor in anchors(goal)


@pytest.mark.parametrize("tool", ["accuracy", "bench", "folder", "soak"])
def test_the_tables_of_figures_have_their_place(tool):
    text = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    begin, end = f"<!-- {tool}:begin -->", f"<!-- {tool}:end -->"
    assert text.count(begin) == text.count(end) == 1
    assert text.index(begin) < text.index(end)


@pytest.mark.real
@pytest.mark.parametrize("code", examples())
def test_a_python_example_runs(code, tmp_path):
    shutil.copy(SAMPLE, tmp_path / "page.jpg")
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip()


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    names = {
        re.match(r"[\w-]+", requirement).group()
        for requirements in (project["project"]["dependencies"], *extras.values())
        for requirement in requirements
    }
    text = (ROOT / "docs" / "why.md").read_text(encoding="utf-8")
    assert names == set(re.findall(r"^\| ([a-z][\w-]+) \| .", text, re.MULTILINE))
