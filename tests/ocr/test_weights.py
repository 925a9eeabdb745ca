from __future__ import annotations

import pytest

from shizi.core.errors import ModelError
from shizi.ocr import weights


@pytest.mark.parametrize("model", weights.MODELS, ids=lambda model: model.name)
def test_each_model_of_the_wheel_is_the_expected_one(model: weights.ModelFile) -> None:
    assert weights.find_model(model).name == model.name


def test_an_altered_model_is_refused_with_both_checksums_named() -> None:
    altered = weights.ModelFile(weights.DETECTOR.name, "0" * 64)
    with pytest.raises(ModelError, match=r"SHA-256 090f04abcd9d\.\.\. is not 000000"):
        weights.find_model(altered)


def test_a_missing_model_is_named() -> None:
    with pytest.raises(ModelError, match=r"none\.onnx: cannot be read"):
        weights.find_model(weights.ModelFile("none.onnx", "0" * 64))


def test_the_charset_has_blank_first_space_last_and_one_character_each() -> None:
    charset = weights.read_charset(weights.find_model(weights.RECOGNISER))
    assert (len(charset), charset[0], charset[1], charset[-1]) == (18710, "", "!", " ")
    assert {"识", "字", "0", "A"} <= set(charset)


def test_a_model_without_characters_is_refused() -> None:
    with pytest.raises(ModelError, match="no character list"):
        weights.read_charset(weights.find_model(weights.DETECTOR))
