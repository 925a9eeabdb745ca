"""Models in int8, through NNCF: what `shizi models optimise` is built on."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

from shizi.core.errors import EngineError
from shizi.ocr.sessions.library import openvino as _ov
from shizi.ocr.sessions.library import untold
from shizi.ocr.sessions.openvino import prepare
from shizi.ocr.sessions.rewrite import find_head

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_LIBRARIES = ("nncf", "openvino")


def versions() -> str:
    """Return the versions of what makes int8 models.

    Raises:
        EngineError: NNCF or OpenVINO is not installed.
    """
    try:
        return ", ".join(f"{name} {metadata.version(name)}" for name in _LIBRARIES)
    except metadata.PackageNotFoundError as error:
        message = f"{error.name} is not installed: pip install 'shizi[int8]'"
        raise EngineError(message) from error


def quantise(
    source: Path, batches: Sequence[NDArray[np.uint8]], target: Path
) -> list[Path]:
    """Write a model in int8, and return its files, the one to load first.

    The graph is rewritten as it will be run before it is quantised: GELU is one
    operation then, without which int8 gains nothing. The last full layer stays as it
    is: it chooses among 18 710 classes.

    Args:
        source: An ONNX file.
        batches: What the model is shown to learn its ranges: uint8, (1, H, W, 3), RGB.
        target: Where to write, a name that ends in .xml.

    Raises:
        EngineError: NNCF is not installed, or fails on the model.
    """
    try:
        with untold(), _quiet():
            nncf: Any = import_module("nncf")
    except ImportError as error:
        message = "nncf is not installed: pip install 'shizi[int8]'"
        raise EngineError(message) from error
    try:
        with _quiet():
            model = prepare(_ov.Core().read_model(source))
            head = find_head(model)
            made = nncf.quantize(
                model,
                nncf.Dataset(list(batches)),
                subset_size=len(batches),
                preset=nncf.QuantizationPreset.MIXED,
                ignored_scope=nncf.IgnoredScope(
                    names=[head.get_friendly_name()] if head else []
                ),
            )
        _ov.save_model(made, target, compress_to_fp16=False)
    except Exception as error:  # the libraries' errors share no public base
        message = f"NNCF cannot quantise {source.name}"
        raise EngineError(message) from error
    return [target, target.with_suffix(".bin")]


@contextlib.contextmanager
def _quiet() -> Any:  # noqa: ANN401 - a context manager's own
    """Keep a library's bars, notes and warnings from the terminal."""
    logging.getLogger("nncf").setLevel(logging.ERROR)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
