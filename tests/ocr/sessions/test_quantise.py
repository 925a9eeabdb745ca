"""Layers in int8: which are taken, in what range, and what is left as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from shizi.core.errors import EngineError
from shizi.ocr import weights
from shizi.ocr.sessions import quantise as subject
from shizi.ocr.sessions.library import openvino, opset
from shizi.ocr.sessions.openvino import Session, prepare
from shizi.ocr.sessions.quantise import quantise
from shizi.ocr.sessions.rewrite import part_head

if TYPE_CHECKING:
    from pathlib import Path

CHANNELS, CLASSES = 64, 5


def convolve(x: object, kernel: np.ndarray, stride: int) -> object:
    padding = [kernel.shape[2] // 2] * 2
    return opset.convolution(x, kernel, [stride, stride], padding, padding, [1, 1])


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Give a small recogniser: a stem, two layers of many channels, classes."""
    random = np.random.default_rng(5)

    def weigh(*shape: int) -> np.ndarray:
        scale = np.sqrt(2 / np.prod(shape[1:]))
        return (random.normal(size=shape) * scale).astype(np.float32)

    picture = opset.parameter([1, 3, 48, -1], openvino.Type.f32)
    x = opset.relu(convolve(picture, weigh(CHANNELS, 3, 3, 3), 8))
    for _ in range(2):
        x = opset.relu(convolve(x, weigh(CHANNELS, CHANNELS, 1, 1), 1))
    x = opset.reduce_mean(x, np.array([2]))
    x = opset.transpose(x, np.array([0, 2, 1]))
    x = opset.matmul(x, weigh(CHANNELS, CLASSES), False, False)
    path = tmp_path / "model.xml"
    openvino.save_model(openvino.Model([x], [picture]), path, compress_to_fp16=False)
    return path


@pytest.fixture
def batches() -> list[np.ndarray]:
    random = np.random.default_rng(6)
    return [random.integers(0, 255, (1, 48, 64, 3), np.uint8) for _ in range(4)]


def quantised_layers(path: Path) -> list[str]:
    read = openvino.Core().read_model(path)
    return [
        node.get_friendly_name()
        for node in read.get_ordered_ops()
        if node.get_type_name() in {"Convolution", "MatMul"}
        and node.input_value(0).get_node().get_type_name() == "FakeQuantize"
    ]


def test_layers_of_many_channels_alone_become_int8(
    model: Path, batches: list[np.ndarray], tmp_path: Path
) -> None:
    files = quantise(model, batches, tmp_path / "made.xml")
    assert files == [tmp_path / "made.xml", tmp_path / "made.bin"]
    # The stem is not one of them; the last layer, which tells the classes, is.
    assert len(quantised_layers(files[0])) == 3
    session = Session(files[0], threads=1, precision="f32")
    assert session.precision == "int8"


def test_the_answers_stay_near(
    model: Path, batches: list[np.ndarray], tmp_path: Path
) -> None:
    made, _ = quantise(model, batches, tmp_path / "made.xml")
    plain = tmp_path / "plain.xml"
    openvino.save_model(prepare(openvino.Core().read_model(model)), plain)
    before, after = (
        Session(path, threads=1, precision="f32").run(batches[0]).copy()
        for path in (plain, made)
    )
    assert 0 < np.abs(after - before).max() < 0.05 * np.ptp(before)


def test_a_layer_that_spoils_the_answer_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
    model: Path,
    batches: list[np.ndarray],
    tmp_path: Path,
) -> None:
    told = iter([1.0, 0.0, 0.0])
    monkeypatch.setattr(subject, "_moved", lambda *_: next(told))
    made, _ = quantise(model, batches, tmp_path / "made.xml")
    assert len(quantised_layers(made)) == 2


def test_a_model_that_bears_no_int8_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    model: Path,
    batches: list[np.ndarray],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(subject, "_moved", lambda *_: 1.0)
    with pytest.raises(EngineError, match="no layer of the model bears int8"):
        quantise(model, batches, tmp_path / "made.xml")
    assert not (tmp_path / "made.xml").exists()


def test_the_wheels_recogniser_has_layers_that_are_worth_it() -> None:
    path = weights.find_model(weights.RECOGNISER)
    layers = subject._places(prepare(openvino.Core().read_model(path)))
    assert len(layers) == 29
    # Neither the stem nor the gates, which look at a whole strip at once.
    assert not {"Conv.0", "Conv.3", "Conv.6", "Conv.7"} & set(layers)


def test_the_quantised_last_layer_is_still_apart(
    model: Path, batches: list[np.ndarray], tmp_path: Path
) -> None:
    made, _ = quantise(model, batches, tmp_path / "made.xml")
    body, head = part_head(openvino.Core().read_model(made))
    assert head is not None
    for part, layers in ((head, 1), (body, 2)):
        kinds = [node.get_type_name() for node in part.get_ordered_ops()]
        assert kinds.count("FakeQuantize") == 2 * layers


def test_a_model_as_sure_as_before_has_not_moved(
    model: Path, batches: list[np.ndarray]
) -> None:
    plain = prepare(openvino.Core().read_model(model))
    expected = subject._margins(plain, batches)
    assert sum(len(each.steps) for each in expected) > 0
    assert all((each.margins >= 0).all() for each in expected)
    assert subject._moved(expected, plain, batches) == pytest.approx(0, abs=1e-5)
    shifted = [each._replace(margins=each.margins + 2) for each in expected]
    assert subject._moved(shifted, plain, batches) == pytest.approx(2, abs=1e-3)


def test_a_model_that_sees_no_character_has_not_moved(
    model: Path, batches: list[np.ndarray]
) -> None:
    plain = prepare(openvino.Core().read_model(model))
    nothing = [subject._Margin(np.empty(0, int), np.empty((0, 2), int), np.empty(0))]
    assert subject._moved(nothing, plain, batches[:1]) == 0
    assert subject._moved([], plain, []) == 0
