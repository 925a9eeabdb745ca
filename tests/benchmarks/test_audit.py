from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks import audit

if TYPE_CHECKING:
    from collections.abc import Callable

CLEAN = {"name": "a", "version": "1", "vulns": []}
HOLED = {
    "name": "b",
    "version": "2",
    "vulns": [{"id": "X-1", "fix_versions": ["3"]}, {"id": "X-2", "fix_versions": []}],
}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found"}


@pytest.fixture
def ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return how an audit ends when pip-audit prints something."""

    def run(printed: str, words: str = "") -> int:
        program = tmp_path / "pip-audit"
        program.write_text(
            f"#!{sys.executable}\nimport sys\n"
            f"sys.stdout.write({printed!r}); sys.stderr.write({words!r}); sys.exit(1)\n"
        )
        program.chmod(0o700)
        monkeypatch.setattr(sys, "argv", ["audit", "--program", str(program), "a.lock"])
        return audit.main()

    return run


@pytest.mark.parametrize(
    ("packages", "status", "told"),
    [
        ([CLEAN], 0, "1 packages, 0 known holes, 0 without an answer"),
        ([CLEAN, HOLED], 1, "b 2: X-1, mended in 3"),
        ([HOLED, SKIPPED], 1, "b 2: X-2, mended in no version"),
        ([CLEAN, SKIPPED], 2, "2 packages, 0 known holes, 1 without an answer"),
    ],
)
def test_holes_and_missing_answers_are_told_apart(
    ending: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    packages: list[object],
    status: int,
    told: str,
) -> None:
    printed = json.dumps({"dependencies": packages, "fixes": []})
    assert ending(printed) == status
    written = capsys.readouterr()
    assert told in written.out
    assert ("No index" in written.err) is (status == 2)


@pytest.mark.parametrize("words", ["", "WARNING: a\nERROR: no connection\n"])
def test_a_program_that_tells_nothing_is_no_clean_audit(
    ending: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    words: str,
) -> None:
    assert ending("", words) == 2
    told = words.splitlines()[-1] if words else "it ended with 1"
    assert f"nothing is known: {told}" in capsys.readouterr().out


def test_every_lock_of_the_project_is_asked_about() -> None:
    root = Path(__file__).parents[2]
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    asked = makefile.partition("\naudit:")[2].partition("\n\n")[0]
    locks = {path.name for path in root.glob("requirements*.lock")}
    assert "$(wildcard requirements*.lock)" in asked
    assert "requirements.lock" in locks
