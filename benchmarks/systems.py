"""The systems compared, each alone in a process that reads one picture when asked."""

# A process imports only the system that it runs.
# ruff: noqa: PLC0415

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.score import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection

    import numpy as np
    from numpy.typing import NDArray

    Read = Callable[[Path], list[Line]]

SHIZI = "shizi"
RAPIDOCR = "rapidocr ONNX Runtime"
RAPIDOCR_OPENVINO = "rapidocr OpenVINO"
TESSERACT = "tesseract"
# What rapidocr's settings call the threads of each library.
_THREADS = {
    "onnxruntime": "intra_op_num_threads",
    "openvino": "inference_num_threads",
}


class Answer(NamedTuple):
    """What a system read, and what it took.

    Attributes:
        lines: The lines in its order.
        cpu: CPU seconds of all its threads, and of programs that it ran.
        wall: Seconds on the clock.
    """

    lines: list[Line]
    cpu: float
    wall: float


@dataclass(frozen=True, slots=True)
class System:
    """A running system.

    Attributes:
        name: One of the names of `MAKERS`.
        cold_wall: Seconds from the start of its imports to its first answer.
        cold_cpu: CPU seconds of the same.
    """

    name: str
    cold_wall: float
    cold_cpu: float
    _pipe: Connection

    def read(self, image: Path) -> Answer:
        """Return the answer for a picture; it is given by its path.

        Raises:
            RuntimeError: The system failed; the message is its own.
        """
        answer: Answer = _ask(self._pipe, image)
        return answer

    def peak_memory(self) -> int:
        """Return the most resident memory that it has had so far, in bytes."""
        peak: int = _ask(self._pipe, None)
        return peak


@contextmanager
def running(
    names: Sequence[str], first: Path, *, threads: int
) -> Iterator[list[System]]:
    """Start systems, one after the other, and end them at the end.

    Args:
        first: The picture that each reads to be called started.
        threads: Threads of one read.
    """
    spawn = multiprocessing.get_context("spawn")
    systems, processes = [], []
    try:
        for name in names:
            here, there = spawn.Pipe()
            process = spawn.Process(
                target=_serve, args=(there, name, first, threads), daemon=True
            )
            process.start()
            there.close()
            processes.append(process)
            wall, cpu = _receive(here)
            systems.append(System(name, wall, cpu, here))
        yield systems
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _ask(pipe: Connection, question: object) -> Any:  # noqa: ANN401 - pickled
    pipe.send(question)
    return _receive(pipe)


def _receive(pipe: Connection) -> Any:  # noqa: ANN401 - pickled
    answer = pipe.recv()
    if isinstance(answer, Exception):
        raise RuntimeError(str(answer)) from answer  # noqa: TRY004 - not about types
    return answer


def _serve(pipe: Connection, name: str, first: Path, threads: int) -> None:
    """Answer pictures until the process is ended; `None` asks for the memory."""
    os.environ["OMP_NUM_THREADS"] = str(threads)
    wall, cpu = time.perf_counter(), _cpu()
    try:
        read = MAKERS[name](threads)
        read(first)
        pipe.send((time.perf_counter() - wall, _cpu() - cpu))
    except Exception as error:  # noqa: BLE001 - told to the process that asked
        pipe.send(error)
        return
    while True:
        image = pipe.recv()
        if image is None:
            pipe.send(_peak())
            continue
        wall, cpu = time.perf_counter(), _cpu()
        try:
            lines = read(image)
        except Exception as error:  # noqa: BLE001 - told to the process that asked
            pipe.send(error)
            continue
        cpu, wall = _cpu() - cpu, time.perf_counter() - wall
        pipe.send(Answer(lines, cpu, wall))


def _cpu() -> float:
    """Return the CPU seconds of this process and of programs that have ended."""
    programs = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + programs.ru_utime + programs.ru_stime


def _peak() -> int:
    programs = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    # Not getrusage: what it tells was inherited from the process that forked us.
    for row in Path("/proc/self/status").read_text("ascii").splitlines():
        if row.startswith("VmHWM:"):
            return max(programs, int(row.split()[1]) * 1024)
    return programs


def _make_shizi(threads: int) -> Read:
    import cv2

    from shizi import Reader

    cv2.setNumThreads(threads)
    reader = Reader(threads=threads)
    calls = 0

    def read(image: Path) -> list[Line]:
        nonlocal calls
        calls += 1
        if calls == 2:
            # The first answer of a new reader comes without it; from then on it is what
            # a server's worker is before it is ready.
            reader.warm()
        page = reader.read_text(image)
        return [
            Line(line.text, tuple((p.x, p.y) for p in line.quad)) for line in page.lines
        ]

    return read


def _make_rapidocr(library: str) -> Callable[[int], Read]:
    def make(threads: int) -> Read:
        read = make_rapidocr(library, threads)
        return lambda image: read(str(image))

    return make


def make_rapidocr(
    library: str, threads: int
) -> Callable[[str | NDArray[np.uint8]], list[Line]]:
    """Return what reads a picture by rapidocr: a path, or pixels in BGR order.

    Args:
        library: `onnxruntime` or `openvino`.
        threads: Threads of one read, nought for rapidocr's own default.
    """
    import cv2
    from rapidocr import EngineType, RapidOCR
    from rapidocr.utils.output import RapidOCROutput

    params: dict[str, object] = {"Global.log_level": "error"}
    if library == "openvino":
        engines = {f"{part}.engine_type" for part in ("Det", "Cls", "Rec")}
        params |= dict.fromkeys(engines, EngineType.OPENVINO)
    if threads:
        cv2.setNumThreads(threads)
        params[f"EngineConfig.{library}.{_THREADS[library]}"] = threads
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    reader = RapidOCR(params=params)

    def read(image: str | NDArray[np.uint8]) -> list[Line]:
        output = reader(image)
        assert isinstance(output, RapidOCROutput)
        if output.boxes is None or output.txts is None:
            return []
        return [
            Line(text, tuple((float(x), float(y)) for x, y in box))
            for text, box in zip(output.txts, output.boxes, strict=True)
        ]

    return read


def _make_tesseract(threads: int) -> Read:
    os.environ["OMP_THREAD_LIMIT"] = str(threads)

    def read(image: Path) -> list[Line]:
        done = subprocess.run(
            ["tesseract", str(image), "-", "-l", "chi_sim+eng", "tsv"],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return _lines_of(done.stdout.decode("utf-8"))

    return read


def _lines_of(table: str) -> list[Line]:
    """Return the lines whose words tesseract's table tells, a word a row."""
    head, *rows = (row.split("\t") for row in table.splitlines())
    lines: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in rows:
        word = dict(zip(head, row, strict=False))
        if word.get("text", "").strip():
            place = tuple(word[part] for part in ("block_num", "par_num", "line_num"))
            lines.setdefault(place, []).append(word)
    return [
        Line(" ".join(word["text"] for word in words), _around(words))
        for words in lines.values()
    ]


def _around(words: Sequence[Mapping[str, str]]) -> tuple[tuple[float, float], ...]:
    """Return the corners of the rectangle around words."""
    boxes = [
        tuple(int(word[side]) for side in ("left", "top", "width", "height"))
        for word in words
    ]
    left, top = (min(box[side] for box in boxes) for side in (0, 1))
    right, bottom = (max(box[at] + box[at + 2] for box in boxes) for at in (0, 1))
    return ((left, top), (right, top), (right, bottom), (left, bottom))


MAKERS: dict[str, Callable[[int], Read]] = {
    SHIZI: _make_shizi,
    RAPIDOCR: _make_rapidocr("onnxruntime"),
    RAPIDOCR_OPENVINO: _make_rapidocr("openvino"),
    TESSERACT: _make_tesseract,
}
