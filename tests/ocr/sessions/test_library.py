"""Claims about how OpenVINO is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real

# Tells how many connections were tried, and whether what makes them is there.
PROGRAM = """
import sys
tried = []
sys.addaudithook(
    lambda event, _: tried.append(event)
    if event in {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.fork"}
    else None
)
import %s
import time
time.sleep(0.5)
told = [name for name in sys.modules if name.startswith("openvino_telemetry")]
print(len(tried), len(told), sys.modules["openvino"].get_version() != "")
"""


# A package of the same name that somebody else brought.
OTHER = """types
sys.modules["openvino_telemetry"] = types.ModuleType("openvino_telemetry")
import shizi.ocr.sessions.openvino"""


def imported(module: str, home: Path) -> list[str]:
    """Return what the program prints, in a home and outside of any CI."""
    kept = {key: os.environ[key] for key in ("PATH", "PYTHONPATH") if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM % module],
        env={**kept, "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout.split()


def test_the_library_tells_nobody_that_it_is_used(tmp_path: Path) -> None:
    assert imported("shizi.ocr.sessions.openvino", tmp_path) == ["0", "0", "True"]
    assert list(tmp_path.iterdir()) == []


def test_what_is_imported_already_stays(tmp_path: Path) -> None:
    assert imported(OTHER, tmp_path) == ["0", "1", "True"]
