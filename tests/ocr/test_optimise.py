"""A recogniser in int8, made of the wheel's; run by `make int8-test`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from shizi.core.errors import ModelError
from shizi.core.image import decode_image
from shizi.ocr import optimise as subject
from shizi.ocr import shelf
from shizi.ocr.calibration import draw_pages, find_fonts
from shizi.ocr.engine import TextEngine
from shizi.ocr.optimise import optimise
from shizi.ocr.setup import Setup, choose_models
from shizi.ocr.shelf import Part
from tests.samples import SAMPLE, SAMPLE_LINES

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.int8


def run(folder: Path, *arguments: str, **settings: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "shizi", *arguments],
        env={**os.environ, "SHIZI_MODELS": str(folder), **settings},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the recogniser in int8, made by the command."""
    made = tmp_path_factory.mktemp("models")
    code, out, told = run(made, "models", "optimise")
    assert (code, out) == (0, ""), told
    assert re.search(r"recogniser small: \d+ of \d+ lines are read otherwise", told)
    assert {path.name for path in made.iterdir()} == {"int8"}
    return made


def test_what_is_there_is_not_made_again(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    code, _, told = run(folder, "models", "optimise")
    assert code == 0
    assert told.count("there already") == 1
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_int8_models_are_listed_with_their_checksums(folder: Path) -> None:
    rows = [row.split("\t") for row in run(folder, "models", "list")[1].splitlines()]
    found = {row[1]: row for row in rows if row[2] == "int8"}
    assert set(found) == {"recogniser"}
    for row in found.values():
        assert row[3] == shelf.digest_of(Path(row[5]))
        assert re.match(r"openvino [\d.]+, \d+ pages; \d+ of \d+ lines", row[4])


@pytest.mark.parametrize(
    "settings",
    [{}, {"SHIZI_PROFILE": "fast"}, {"SHIZI_PRECISION": "int8"}],
    ids=["balanced", "fast", "int8"],
)
def test_the_sample_is_read_in_int8(folder: Path, settings: dict[str, str]) -> None:
    code, told, _ = run(folder, "doctor", "--data", str(folder / "none"), **settings)
    assert code == 0
    assert "\nmodel recogniser small in int8: sha256 " in told
    assert re.search(r"\nsession: openvino on cpu, (f32|bf16) and int8, profile ", told)
    read = run(folder, "read", str(SAMPLE), **settings)[1]
    assert read.splitlines() == SAMPLE_LINES


def test_an_altered_int8_model_ends_the_start(folder: Path, tmp_path: Path) -> None:
    model = choose_models(Setup(profile="fast", models=folder))[Part.RECOGNISER].run
    place = tmp_path / "int8" / model.source
    place.mkdir(parents=True)
    for path in model.path.parent.iterdir():
        (place / path.name).write_bytes(path.read_bytes())
    with (place / "model.bin").open("r+b") as file:
        file.write(b"\x00" * 64)
    with pytest.raises(ModelError, match="SHA-256"):
        TextEngine(setup=Setup(profile="fast", models=tmp_path))


def pages(count: int) -> Sequence[np.ndarray]:
    drawn = draw_pages(count, find_fonts(), seed=3)
    return [decode_image(SAMPLE.read_bytes()), *drawn]


def test_a_model_that_reads_otherwise_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Shown noise alone it learns ranges that no page has.
    noise = np.random.default_rng(1).integers(0, 9, (1, 48, 320, 3), dtype=np.uint8)
    monkeypatch.setattr(subject, "_strips", lambda _engine, _pages: [noise] * 3)
    told: list[str] = []
    with pytest.raises(ModelError, match=r"lines are read otherwise, more than .* not"):
        optimise(Setup(models=tmp_path), pages(19), tell=told.append)
    assert told == ["recogniser small: quantising"]
    assert list(tmp_path.iterdir()) == []


def test_few_lines_tell_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    noise = np.zeros((1, 48, 320, 3), np.uint8)
    monkeypatch.setattr(subject, "_strips", lambda _engine, _pages: [noise])
    with pytest.raises(ModelError, match="are needed to tell"):
        optimise(Setup(models=tmp_path), pages(4), tell=print)
    assert list(tmp_path.iterdir()) == []
