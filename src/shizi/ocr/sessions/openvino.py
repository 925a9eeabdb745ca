"""Models through OpenVINO: u8 pictures in, logits out, normalisation in the graph."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from shizi.core.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

# Imported by name: the library's types contradict each other where this module needs
# them. The second part is private; OpenVINO has no public door to the fusions in it.
_ov: Any = import_module("openvino")
_transformations: Any = import_module("openvino._offline_transformations")

# 500 operations prepared for a shape: pages of ever new sizes make a process grow by
# 5 MB a page until 5000 are there, the library's own number; 500 read 12 pages over and
# over as fast, 64 a tenth slower.
_PREPARED = 500


class Session:
    """One compiled model on the CPU; keeps one inference request, so one thread."""

    def __init__(self, path: Path, *, threads: int, precision: str) -> None:
        """Read, trim and compile a model.

        Args:
            path: An ONNX file with one input (N, 3, H, W) and one output.
            threads: Threads of one inference.
            precision: `f32`, `bf16`, or `auto`, which is bf16 where the CPU has it.

        Raises:
            EngineError: OpenVINO cannot read or compile the model.
        """
        options: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "CPU_RUNTIME_CACHE_CAPACITY": _PREPARED,
        }
        if precision != "auto":
            options["INFERENCE_PRECISION_HINT"] = precision
        try:
            model = _without_activation(_ov.Core().read_model(path))
            self._request = (
                _ov.Core()
                .compile_model(_with_normalisation(model), "CPU", options)
                .create_infer_request()
            )
        except RuntimeError as error:
            message = f"OpenVINO cannot load {path.name}"
            raise EngineError(message) from error

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the logits of a batch: uint8, (N, H, W, 3), RGB.

        The array is the request's own buffer: the next call overwrites it.

        Raises:
            EngineError: The inference failed.
        """
        try:
            self._request.infer({0: batch}, share_inputs=True)
            output: NDArray[np.float32] = self._request.get_output_tensor(0).data
        except RuntimeError as error:
            message = f"OpenVINO failed on a batch of shape {batch.shape}"
            raise EngineError(message) from error
        return output

    def release(self) -> None:
        """Give back what the last runs needed between input and output.

        Raises:
            EngineError: OpenVINO refuses.
        """
        try:
            self._request.get_compiled_model().release_memory()
        except RuntimeError as error:
            message = "OpenVINO gives no memory back"
            raise EngineError(message) from error


def _without_activation(model: Any) -> Any:  # noqa: ANN401 - no types
    """Return the model with its last sigmoid or softmax cut off."""
    last = model.output(0).get_node().input_value(0)
    while last.get_node().get_type_name() in {"Identity", "Sigmoid", "Softmax"}:
        last = last.get_node().input_value(0)
    model = _ov.Model([last], model.get_parameters())
    # GELU becomes one operation only here; the CPU plug-in does not look for it.
    _transformations.apply_moc_transformations(model, cf=True)
    return model


def _with_normalisation(model: Any) -> Any:  # noqa: ANN401 - no types
    """Return the model with u8 RGB (N, H, W, 3) input, which it scales to -1..1."""
    steps = _ov.preprocess.PrePostProcessor(model)
    picture = steps.input()
    picture.tensor().set_element_type(_ov.Type.u8).set_layout(_ov.Layout("NHWC"))
    picture.model().set_layout(_ov.Layout("NCHW"))
    picture.preprocess().convert_element_type(_ov.Type.f32).reverse_channels()
    picture.preprocess().mean(127.5).scale(127.5)
    return steps.build()
