"""Graphs that say the same with less work: exact rewritings of PP-OCR's models.

Each looks for a pattern and leaves a graph alone that does not have it. Measured on the
detector of PP-OCRv6 small at 736 x 1312, one thread: 101 ms as it comes, 92 rewritten.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from shizi.ocr.sessions.library import openvino as _ov
from shizi.ocr.sessions.library import opset as _op
from shizi.ocr.sessions.library import transformations as _transformations

# Doubling of a side, as a transposed convolution's strides or a kernel's sides.
_TWICE = [2, 2]


def simplify(model: Any) -> Any:  # noqa: ANN401 - no types
    """Return a model without its last sigmoid or softmax, and with less work."""
    last = model.output(0).get_node().input_value(0)
    while _is(last.get_node(), "Identity", "Sigmoid", "Softmax"):
        last = last.get_node().input_value(0)
    model = _ov.Model([last], model.get_parameters())
    # GELU becomes one operation only here; the CPU plug-in does not look for it.
    _transformations.apply_moc_transformations(model, cf=True)
    _join_gates(model)
    return _flatten_enlarging(model)


def part_head(model: Any) -> tuple[Any, Any]:  # noqa: ANN401 - no types
    """Return a model without its last full layer, and that layer as a model.

    A model that does not end in one comes back whole, with nothing.
    """
    layer = find_head(model)
    if layer is None:
        return model, None
    bias = _source(model.get_result())
    # Of a quantised layer the rounding of what it is given is a part.
    first = _source(layer) if _is(_source(layer), "FakeQuantize") else layer
    inner = first.input_value(0)
    features = _op.parameter(inner.get_partial_shape(), _ov.Type.f32)
    first.input(0).replace_source_output(features.output(0))
    head = _ov.Model([bias.output(0)], [features])
    return _ov.Model([inner], model.get_parameters()), head


def find_head(model: Any) -> Any:  # noqa: ANN401 - no types
    """Return the last full layer of a model that ends in one, or nothing."""
    bias = _source(model.get_result())
    layer = _source(bias) if _is(bias, "Add") else bias
    weights = _source(layer, 1) if _is(layer, "MatMul") else None
    if weights is None or not _is(weights, "Constant", "Convert", "FakeQuantize"):
        return None
    return layer


def _join_gates(model: Any) -> None:  # noqa: ANN401 - no types
    """Make x + x * gate, with a hard sigmoid as the gate, one product."""
    for node in model.get_ordered_ops():
        if not _is(node, "Add"):
            continue
        x, product = node.input_value(0), _source(node, 1)
        if not _is(product, "Multiply") or product.input_value(0) != x:
            continue
        gate = _source(product, 1)
        if not _is(gate, "HardSigmoid"):
            continue
        slope, start = (float(_constant(_source(gate, at))) for at in (1, 2))
        line = _op.add(
            _op.multiply(gate.input_value(0), np.float32(slope)), np.float32(start + 1)
        )
        node.output(0).replace(_op.multiply(x, _op.clamp(line, 1.0, 2.0)).output(0))


def _flatten_enlarging(model: Any) -> Any:  # noqa: ANN401 - no types
    """Return a detector whose two last enlargings are worked out before enlarging.

    A transposed convolution that doubles the sides without overlap gives four pixels
    for one: a plain 1 x 1 convolution gives them as channels. Two of them in a row give
    sixteen, which are laid out as pixels at the very end.
    """
    last = _enlarging(_source(model.get_result()))
    middle = last and _source(last[0])
    first = _enlarging(_source(middle)) if middle and _is(middle, "Relu") else None
    if not last or not first:
        return model
    (outer, bias), (inner, inner_bias) = last, first
    kernel, inner_kernel = (_constant(_source(each, 1)) for each in (outer, inner))
    inputs, channels = inner_kernel.shape[:2]
    if kernel.shape[1] != 1:
        return model
    # (in, out, 2, 2) to (2 * 2 * out, in): which pixel of the four, then the channel.
    flat = inner_kernel.transpose(2, 3, 1, 0).reshape(4 * channels, inputs, 1, 1)
    x = _convolve(inner.input_value(0), flat, np.tile(inner_bias, 4))
    # Pixel (2 a + c, 2 b + d) of sixteen comes from pixel (a, b) of four.
    wide = np.zeros((2, 2, 2, 2, 4, channels), np.float32)
    for row, column in np.ndindex(2, 2):
        place = 2 * row + column
        wide[row, :, column, :, place] = kernel[:, 0].transpose(1, 2, 0)
    flat = wide.reshape(16, 4 * channels, 1, 1)
    x = _convolve(_op.relu(x), flat, np.tile(bias, 16))
    pixels = _op.depth_to_space(x, "blocks_first", 4)
    return _ov.Model([pixels], model.get_parameters())


def _enlarging(node: Any) -> tuple[Any, Any] | None:  # noqa: ANN401 - no types
    """Return a transposed convolution by two and its bias, if a node ends one."""
    if not _is(node, "Add") or not _is(_source(node, 1), "Constant", "Convert"):
        return None
    convolution = _source(node)
    if not _is(convolution, "ConvolutionBackpropData"):
        return None
    sides = list(_constant(_source(convolution, 1)).shape[2:])
    if sides != _TWICE or list(convolution.get_attributes()["strides"]) != _TWICE:
        return None
    return convolution, _constant(_source(node, 1)).ravel()


def _convolve(x: Any, kernel: Any, bias: Any) -> Any:  # noqa: ANN401 - no types
    """Return a 1 x 1 convolution with a bias."""
    kernel = np.ascontiguousarray(kernel, np.float32)
    whole = _op.convolution(x, kernel, [1, 1], [0, 0], [0, 0], [1, 1])
    return _op.add(whole, np.asarray(bias, np.float32).reshape(1, -1, 1, 1))


def _constant(node: Any) -> Any:  # noqa: ANN401 - no types
    """Return the numbers of a constant."""
    return (_source(node) if _is(node, "Convert") else node).get_data()


def _source(node: Any, number: int = 0) -> Any:  # noqa: ANN401 - no types
    """Return what gives a node its input of a number."""
    return node.input_value(number).get_node()


def _is(node: Any, *kinds: str) -> bool:  # noqa: ANN401 - no types
    """Return whether a node is of one of some kinds."""
    return node.get_type_name() in kinds
