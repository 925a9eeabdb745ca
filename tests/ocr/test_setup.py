from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from shizi.core.errors import EngineError, ModelError
from shizi.ocr import shelf
from shizi.ocr.setup import Setup, choose_models
from shizi.ocr.shelf import Part
from tests.ocr.test_shelf import put, put_int8

if TYPE_CHECKING:
    from pathlib import Path


def test_a_setup_travels_to_another_process(tmp_path: Path) -> None:
    setup = Setup(profile="fast", models=tmp_path)
    assert pickle.loads(pickle.dumps(setup)) == setup


@pytest.mark.parametrize(("name", "value"), [("profile", "quick"), ("precision", "f8")])
def test_a_name_that_stands_for_nothing_is_refused(name: str, value: str) -> None:
    with pytest.raises(EngineError, match=f"{name}: '{value}' is none of"):
        Setup(**{name: value})


def test_the_models_of_the_wheel_are_run_as_they_are(tmp_path: Path) -> None:
    chosen = choose_models(Setup(models=tmp_path))
    assert [each.told for each in chosen.values()] == [
        "detector small",
        "recogniser small",
    ]
    assert all(each.run is each.source for each in chosen.values())


def test_added_models_are_run_by_their_names(tmp_path: Path) -> None:
    path = put(tmp_path, "large")
    chosen = choose_models(Setup(detector="large", models=tmp_path))
    assert chosen[Part.DETECTOR].run.path == path
    assert chosen[Part.RECOGNISER].told == "recogniser small"


@pytest.mark.parametrize(
    ("setup", "is_int8"),
    [
        ({"profile": "fast"}, True),
        ({"precision": "int8"}, True),
        ({"profile": "exact", "precision": "int8"}, True),
        ({"profile": "balanced"}, True),
        ({"profile": "exact"}, False),
        ({"profile": "fast", "precision": "f32"}, False),
        ({"profile": "fast", "precision": "bf16"}, False),
        ({"profile": "fast", "session": "onnxruntime"}, False),
    ],
)
def test_int8_models_are_run_where_they_are_wanted_and_there(
    setup: dict[str, str], is_int8: bool, tmp_path: Path
) -> None:
    path = put_int8(tmp_path, shelf.find(tmp_path, Part.RECOGNISER, shelf.WHEEL))
    chosen = choose_models(Setup(**setup, models=tmp_path))
    run = chosen[Part.RECOGNISER].run
    assert (run.path == path) is is_int8
    assert chosen[Part.RECOGNISER].source.path.suffix == ".onnx"
    assert chosen[Part.DETECTOR].told == "detector small"


def test_int8_that_is_asked_for_must_be_there(tmp_path: Path) -> None:
    assert choose_models(Setup(profile="fast", models=tmp_path))
    with pytest.raises(ModelError, match=r"no int8 model in .*: shizi models optimise"):
        choose_models(Setup(precision="int8", models=tmp_path))
