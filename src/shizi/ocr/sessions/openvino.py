"""Models through OpenVINO: u8 pictures in, logits out, normalisation in the graph.

A model is compiled for any shape, which costs half a millisecond a run and up to two
more when the shape is not that of the run before. Shapes that come often are therefore
compiled for themselves, with a quarter to a third of the recogniser's time gained.
"""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from typing import TYPE_CHECKING, Any

from shizi.core.errors import EngineError
from shizi.core.memory import trim
from shizi.ocr.sessions.rewrite import part_head, simplify

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

# Imported by name: the library's types contradict each other where this module needs
# them.
_ov: Any = import_module("openvino")

# 500 operations prepared for a shape: pages of ever new sizes make a process grow by
# 5 MB a page until 5000 are there, the library's own number; 500 read 12 pages over and
# over as fast, 64 a tenth slower.
_PREPARED = 500
# Runs after which a shape counts as common. To compile for it takes 0.18 s for a strip,
# 0.25 s for a page, and gains 2 ms and 7 ms a run.
_COMMON = 24
# Bytes of memory for such copies: 14 MB for a strip, about 10 + 20 per megapixel for a
# page, as measured.
_COPIES = 400_000_000
_COPY, _COPY_PIXEL = 14_000_000, 20


class Session:
    """One compiled model on the CPU; keeps its inference requests, so one thread."""

    def __init__(self, path: Path, *, threads: int, precision: str) -> None:
        """Read, rewrite and compile a model.

        Args:
            path: An ONNX file with one input (N, 3, H, W) and one output.
            threads: Threads of one inference.
            precision: `f32`, `bf16`, or `auto`, which is bf16 where the CPU has it.

        Raises:
            EngineError: OpenVINO cannot read or compile the model.
        """
        self._name = path.name
        self._options: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "CPU_RUNTIME_CACHE_CAPACITY": _PREPARED,
        }
        if precision != "auto":
            self._options["INFERENCE_PRECISION_HINT"] = precision
        self._core = _ov.Core()
        self._seen: Counter[tuple[int, ...]] = Counter()
        self._copies: dict[tuple[int, ...], Any] = {}
        self._left = _COPIES
        try:
            model, head = part_head(simplify(self._core.read_model(path)))
            self._model = _with_normalisation(model)
            self._request = self._compile(self._model)
            # Apart, so that the copies do not each hold its 18 710 classes.
            self._head = head and self._compile(head)
        except RuntimeError as error:
            message = f"OpenVINO cannot load {path.name}"
            raise EngineError(message) from error

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the logits of a batch: uint8, (N, H, W, 3), RGB.

        The array is the request's own buffer: the next call overwrites it.

        Raises:
            EngineError: The inference failed.
        """
        request = self._copies.get(batch.shape)
        if request is None:
            self._seen[batch.shape] += 1
            request = self._request
        try:
            request.infer({0: batch}, share_inputs=True)
            output: NDArray[np.float32] = request.get_output_tensor(0).data
            if self._head:
                self._head.infer({0: output}, share_inputs=True)
                output = self._head.get_output_tensor(0).data
        except RuntimeError as error:
            message = f"OpenVINO failed on a batch of shape {batch.shape}"
            raise EngineError(message) from error
        return output

    def prepare(self) -> bool:
        """Compile the model for the shape that came most often, if one is common.

        Returns:
            Whether there was such a shape.

        Raises:
            EngineError: OpenVINO refuses.
        """
        if not self._seen:
            return False
        (shape, count), *_ = self._seen.most_common(1)
        size = _COPY + _COPY_PIXEL * shape[1] * shape[2]
        if count < _COMMON or size > self._left:
            return False
        del self._seen[shape]
        model = self._model.clone()
        try:
            model.reshape({model.input(0): list(shape)})
            self._copies[shape] = self._compile(model)
        except RuntimeError as error:
            message = f"OpenVINO cannot compile {self._name} for {shape}"
            raise EngineError(message) from error
        self._left -= size
        trim()
        return True

    def release(self) -> None:
        """Give back what the last runs needed between input and output.

        Raises:
            EngineError: OpenVINO refuses.
        """
        try:
            for request in (self._request, *self._copies.values()):
                request.get_compiled_model().release_memory()
        except RuntimeError as error:
            message = "OpenVINO gives no memory back"
            raise EngineError(message) from error

    def _compile(self, model: Any) -> Any:  # noqa: ANN401 - no types
        """Return a request to a compiled model."""
        compiled = self._core.compile_model(model, "CPU", self._options)
        return compiled.create_infer_request()


def _with_normalisation(model: Any) -> Any:  # noqa: ANN401 - no types
    """Return the model with u8 RGB (N, H, W, 3) input, which it scales to -1..1."""
    steps = _ov.preprocess.PrePostProcessor(model)
    picture = steps.input()
    picture.tensor().set_element_type(_ov.Type.u8).set_layout(_ov.Layout("NHWC"))
    picture.model().set_layout(_ov.Layout("NCHW"))
    picture.preprocess().convert_element_type(_ov.Type.f32).reverse_channels()
    picture.preprocess().mean(127.5).scale(127.5)
    return steps.build()
