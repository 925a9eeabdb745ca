"""OpenVINO as it is imported here: without telling its maker.

On import the library sends an event to Google Analytics and keeps an id and counts in
~/intel, unless its package for that is missing: then it takes a stub of its own.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

_TELEMETRY = "openvino_telemetry"


@contextmanager
def untold() -> Generator[None]:
    """Have Python find no telemetry for as long as a library is imported."""
    if _TELEMETRY in sys.modules:
        yield
        return
    modules: dict[str, Any] = sys.modules
    modules[_TELEMETRY] = None
    try:
        yield
    finally:
        del modules[_TELEMETRY]


# Imported by name: the library's types contradict each other where they are needed. The
# last is private; OpenVINO has no public door to the fusions in it.
with untold():
    openvino: Any = import_module("openvino")
    opset: Any = import_module("openvino.opset13")
    transformations: Any = import_module("openvino._offline_transformations")
