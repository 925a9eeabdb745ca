from __future__ import annotations

import numpy as np
import pytest

from benchmarks import rate
from benchmarks.rate import PARTS, Part, Rate
from shizi.ocr import weights
from shizi.ocr.sessions.library import opset


def parameter(*shape: int) -> object:
    return opset.parameter(list(shape), np.float32)


def kernel(*shape: int) -> object:
    return opset.constant(np.zeros(shape, np.float32))


PLACE = {"strides": [1, 1], "pads_begin": [0, 0], "pads_end": [0, 0]}


@pytest.mark.parametrize(
    ("operation", "products"),
    [
        pytest.param(
            opset.matmul(parameter(5, 3), kernel(3, 7), False, False),
            5 * 3 * 7,
            id="product",
        ),
        pytest.param(
            opset.convolution(
                parameter(1, 4, 8, 8), kernel(6, 4, 3, 3), **PLACE, dilations=[1, 1]
            ),
            6 * 6 * 6 * 4 * 9,
            id="convolution",
        ),
        pytest.param(
            opset.group_convolution(
                parameter(1, 4, 8, 8), kernel(4, 1, 1, 3, 3), **PLACE, dilations=[1, 1]
            ),
            4 * 6 * 6 * 9,
            id="depthwise",
        ),
        pytest.param(
            opset.convolution_backprop_data(
                parameter(1, 4, 8, 8), kernel(4, 6, 2, 2), strides=[2, 2]
            ),
            4 * 8 * 8 * 6 * 4,
            id="enlarging",
        ),
        pytest.param(opset.relu(parameter(5, 3)), 0, id="no product"),
    ],
)
def test_multiplications_are_counted(operation: object, products: int) -> None:
    assert rate._multiplications(operation) == products


def test_the_models_multiply_as_often_as_was_counted_by_hand() -> None:
    # 10 578 a pixel and 3.41 million a column.
    counts = [rate.count(part) for part in PARTS]
    assert counts[1] == pytest.approx(10578 * 960 * 960, rel=0.002)
    assert counts[3] == pytest.approx(3.41e6 * 640, rel=0.002)


def test_a_part_below_its_bar_is_told_with_where_its_time_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rate, "profile", lambda *_: {"Add (ref)": 900.0})
    parts = [
        Part("fast", weights.DETECTOR, (32, 32), 0.5),
        Part("slow", weights.DETECTOR, (32, 64), 0.5),
    ]
    rates = [Rate(8, 1.0), Rate(4, 1.0)]
    text = rate.tell(Rate(10, 1.0), parts, rates, "auto")
    assert "| fast, 32 x 32 | 0.00 | 1000.0 | 0 | 0.80 | 0.5 |" in text
    assert "slow, 64 x 32: operation (kernel)" in text
    assert "fast, 32 x 32: operation" not in text
    assert "| Add (ref) | 0.90 | 100.0% |" in text
