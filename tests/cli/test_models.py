"""Claims about `shizi models`, on the wheel's own files under other names."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from shizi.ocr import weights
from tests.cli.test_commands import run
from tests.samples import SAMPLE, SAMPLE_LINES

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

pytestmark = pytest.mark.real

RECOGNISER = weights.RECOGNISER


def models(folder: Path, *arguments: object, **settings: str) -> CompletedProcess[str]:
    settings = {"SHIZI_MODELS": str(folder / "models"), **settings}
    return run(*arguments, env={**os.environ, **settings}, cwd=folder)


def test_a_model_is_added_chosen_and_removed(tmp_path: Path) -> None:
    path = weights.find_model(RECOGNISER)
    done = models(
        tmp_path, "models", "add", "large", path, "--sha256", RECOGNISER.sha256.upper()
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("was added: SHIZI_RECOGNISER=large chooses it\n")
    listed = models(tmp_path, "models", "list", "--json")
    rows = {(row["name"], row["part"]): row for row in json.loads(listed.stdout)}
    assert set(rows) == {
        ("small", "detector"),
        ("small", "recogniser"),
        ("large", "recogniser"),
    }
    row = rows["large", "recogniser"]
    assert (row["sha256"], row["note"]) == (RECOGNISER.sha256, str(path))
    assert row["path"] == str(tmp_path / "models/added/large/model.onnx")
    read = models(tmp_path, "read", SAMPLE, SHIZI_RECOGNISER="large")
    assert read.stdout.splitlines() == SAMPLE_LINES
    assert models(tmp_path, "models", "remove", "large").returncode == 0
    gone = models(tmp_path, "read", SAMPLE, SHIZI_RECOGNISER="large")
    assert gone.returncode == 3
    assert "large: no model of this name was added" in gone.stderr


@pytest.mark.parametrize(
    ("name", "checksum", "code", "told"),
    [
        ("large", "0" * 64, 3, f"SHA-256 {RECOGNISER.sha256} is not 000000"),
        ("large", "0" * 63, 2, "64 digits"),
        ("../large", RECOGNISER.sha256, 3, "no name for a model"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    name: str, checksum: str, code: int, told: str, tmp_path: Path
) -> None:
    path = weights.find_model(RECOGNISER)
    done = models(tmp_path, "models", "add", name, path, "--sha256", checksum)
    assert done.returncode == code
    assert told in " ".join(done.stderr.split())
    folder = tmp_path / "models"
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_file_that_is_no_model_is_not_added(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    done = models(tmp_path, "models", "add", "a", "a.onnx", "--sha256", empty)
    assert done.returncode == 3
    assert "no model that can be run as a detector" in done.stderr
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"SHIZI_DEVICE": "gpu", "SHIZI_SESSION": "onnxruntime"}, "no device gpu"),
        ({"SHIZI_DEVICE": "cuda"}, "OpenVINO has no device cuda"),
        ({"SHIZI_DETECTOR": "absent"}, "absent: no model of this name was added"),
        ({"SHIZI_PRECISION": "int8"}, "there is no int8 model"),
    ],
)
def test_a_server_does_not_start_without_what_it_is_told_to_take(
    settings: dict[str, str], told: str, tmp_path: Path
) -> None:
    done = models(
        tmp_path, "serve", "--port", 0, "--data", tmp_path / "data", **settings
    )
    assert done.returncode == 3
    assert told in done.stderr
    assert "Traceback" not in done.stderr
