"""A recogniser in int8, layer by layer: what `shizi models optimise` is built on.

Only 1 x 1 convolutions of many channels are quantised, four fifths of the recogniser's
work, and of these only the ones that bear it, each tried alone. In PP-OCRv6 small they
are 28; on 191 drawn lines the probabilities of the characters diverge by 0 to 17
thousandths of a nat. The layers of its stem, left out at once, did by 17 to 60 on other
lines: quantised with all others they cost 1.3 to 3.2 points of whole lines.
"""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from shizi.core.errors import EngineError
from shizi.ocr.sessions.library import openvino as _ov
from shizi.ocr.sessions.library import opset as _op
from shizi.ocr.sessions.openvino import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Run = Callable[[NDArray[np.uint8]], Sequence[NDArray[np.float32]]]

# Channels in and out of a layer that is worth it; fewer are the stem's.
_LEAST_CHANNELS = 64
# Nats by which the probabilities of a character may diverge by one layer; 18 of 28 stay
# below. Of 2 143 real lines 3 are gained and 8 lost by them; 6 and 16 by the 25 below
# .01, which save twice as much.
_MOST_SPOILT = 0.005
# Strips that a layer is tried on, and numbers of each strip that its range is told by.
_TRIED, _SAMPLED = 96, 2000
# Steps of u8 numbers between a layer's least and greatest, of symmetric i8 weights.
_STEPS, _WEIGHT_STEPS = 255, 254
# Shares of the whole range that are tried: narrower ones cut off what is rare and tell
# finer what is common.
_SHARES: NDArray[np.float64] = np.linspace(0.4, 1.0, 25)
_WEIGHT_SHARES: NDArray[np.float64] = np.linspace(0.7, 1.0, 13)
# Weights of a channel that gives nothing still have a range.
_LEAST_WEIGHT = 1e-6


class _Range(NamedTuple):
    """What the numbers that a layer is given lie between."""

    low: float
    high: float


def versions() -> str:
    """Return the version of what makes int8 models."""
    return f"openvino {metadata.version('openvino')}"


def quantise(
    source: Path, batches: Sequence[NDArray[np.uint8]], target: Path
) -> list[Path]:
    """Write a recogniser in int8, and return its files, the one to load first.

    The graph is rewritten as it will be run before it is quantised: GELU is one
    operation then, and goes into the layer before it.

    Args:
        source: An ONNX file with one row of classes a step, the blank first.
        batches: What the model is shown: uint8, (1, 48, W, 3), RGB.
        target: Where to write, a name that ends in .xml.

    Raises:
        EngineError: OpenVINO fails on the model, or no layer of it bears int8.
    """
    try:
        model = prepare(_ov.Core().read_model(source))
        ranges = _find_ranges(model, batches)
        kept = _find_hardy(model, ranges, batches[:: -(-len(batches) // _TRIED)])
        if not kept:
            message = f"{source.name}: no layer of the model bears int8"
            raise EngineError(message)
        _ov.save_model(_quantised(model, kept), target, compress_to_fp16=False)
    except RuntimeError as error:
        message = f"OpenVINO cannot quantise {source.name}"
        raise EngineError(message) from error
    return [target, target.with_suffix(".bin")]


def _layers(model: Any, names: Iterable[str] | None = None) -> dict[str, Any]:  # noqa: ANN401 - no types
    """Return layers by their names: some, or all that are worth quantising."""
    found = {
        node.get_friendly_name(): node
        for node in model.get_ordered_ops()
        if node.get_type_name() == "Convolution"
    }
    if names is not None:
        return {name: found[name] for name in names}
    return {name: node for name, node in found.items() if _is_worth_it(node)}


def _is_worth_it(node: Any) -> bool:  # noqa: ANN401 - no types
    """Return whether a convolution is one of many channels at each of many places."""
    outputs, inputs, height, width = node.input_value(1).get_shape()
    sides = list(node.get_output_partial_shape(0))[2:]
    is_squeezed = all(side.is_static and side.get_length() == 1 for side in sides)
    return (
        (height, width) == (1, 1)
        and min(inputs, outputs) >= _LEAST_CHANNELS
        and not is_squeezed
    )


def _run(model: Any) -> Run:  # noqa: ANN401 - no types
    """Return what runs a model in f32; its results last until the next run."""
    options = {"INFERENCE_PRECISION_HINT": "f32", "ENABLE_CPU_PINNING": False}
    request = _ov.Core().compile_model(model, "CPU", options).create_infer_request()

    def run(batch: NDArray[np.uint8]) -> Sequence[NDArray[np.float32]]:
        request.infer({0: batch}, share_inputs=True, share_outputs=True)
        return [each.data for each in request.output_tensors]

    return run


def _find_ranges(
    model: Any,  # noqa: ANN401 - no types
    batches: Sequence[NDArray[np.uint8]],
) -> dict[str, _Range]:
    """Return what each layer that is worth it is given."""
    layers = _layers(model)
    if not layers:
        return {}
    inputs = [node.input_value(0) for node in layers.values()]
    run = _run(_ov.Model(inputs, model.get_parameters()))
    chosen = np.random.default_rng(0)
    seen: dict[str, list[NDArray[np.float32]]] = {name: [] for name in layers}
    for batch in batches:
        for parts, given in zip(seen.values(), run(batch), strict=True):
            some = chosen.choice(given.ravel(), _SAMPLED)
            parts.append(np.append(some, [given.min(), given.max()]))
    return {name: _range_of(np.concatenate(parts)) for name, parts in seen.items()}


def _range_of(numbers: NDArray[np.float32]) -> _Range:
    """Return the range that tells numbers in 256 steps with the least squared error.

    Nought is one of the steps, as the library wants it.
    """
    best, least = _Range(0.0, 1.0), np.inf
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    for share in _SHARES:
        step = max(high - low, _LEAST_WEIGHT) * share / _STEPS
        nought = round(-low * share / step)
        told = np.clip(np.rint(numbers / step) + nought, 0, _STEPS) - nought
        error = float(np.square(told * step - numbers).mean())
        if error < least:
            best, least = _Range(-nought * step, (_STEPS - nought) * step), error
    return best


def _find_hardy(
    model: Any,  # noqa: ANN401 - no types
    ranges: Mapping[str, _Range],
    batches: Sequence[NDArray[np.uint8]],
) -> dict[str, _Range]:
    """Return the layers that may be quantised, each tried alone."""
    expected = _characters(model, batches)
    return {
        name: each
        for name, each in ranges.items()
        if _divergence(expected, model, {name: each}, batches) <= _MOST_SPOILT
    }


def _characters(
    model: Any,  # noqa: ANN401 - no types
    batches: Sequence[NDArray[np.uint8]],
) -> list[tuple[NDArray[np.intp], NDArray[np.float32]]]:
    """Return the steps of each batch with a character, and what they give."""
    run = _run(model)
    found: list[tuple[NDArray[np.intp], NDArray[np.float32]]] = []
    for batch in batches:
        logits = run(batch)[0][0]
        steps = np.flatnonzero(logits.argmax(axis=1))
        found.append((steps, _logarithms(logits[steps])))
    return found


def _divergence(
    expected: Sequence[tuple[NDArray[np.intp], NDArray[np.float32]]],
    model: Any,  # noqa: ANN401 - no types
    ranges: Mapping[str, _Range],
    batches: Sequence[NDArray[np.uint8]],
) -> float:
    """Return how far a quantised model's characters diverge, in nats (Kullback)."""
    run = _run(_quantised(model, ranges))
    total = 0.0
    for batch, (steps, before) in zip(batches, expected, strict=True):
        after = _logarithms(run(batch)[0][0][steps])
        total += float((np.exp(before) * (before - after)).sum())
    return total / max(sum(len(steps) for steps, _ in expected), 1)


def _logarithms(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the logarithms of the classes' probabilities, (N, C)."""
    below = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(
        below - np.log(np.exp(below).sum(axis=1, keepdims=True)), np.float32
    )


def _quantised(model: Any, ranges: Mapping[str, _Range]) -> Any:  # noqa: ANN401 - no types
    """Return a copy of a model some of whose layers are quantised."""
    copy = model.clone()
    for name, node in _layers(copy, ranges).items():
        low, high = (np.float32(each) for each in ranges[name])
        given = _op.fake_quantize(node.input_value(0), low, high, low, high, _STEPS + 1)
        node.input(0).replace_source_output(given.output(0))
        weights = _weights(node)
        most = _weight_range(weights)
        told = _op.fake_quantize(
            _op.constant(weights), -most, most, -most, most, _WEIGHT_STEPS + 1
        )
        node.input(1).replace_source_output(told.output(0))
    copy.validate_nodes_and_infer_types()
    return copy


def _weights(node: Any) -> NDArray[np.float32]:  # noqa: ANN401 - no types
    """Return a convolution's weights: float32, (out, in, 1, 1)."""
    constant = node.input_value(1).get_node()
    while constant.get_type_name() != "Constant":
        constant = constant.input_value(0).get_node()
    return np.asarray(constant.get_data(), np.float32)


def _weight_range(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the greatest weight told of each channel: float32, (out, 1, 1, 1)."""
    axes = (1, 2, 3)
    most = np.maximum(np.abs(weights).max(axis=axes, keepdims=True), _LEAST_WEIGHT)
    half = _WEIGHT_STEPS // 2
    best, least = most.copy(), np.full(most.shape, np.inf)
    for share in _WEIGHT_SHARES:
        step = most * share / half
        told = np.clip(np.rint(weights / step), -half, half) * step
        error = np.square(told - weights).sum(axis=axes, keepdims=True)
        is_less = error < least
        best[is_less], least[is_less] = most[is_less] * share, error[is_less]
    return np.asarray(best, np.float32)
