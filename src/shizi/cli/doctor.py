"""`shizi doctor`: what runs here, and whether it reads."""

from __future__ import annotations

import asyncio
import os
import platform
import time
from importlib import resources
from pathlib import Path

from shizi import __version__
from shizi.access.store import look_at_store
from shizi.cli.option import DatabaseOption, DataOption, load_settings
from shizi.cli.outcome import write
from shizi.core.image import decode_image
from shizi.ocr.engine import TextEngine, version_of
from shizi.ocr.setup import choose_models
from shizi.reading import read_text

_LIBRARIES = ("openvino", "onnxruntime", "rapidocr", "opencv-python-headless", "pillow")
# Instructions that decide how fast a CPU runs the models.
_FEATURES = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd")
# Where the kernel tells a container's or a unit's own bounds (cgroup v2).
_BOUNDS = Path("/sys/fs/cgroup")
_GIB = 1 << 30


def doctor(*, data: DataOption = None, database: DatabaseOption = None) -> None:
    """Print versions, CPU, memory, store, models and one read; fail if it cannot."""
    settings = load_settings(data=data, database=database)
    write(f"shizi {__version__}, Python {platform.python_version()}")
    write(f"system: {platform.system()} {platform.machine()}, {_c_library()}")
    write(f"cpu: {_cores()}, {' '.join(_cpu_features()) or 'unknown'}")
    write(f"memory: {_memory()}")
    for library in _LIBRARIES:
        write(f"{library}: {version_of(library)}")
    setup = settings.setup()
    for chosen in choose_models(setup).values():
        run = chosen.run
        write(f"model {chosen.told}: sha256 {run.sha256[:12]}... ok, {run.path}")
    sample = resources.files("shizi") / "samples" / "page.jpg"
    start = time.perf_counter()
    engine = TextEngine(setup=setup, threads=0)
    loaded = time.perf_counter()
    write(
        f"session: {setup.session} on {setup.device}, {engine.precision}, "
        f"profile {setup.profile}"
    )
    picture = decode_image(sample.read_bytes())
    read_text(engine, picture)
    first = time.perf_counter()
    page = read_text(engine, picture)
    again = time.perf_counter()
    write(
        f"read: {len(page.lines)} lines; loading {loaded - start:.2f} s, "
        f"first read {first - loaded:.2f} s, next {again - first:.2f} s"
    )
    # Last, for a database that is away is no reason to tell nothing else.
    place, revision = asyncio.run(
        look_at_store(settings.data, database=settings.database_url())
    )
    tables = "nothing made yet" if revision is None else f"revision {revision}"
    write(f"store: {place}, {tables}")


def _c_library() -> str:
    return " ".join(platform.libc_ver()).strip() or "unknown C library"


def _cores() -> str:
    """Return how many cores there are, and how many of them may be used."""
    parts = [f"{os.cpu_count()} cores", f"{len(os.sched_getaffinity(0))} usable"]
    quota, _, period = _bound("cpu.max").partition(" ")
    if quota.isdecimal() and period.isdecimal():
        parts.append(f"bounded to {int(quota) / int(period):g}")
    return ", ".join(parts)


def _memory() -> str:
    """Return how much memory there is, and how much of it may be used."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    text = f"{pages * size / _GIB:.1f} GiB"
    most = _bound("memory.max")
    return f"{text}, bounded to {int(most) / _GIB:.1f}" if most.isdecimal() else text


def _bound(name: str) -> str:
    """Return what the kernel bounds this process to; empty where it does not tell."""
    try:
        return (_BOUNDS / name).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _cpu_features() -> list[str]:
    """Return which of the features that matter the CPU reports."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return []
    words = set(text.split())
    return [feature for feature in _FEATURES if feature in words]
