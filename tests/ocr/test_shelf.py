from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from shizi.core.errors import ModelError
from shizi.ocr import shelf, weights
from shizi.ocr.shelf import About, Part

if TYPE_CHECKING:
    from pathlib import Path


def put(folder: Path, name: str, part: Part = Part.DETECTOR) -> Path:
    """Add a file that says its name, and return where it is then."""
    with shelf.staging(folder) as made:
        file = made / "model.onnx"
        file.write_text(name)
        shelf.place_added(
            folder, made, About(part, name, {file.name: shelf.digest_of(file)}, "made")
        )
    return folder / "added" / name / "model.onnx"


def put_int8(folder: Path, model: shelf.Model, *, text: str = "int8") -> Path:
    with shelf.staging(folder) as made:
        files = [made / "model.xml", made / "model.bin"]
        for file in files:
            file.write_text(text + file.name)
        sums = {file.name: shelf.digest_of(file) for file in files}
        about = About(model.part, model.name, sums, "made", key=f"key of {text}")
        shelf.place_int8(folder, made, model, about)
    return folder / "int8" / model.sha256 / "model.xml"


@pytest.mark.parametrize("part", Part)
def test_the_wheels_models_need_no_folder(part: Part, tmp_path: Path) -> None:
    model = shelf.find(tmp_path / "none", part, shelf.WHEEL)
    assert model.path.name in {each.name for each in weights.MODELS}
    assert shelf.find_int8(tmp_path / "none", model) is None
    assert not (tmp_path / "none").exists()


def test_an_added_model_is_found_by_its_name(tmp_path: Path) -> None:
    path = put(tmp_path, "large")
    model = shelf.find(tmp_path, Part.DETECTOR, "large")
    assert (model.path, model.part, model.note) == (path, Part.DETECTOR, "made")
    assert model.sha256 == shelf.digest_of(path)


def test_a_model_is_replaced_as_a_whole(tmp_path: Path) -> None:
    put(tmp_path, "large")
    put(tmp_path, "large", Part.RECOGNISER)
    assert shelf.find(tmp_path, Part.RECOGNISER, "large").part is Part.RECOGNISER
    assert [path.name for path in tmp_path.iterdir()] == ["added"]


def test_a_model_is_taken_for_what_it_does_alone(tmp_path: Path) -> None:
    put(tmp_path, "large")
    with pytest.raises(ModelError, match="large: the model is a detector, not a rec"):
        shelf.find(tmp_path, Part.RECOGNISER, "large")


def test_a_name_that_nobody_added_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="large: no model of this name was added"):
        shelf.find(tmp_path, Part.RECOGNISER, "large")
    with pytest.raises(ModelError, match="large: no model of this name was added"):
        shelf.remove(tmp_path, "large")


@pytest.mark.parametrize(
    "name", ["", "..", "a/b", "/etc", "A", ".new", "small", "a" * 65, "識", "a\n"]
)
def test_a_name_leads_nowhere_else(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no name for a model"):
        shelf.check_name(name)
    with pytest.raises(ModelError, match="is no name for a model"):
        shelf.remove(tmp_path, name)


def test_an_altered_file_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "large").write_text("other")
    with pytest.raises(ModelError, match=r"large: SHA-256 d9298a10d1b0\.\.\. of .* is"):
        shelf.find(tmp_path, Part.DETECTOR, "large")
    with pytest.raises(ModelError, match="SHA-256"):
        shelf.find_all(tmp_path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    put(tmp_path, "large").unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        shelf.find(tmp_path, Part.DETECTOR, "large")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"part": "nose", "name": "", "files": {}, "note": ""}']
)
def test_damaged_notes_are_told(text: str, tmp_path: Path) -> None:
    path = put(tmp_path, "large")
    path.with_name("about.json").write_text(text)
    with pytest.raises(ModelError, match=r"about\.json is damaged"):
        shelf.find(tmp_path, Part.DETECTOR, "large")


def test_an_int8_model_is_found_by_what_it_was_made_of(tmp_path: Path) -> None:
    put(tmp_path, "large")
    model = shelf.find(tmp_path, Part.DETECTOR, "large")
    assert (shelf.find_int8(tmp_path, model), shelf.int8_key(tmp_path, model)) == (
        None,
        "",
    )
    path = put_int8(tmp_path, model)
    made = shelf.find_int8(tmp_path, model)
    assert made is not None
    assert (made.path, made.source) == (path, model.sha256)
    assert shelf.int8_key(tmp_path, model) == "key of int8"
    put_int8(tmp_path, model, text="again")
    assert shelf.int8_key(tmp_path, model) == "key of again"


def test_each_file_of_an_int8_model_is_compared(tmp_path: Path) -> None:
    model = shelf.find(tmp_path, Part.DETECTOR, shelf.WHEEL)
    path = put_int8(tmp_path, model)
    path.with_suffix(".bin").write_text("other")
    with pytest.raises(ModelError, match=r"model\.bin is not"):
        shelf.find_int8(tmp_path, model)


def test_all_models_are_listed(tmp_path: Path) -> None:
    put(tmp_path, "large")
    put_int8(tmp_path, shelf.find(tmp_path, Part.DETECTOR, "large"))
    names = [(model.name, bool(model.source)) for model in shelf.find_all(tmp_path)]
    assert names == [
        ("small", False),
        ("small", False),
        ("large", False),
        ("large", True),
    ]


def test_a_model_is_removed_with_what_was_made_of_it(tmp_path: Path) -> None:
    put(tmp_path, "large")
    put(tmp_path, "larger")
    put_int8(tmp_path, shelf.find(tmp_path, Part.DETECTOR, "large"))
    shelf.remove(tmp_path, "large")
    assert [model.name for model in shelf.find_all(tmp_path)][2:] == ["larger"]


def test_what_was_not_placed_leaves_nothing_behind(tmp_path: Path) -> None:
    with shelf.staging(tmp_path) as made:
        (made / "model.onnx").touch()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(ModelError, match="cannot be written"),
        shelf.staging(tmp_path / "file" / "models"),
    ):
        pass
    assert shelf.find_all(tmp_path / "file" / "models")


def test_the_folder_is_in_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache")
    assert str(shelf.default_folder()) == "/var/cache/shizi/models"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    assert str(shelf.default_folder()) == "/home/me/.cache/shizi/models"


def test_the_notes_are_json_that_a_person_can_read(tmp_path: Path) -> None:
    path = put(tmp_path, "large")
    told = json.loads(path.with_name("about.json").read_text())
    assert (told["part"], told["name"]) == ("detector", "large")
