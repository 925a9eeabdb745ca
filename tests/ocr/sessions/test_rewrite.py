"""Claims about rewritten graphs; that real models say the same, test_sessions shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shizi.ocr.sessions.library import openvino as ov
from shizi.ocr.sessions.library import opset as op
from shizi.ocr.sessions.rewrite import part_head, simplify

pytestmark = pytest.mark.real


def run(model: Any, picture: np.ndarray) -> np.ndarray:
    compiled = ov.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.array(compiled(picture)[0])


def kinds(model: Any) -> list[str]:
    return [node.get_type_name() for node in model.get_ops()]


def picture(*shape: int) -> np.ndarray:
    return np.random.default_rng(3).normal(size=shape).astype(np.float32)


def enlarging(x: Any, inputs: int, outputs: int, stride: int = 2) -> Any:
    kernel = picture(inputs, outputs, stride, stride)
    whole = op.convolution_backprop_data(x, kernel, [stride, stride])
    return op.add(whole, picture(1, outputs, 1, 1))


def test_two_enlargings_become_one_layout_of_pixels() -> None:
    x = op.parameter([1, 3, -1, -1], np.float32)
    y = op.sigmoid(enlarging(op.relu(enlarging(x, 3, 5)), 5, 1))
    plain = ov.Model([y], [x])
    seen = picture(1, 3, 4, 6)
    before = run(plain, seen)
    after = simplify(plain)
    assert "ConvolutionBackpropData" not in kinds(after)
    assert np.allclose(1 / (1 + np.exp(-run(after, seen))), before, atol=1e-5)


@pytest.mark.parametrize(("outputs", "stride"), [(2, 2), (1, 3)])
def test_other_enlargings_stay(outputs: int, stride: int) -> None:
    x = op.parameter([1, 3, -1, -1], np.float32)
    y = enlarging(op.relu(enlarging(x, 3, 5)), 5, outputs, stride)
    after = simplify(ov.Model([op.sigmoid(y)], [x]))
    assert kinds(after).count("ConvolutionBackpropData") == 2


def test_a_gate_added_to_what_it_gates_is_one_product() -> None:
    x = op.parameter([1, 3, -1, -1], np.float32)
    pooled = op.reduce_mean(x, np.array([2, 3]), keep_dims=True)
    gate = op.hard_sigmoid(pooled, np.float32(0.2), np.float32(0.5))
    y = op.sigmoid(op.add(x, op.multiply(x, gate)))
    plain = ov.Model([y], [x])
    seen = picture(1, 3, 4, 6) * 5
    before = run(plain, seen)
    after = simplify(plain)
    assert "HardSigmoid" not in kinds(after)
    assert np.allclose(1 / (1 + np.exp(-run(after, seen))), before, atol=1e-5)


def test_a_last_full_layer_is_a_model_of_its_own() -> None:
    x = op.parameter([1, -1, 4], np.float32)
    layer = op.matmul(op.relu(x), picture(4, 7), False, False)
    plain = ov.Model([op.add(layer, picture(1, 1, 7))], [x])
    seen = picture(1, 5, 4)
    before = run(plain, seen)
    body, head = part_head(plain)
    assert np.allclose(run(head, run(body, seen)), before, atol=1e-5)


def test_a_model_that_ends_otherwise_stays_whole() -> None:
    x = op.parameter([1, -1, 4], np.float32)
    plain = ov.Model([op.relu(x)], [x])
    assert part_head(plain) == (plain, None)
