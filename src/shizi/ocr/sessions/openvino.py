"""Models through OpenVINO: u8 pictures in, logits out, normalisation in the graph.

A model is compiled for any shape, which costs half a millisecond a run and up to two
more when the shape is not that of the run before. Strips of common widths are worth
copies of their own: a quarter to a third of the recogniser's time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shizi.core.errors import EngineError
from shizi.core.memory import trim
from shizi.ocr.sessions.library import openvino as _ov
from shizi.ocr.sessions.rewrite import part_head, simplify

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

# 500 operations prepared for a shape: pages of ever new sizes make a process grow by
# 5 MB a page until 5000 are there, the library's own number; 500 read 12 pages over and
# over as fast, 64 a tenth slower.
_PREPARED = 500
# OpenVINO's own format, in which int8 models are kept.
SUFFIX = ".xml"
_FLOATS = {"f32", "bf16"}


# OpenVINO's names of the devices that it can be asked for.
_DEVICES = {"cpu": "CPU", "gpu": "GPU"}


class Session:
    """One compiled model; keeps its inference requests, so one thread."""

    def __init__(
        self, path: Path, *, threads: int, precision: str, device: str = "cpu"
    ) -> None:
        """Read, rewrite and compile a model.

        Args:
            path: An ONNX file with one input (N, 3, H, W) and one output, or what
                `save` made of one.
            threads: Threads of one inference, on a CPU.
            device: `cpu` or `gpu`.
            precision: `f32`, `bf16`, or else bf16 where the CPU has it; what is in
                int8 stays so.

        Raises:
            EngineError: OpenVINO has no such device, or cannot read or compile the
                model.
        """
        self._name = path.name
        self._core = _ov.Core()
        self._device = _find_device(self._core, device)
        self._options: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": 1,
        }
        if device == "cpu":
            self._options["INFERENCE_NUM_THREADS"] = threads
            # Each process would pin itself to the first core, all to the same.
            self._options["ENABLE_CPU_PINNING"] = False
            self._options["CPU_RUNTIME_CACHE_CAPACITY"] = _PREPARED
        if precision in _FLOATS:
            self._options["INFERENCE_PRECISION_HINT"] = precision
        self._copies: dict[tuple[int, ...], Any] = {}
        try:
            model = self._core.read_model(path)
            if path.suffix != SUFFIX:
                model = prepare(model)
            self._model, head = part_head(model)
            self._is_int8 = has_int8(self._model)
            self._request = self._compile(self._model)
            # Apart, so that the copies do not each hold its 18 710 classes.
            self._head = head and self._compile(head)
        except RuntimeError as error:
            message = f"OpenVINO cannot load {path.name}"
            raise EngineError(message) from error

    @property
    def precision(self) -> str:
        """The arithmetic that the model runs in: `f32`, `bf16`, `int8`."""
        if self._is_int8:
            return "int8"
        model = self._request.get_compiled_model()
        return str(model.get_property("INFERENCE_PRECISION_HINT").get_type_name())

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the logits of a batch: uint8, (N, H, W, 3), RGB.

        The array is the request's own buffer: the next call overwrites it.

        Raises:
            EngineError: The inference failed.
        """
        request = self._copies.get(batch.shape, self._request)
        try:
            request.infer({0: batch}, share_inputs=True, share_outputs=True)
            output: NDArray[np.float32] = request.get_output_tensor(0).data
            if self._head:
                self._head.infer({0: output}, share_inputs=True, share_outputs=True)
                output = self._head.get_output_tensor(0).data
        except RuntimeError as error:
            message = f"OpenVINO failed on a batch of shape {batch.shape}"
            raise EngineError(message) from error
        return output

    def prepare(self, shape: tuple[int, int, int, int]) -> None:
        """Compile the model for one shape, which takes 0.2 s and 14 MB.

        Raises:
            EngineError: OpenVINO refuses.
        """
        model = self._model.clone()
        try:
            model.reshape({model.input(0): list(shape)})
            self._copies[shape] = self._compile(model)
        except RuntimeError as error:
            message = f"OpenVINO cannot compile {self._name} for {shape}"
            raise EngineError(message) from error
        # What compiling took is twice what stays.
        trim()

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
        compiled = self._core.compile_model(model, self._device, self._options)
        return compiled.create_infer_request()


def _find_device(core: Any, device: str) -> str:  # noqa: ANN401 - no types
    """Return the library's name of a device that is there."""
    name = _DEVICES.get(device)
    if name is None:
        message = f"OpenVINO has no device {device}: {', '.join(_DEVICES)}"
        raise EngineError(message)
    there = core.available_devices
    # Several of a kind are numbered: GPU.0, GPU.1.
    if not any(each.partition(".")[0] == name for each in there):
        message = (
            f"OpenVINO finds no {name} here, only {', '.join(there)}: "
            "is the driver installed, and may this user open the device?"
        )
        raise EngineError(message)
    return name


def prepare(model: Any) -> Any:  # noqa: ANN401 - no types
    """Return an ONNX file's model as it is run: simplified, u8 pictures in."""
    return _with_normalisation(simplify(model))


def has_int8(model: Any) -> bool:  # noqa: ANN401 - no types
    """Return whether a part of a model was quantised."""
    return any(node.get_type_name() == "FakeQuantize" for node in model.get_ops())


def _with_normalisation(model: Any) -> Any:  # noqa: ANN401 - no types
    """Return the model with u8 RGB (N, H, W, 3) input, which it scales to -1..1."""
    steps = _ov.preprocess.PrePostProcessor(model)
    picture = steps.input()
    picture.tensor().set_element_type(_ov.Type.u8).set_layout(_ov.Layout("NHWC"))
    picture.model().set_layout(_ov.Layout("NCHW"))
    picture.preprocess().convert_element_type(_ov.Type.f32).reverse_channels()
    picture.preprocess().mean(127.5).scale(127.5)
    return steps.build()
