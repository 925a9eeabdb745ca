"""Models through ONNX Runtime, where OpenVINO has no wheel; same results in f32."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from shizi.core.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

# Imported by name: the library states no types that a checker could use.
_onnxruntime: Any = import_module("onnxruntime")

# 1e-7: half a step of float32 below one; keeps the logarithm finite at both ends.
_TINY = 1e-7
# A detector gives maps, (N, 1, H, W), of sigmoids; the others give softmaxes.
_MAP_DIMENSIONS = 4
# A picture that every model takes, where it leaves a side open: (N, 3, H, W).
_SMALLEST = (1, 3, 64, 64)


class _Device(NamedTuple):
    """What a device is called by the library.

    Attributes:
        provider: What runs a model there.
        arena: Whose memory is given back.
    """

    provider: str
    arena: str


_CPU = _Device("CPUExecutionProvider", "cpu:0")
_DEVICES = {
    "cpu": _CPU,
    "cuda": _Device("CUDAExecutionProvider", "gpu:0"),
    "tensorrt": _Device("TensorrtExecutionProvider", "gpu:0"),
}


class Session:
    """One model on one device."""

    def __init__(
        self, path: Path, *, threads: int, precision: str, device: str = "cpu"
    ) -> None:
        """Load a model.

        Args:
            path: An ONNX file with one input (N, 3, H, W) and one output.
            threads: Threads of one inference, on a CPU.
            device: `cpu`, `cuda` or `tensorrt`.
            precision: `f32` or `auto`; this library has no bf16 on CPUs, and the
                int8 models are in OpenVINO's format.

        Raises:
            EngineError: ONNX Runtime cannot load the model, or not on that device.
        """
        if precision in {"bf16", "int8"}:
            message = f"ONNX Runtime has no {precision} here; choose auto or f32"
            raise EngineError(message)
        self._device = _find_device(device)
        # What a device cannot run, the CPU does.
        providers = list(dict.fromkeys([self._device.provider, _CPU.provider]))
        options = _onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = _onnxruntime.InferenceSession(
                path, options, providers=providers
            )
        except Exception as error:  # the library's errors share no public base
            message = f"ONNX Runtime cannot load {path.name}"
            raise EngineError(message) from error
        # Where the device or its libraries are missing it goes on without a word.
        if self._device.provider not in self._session.get_providers():
            message = (
                f"ONNX Runtime cannot use {device} here: the device, its driver or "
                "its libraries (CUDA, cuDNN, TensorRT) are missing"
            )
            raise EngineError(message)
        self._input = self._session.get_inputs()[0].name

    @property
    def precision(self) -> str:
        """The arithmetic that the model runs in: always `f32`."""
        return "f32"

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the logits of a batch: uint8, (N, H, W, 3), RGB.

        The models end in a sigmoid or a softmax; logits are won back from those.

        Raises:
            EngineError: The inference failed.
        """
        picture = batch[..., ::-1].transpose(0, 3, 1, 2).astype(np.float32)
        picture -= 127.5
        picture /= 127.5
        try:
            output: NDArray[np.float32] = self._session.run(
                None, {self._input: np.ascontiguousarray(picture)}
            )[0]
        except Exception as error:  # the library's errors share no public base
            message = f"ONNX Runtime failed on a batch of shape {batch.shape}"
            raise EngineError(message) from error
        if output.ndim == _MAP_DIMENSIONS:
            odds = np.clip(output, _TINY, 1 - _TINY)
            output = odds / (1 - odds)
        logits: NDArray[np.float32] = np.log(np.maximum(output, _TINY))
        return logits

    def prepare(self, shape: tuple[int, int, int, int]) -> None:
        """Run a shape once: to this library all shapes are the same.

        Raises:
            EngineError: The inference failed.
        """
        self.run(np.zeros(shape, np.uint8))

    def release(self) -> None:
        """Give back what the last runs needed, at the end of a very small one.

        Raises:
            EngineError: The inference failed.
        """
        options = _onnxruntime.RunOptions()
        options.add_run_config_entry(
            "memory.enable_memory_arena_shrinkage", self._device.arena
        )
        sides = zip(self._session.get_inputs()[0].shape, _SMALLEST, strict=True)
        shape = [side if isinstance(side, int) else least for side, least in sides]
        picture = np.zeros(shape, np.float32)
        try:
            self._session.run(None, {self._input: picture}, options)
        except Exception as error:  # the library's errors share no public base
            message = "ONNX Runtime gives no memory back"
            raise EngineError(message) from error


def _find_device(device: str) -> _Device:
    """Return a device that this build of the library can run models on."""
    found = _DEVICES.get(device)
    if found is None:
        message = f"ONNX Runtime has no device {device}: {', '.join(_DEVICES)}"
        raise EngineError(message)
    if found.provider not in _onnxruntime.get_available_providers():
        message = (
            f"ONNX Runtime here is built without {found.provider}: "
            "install onnxruntime-gpu in place of onnxruntime"
        )
        raise EngineError(message)
    return found
