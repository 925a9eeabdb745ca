"""The page on reading files, whose examples run, and the reference of the commands."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.commands import render
from tests.running import NULL, Running, serving, shizi
from tests.samples import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PAGE, CHINESE = ROOT / "docs" / "read.md", ROOT / "docs" / "read.zh-CN.md"

_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = _BLOCK.findall(PAGE.read_text("utf-8"))


def test_the_reference_tells_every_command_and_option() -> None:
    written = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert written == render(), "python -m tests.commands > docs/commands.md"


def test_both_languages_show_the_same() -> None:
    english, chinese = PAGE.read_text("utf-8"), CHINESE.read_text("utf-8")
    assert _BLOCK.findall(chinese) == EXAMPLES
    for mark in (r"^#+ ", r"^\| "):
        counts = [
            len(re.findall(mark, page, re.MULTILINE)) for page in (english, chinese)
        ]
        assert counts[0] == counts[1]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("server") / "data"
    with serving(data, program=NULL) as running:
        shizi("app", "add", "t", "--id", "APPID", "--secret", "...", "--data", data)
        yield running


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the examples read, and a `shizi` that reads nothing."""
    folder = tmp_path_factory.mktemp("place")
    for name in ("page.jpg", "scans/a.jpg", "scans/a.png", "scans/2024/a.jpg"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (60, 40), "white").save(path)
    with Image.open(SAMPLE) as sample:
        sample.save(folder / "report.pdf", resolution=150)
    programs = folder / "bin"
    programs.mkdir()
    for name, module in (("shizi", "tests.null_server"), ("ocrmypdf", "ocrmypdf")):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -m {module} "$@"\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return folder


@pytest.mark.real
@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_runs(example: str, place: Path, server: Running) -> None:
    done = subprocess.run(
        ["bash", "-e", "-c", example.replace("https://ocr.example.com", server.url)],
        cwd=place,
        env={
            **os.environ,
            "PATH": f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    # The null engine finds no licence.
    wanted = 1 if "--card vehicle-licence" in example else 0
    assert done.returncode == wanted, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.real
def test_names_are_as_the_page_says(place: Path) -> None:
    out = place / "named"
    subprocess.run(
        [sys.executable, "-m", "tests.null_server", "read", "-r", place / "scans",
         "-o", out],
        check=True, capture_output=True, cwd=ROOT, timeout=60,
    )  # fmt: skip
    assert (out / "2024" / "a.jpg.txt").is_file()
    assert (out / "a.png.txt").is_file()
    shutil.rmtree(out)
