"""`shizi doctor`: what runs here, and whether it reads."""

from __future__ import annotations

import os
import platform
import time
from importlib import metadata, resources
from pathlib import Path

from shizi import __version__
from shizi.cli.outcome import write
from shizi.ocr import weights
from shizi.reader import Reader

_LIBRARIES = ("openvino", "onnxruntime", "rapidocr", "opencv-python-headless", "pillow")
# Instructions that decide how fast a CPU runs the models.
_FEATURES = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd")


def doctor() -> None:
    """Print versions, CPU, models and one timed read; fail if it cannot read."""
    write(f"shizi {__version__}, Python {platform.python_version()}")
    write(f"system: {platform.system()} {platform.machine()}")
    write(f"cpu: {os.cpu_count()} cores, {' '.join(_cpu_features()) or 'unknown'}")
    for library in _LIBRARIES:
        write(f"{library}: {metadata.version(library)}")
    for model in weights.MODELS:
        weights.find_model(model)
        write(f"model {model.name}: sha256 {model.sha256[:12]}... ok")
    sample = resources.files("shizi") / "samples" / "page.jpg"
    start = time.perf_counter()
    reader = Reader()
    loaded = time.perf_counter()
    data = sample.read_bytes()
    reader.read_text(data)
    first = time.perf_counter()
    page = reader.read_text(data)
    again = time.perf_counter()
    write(
        f"read: {len(page.lines)} lines; loading {loaded - start:.2f} s, "
        f"first read {first - loaded:.2f} s, next {again - first:.2f} s"
    )


def _cpu_features() -> list[str]:
    """Return which of the features that matter the CPU reports."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return []
    words = set(text.split())
    return [feature for feature in _FEATURES if feature in words]
