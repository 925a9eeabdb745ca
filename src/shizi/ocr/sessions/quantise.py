"""A recogniser in int8, layer by layer: what `shizi models optimise` is built on.

Only 1 x 1 convolutions of many channels are quantised, four fifths of the recogniser's
work, and the last layer, which tells the classes; of these only the ones that bear it,
each tried alone. The layers of the stem are left: rounded plainly they did a hundred
times as much to the answers as others, and they are a twentieth of the work.
"""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from shizi.core.errors import EngineError
from shizi.ocr.sessions import layer
from shizi.ocr.sessions.layer import STEPS, WEIGHT_STEPS, Layer
from shizi.ocr.sessions.library import openvino as _ov
from shizi.ocr.sessions.library import opset as _op
from shizi.ocr.sessions.openvino import prepare
from shizi.ocr.sessions.rewrite import find_head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Run = Callable[[NDArray[np.uint8]], Sequence[NDArray[np.float32]]]

# Channels in and out of a layer that is worth it; fewer are the stem's.
_LEAST_CHANNELS = 64
# Nats by which one layer may move the margin between the best class and the next, the
# median of the characters: all 29 of PP-OCRv6 small stay below .09; two of them moved
# it by .16 when they were rounded plainly.
_MOST_MOVED = 0.1
# Strips that a layer is tried on, and places of each strip that it is fitted to.
_TRIED, _SAMPLED = 96, 32


class _Place(NamedTuple):
    """A layer in a graph.

    Attributes:
        node: A convolution or a product of matrices.
        axis: Which side of its input are the channels.
        is_turned: Whether its weights are (in, out).
    """

    node: Any
    axis: int
    is_turned: bool = False


class _Margin(NamedTuple):
    """How sure a model is of the characters of one batch.

    Attributes:
        steps: intp, (N,): where they are.
        pairs: intp, (N, 2): the next best class and the best.
        margins: float32, (N,): by how many nats the best is ahead.
    """

    steps: NDArray[np.intp]
    pairs: NDArray[np.intp]
    margins: NDArray[np.float32]


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
        layers = _fit(model, batches)
        kept = _find_hardy(model, layers, batches[:: -(-len(batches) // _TRIED)])
        if not kept:
            message = f"{source.name}: no layer of the model bears int8"
            raise EngineError(message)
        _ov.save_model(_quantised(model, kept), target, compress_to_fp16=False)
    except RuntimeError as error:
        message = f"OpenVINO cannot quantise {source.name}"
        raise EngineError(message) from error
    return [target, target.with_suffix(".bin")]


def _places(model: Any, names: Iterable[str] | None = None) -> dict[str, _Place]:  # noqa: ANN401 - no types
    """Return layers by their names: some, or all that are worth quantising."""
    found = {
        node.get_friendly_name(): _Place(node, axis=1)
        for node in model.get_ordered_ops()
        if node.get_type_name() == "Convolution" and _is_worth_it(node)
    }
    head = find_head(model)
    if head is not None:
        told = head.get_attributes()
        axis = -2 if told["transpose_a"] else -1
        found[head.get_friendly_name()] = _Place(head, axis, not told["transpose_b"])
    return found if names is None else {name: found[name] for name in names}


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


def _fit(
    model: Any,  # noqa: ANN401 - no types
    batches: Sequence[NDArray[np.uint8]],
) -> dict[str, Layer]:
    """Return what each layer that is worth it becomes."""
    places = _places(model)
    if not places:
        return {}
    inputs = [place.node.input_value(0) for place in places.values()]
    run = _run(_ov.Model(inputs, model.get_parameters()))
    chosen = np.random.default_rng(0)
    seen: dict[str, list[NDArray[np.float32]]] = {name: [] for name in places}
    sizes = {name: np.zeros(1, np.float32) for name in places}
    for batch in batches:
        for (name, place), given in zip(places.items(), run(batch), strict=True):
            channels = given.shape[place.axis]
            rows = np.moveaxis(given, place.axis, 0).reshape(channels, -1)
            seen[name].append(rows[:, chosen.integers(0, rows.shape[1], _SAMPLED)])
            sizes[name] = np.maximum(np.abs(rows).max(axis=1), sizes[name])
    return {
        name: layer.fit(
            _weights(place), np.concatenate(seen.pop(name), axis=1), sizes[name]
        )
        for name, place in places.items()
    }


def _find_hardy(
    model: Any,  # noqa: ANN401 - no types
    layers: Mapping[str, Layer],
    batches: Sequence[NDArray[np.uint8]],
) -> dict[str, Layer]:
    """Return the layers that may be quantised, each tried alone."""
    expected = _margins(model, batches)
    return {
        name: each
        for name, each in layers.items()
        if _moved(expected, _quantised(model, {name: each}), batches) <= _MOST_MOVED
    }


def _margins(
    model: Any,  # noqa: ANN401 - no types
    batches: Sequence[NDArray[np.uint8]],
) -> list[_Margin]:
    """Return how sure a model is of each character of some batches."""
    run = _run(model)
    found: list[_Margin] = []
    for batch in batches:
        logits = run(batch)[0][0]
        steps = np.flatnonzero(logits.argmax(axis=1))
        logits = logits[steps]
        pairs = np.argpartition(logits, -2, axis=1)[:, -2:]
        found.append(_Margin(steps, pairs, _ahead(logits, pairs)))
    return found


def _moved(
    expected: Sequence[_Margin],
    model: Any,  # noqa: ANN401 - no types
    batches: Sequence[NDArray[np.uint8]],
) -> float:
    """Return by how many nats another model is more or less sure: the median."""
    run = _run(model)
    moved = [
        np.abs(_ahead(run(batch)[0][0][steps], pairs) - margins)
        for batch, (steps, pairs, margins) in zip(batches, expected, strict=True)
    ]
    together = np.concatenate([*moved, np.empty(0, np.float32)])
    return float(np.median(together)) if len(together) else 0.0


def _ahead(logits: NDArray[np.float32], pairs: NDArray[np.intp]) -> NDArray[np.float32]:
    """Return by how much the second class of each pair is ahead of the first."""
    behind, ahead = np.take_along_axis(logits, pairs, axis=1).T
    return np.asarray(ahead - behind, np.float32)


def _quantised(model: Any, layers: Mapping[str, Layer]) -> Any:  # noqa: ANN401 - no types
    """Return a copy of a model some of whose layers are quantised."""
    copy = model.clone()
    for name, place in _places(copy, layers).items():
        node, (scales, low, high, weights, most) = place.node, layers[name]
        sides = [1] * len(node.get_input_partial_shape(0))
        sides[place.axis] = len(scales)
        given = _op.fake_quantize(
            node.input_value(0),
            np.float32(low) * scales.reshape(sides),
            np.float32(high) * scales.reshape(sides),
            np.float32(low),
            np.float32(high),
            STEPS + 1,
        )
        node.input(0).replace_source_output(given.output(0))
        shape, limits = list(node.get_input_shape(1)), most[:, None]
        if place.is_turned:
            weights, limits = weights.T, limits.T
        limits = limits.reshape(*limits.shape, *shape[2:])
        told = _op.fake_quantize(
            _op.constant(np.ascontiguousarray(weights).reshape(shape)),
            *(-limits, limits) * 2,
            2 * WEIGHT_STEPS + 1,
        )
        node.input(1).replace_source_output(told.output(0))
    copy.validate_nodes_and_infer_types()
    return copy


def _weights(place: _Place) -> NDArray[np.float32]:
    """Return a layer's weights: float32, (out, in)."""
    constant = place.node.input_value(1).get_node()
    while constant.get_type_name() != "Constant":
        constant = constant.input_value(0).get_node()
    weights = np.asarray(constant.get_data(), np.float32)
    weights = weights.reshape(weights.shape[:2])
    return weights.T if place.is_turned else weights
