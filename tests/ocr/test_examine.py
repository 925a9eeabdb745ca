"""What a file can be used for, told by files that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shizi.core.errors import ModelError
from shizi.ocr import weights
from shizi.ocr.examine import find_part
from shizi.ocr.shelf import Part

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real


@pytest.mark.parametrize(
    ("model", "part"),
    [(weights.DETECTOR, Part.DETECTOR), (weights.RECOGNISER, Part.RECOGNISER)],
)
def test_a_model_is_told_by_what_it_gives(model: weights.ModelFile, part: Part) -> None:
    assert find_part(weights.find_model(model)) is part


def test_a_model_that_gives_something_else_is_refused() -> None:
    path = weights.find_model(weights.DETECTOR)
    other = path.with_name("ch_ppocr_mobile_v2.0_cls_mobile.onnx")
    with pytest.raises(ModelError, match=r"must give \(1, 1, 64, 96\), and gives"):
        find_part(other)


def test_a_recogniser_whose_characters_are_not_its_classes_is_refused(
    tmp_path: Path,
) -> None:
    data = weights.find_model(weights.DETECTOR).read_bytes()
    # A protobuf may be written on: a further entry of its metadata.
    entry = b"\x0a\x09character\x12\x03a\nb"
    path = tmp_path / "model.onnx"
    path.write_bytes(data + b"\x72" + bytes([len(entry)]) + entry)
    with pytest.raises(ModelError, match="as a recogniser"):
        find_part(path)


@pytest.mark.parametrize(
    "data", [b"", b"no model", b"\x0a\xff\xff\xff\xff\x0f", b"\xff"]
)
def test_a_file_that_is_no_model_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"cannot load model\.onnx"):
        find_part(path)
