"""The systems compared, each alone in a process that reads one picture when asked."""

# A process imports only the system that it runs.
# ruff: noqa: PLC0415

from __future__ import annotations

import logging
import multiprocessing
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.score import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

    Read = Callable[[Path], list[Line]]

SHIZI = "shizi"
RAPIDOCR = "rapidocr ONNX Runtime"
RAPIDOCR_OPENVINO = "rapidocr OpenVINO"


class Answer(NamedTuple):
    """What a system read, and what it took.

    Attributes:
        lines: The lines in its order.
        cpu: CPU seconds of all its threads.
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
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        read = MAKERS[name](threads)
        read(first)
        pipe.send((time.perf_counter() - wall, time.process_time() - cpu))
    except Exception as error:  # noqa: BLE001 - told to the process that asked
        pipe.send(error)
        return
    while True:
        image = pipe.recv()
        if image is None:
            pipe.send(_peak())
            continue
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            lines = read(image)
        except Exception as error:  # noqa: BLE001 - told to the process that asked
            pipe.send(error)
            continue
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        pipe.send(Answer(lines, cpu, wall))


def _peak() -> int:
    # Not getrusage: what it tells was inherited from the process that forked us.
    for row in Path("/proc/self/status").read_text("ascii").splitlines():
        if row.startswith("VmHWM:"):
            return int(row.split()[1]) * 1024
    return 0


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


def _make_onnxruntime(threads: int) -> Read:
    return _make_rapidocr(
        {"EngineConfig.onnxruntime.intra_op_num_threads": threads}, threads
    )


def _make_openvino(threads: int) -> Read:
    from rapidocr import EngineType

    engines: dict[str, object] = {
        f"{part}.engine_type": EngineType.OPENVINO for part in ("Det", "Cls", "Rec")
    }
    engines["EngineConfig.openvino.inference_num_threads"] = threads
    return _make_rapidocr(engines, threads)


def _make_rapidocr(params: dict[str, object], threads: int) -> Read:
    import cv2
    from rapidocr import RapidOCR
    from rapidocr.utils.output import RapidOCROutput

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    cv2.setNumThreads(threads)
    reader = RapidOCR(params={"Global.log_level": "error", **params})

    def read(image: Path) -> list[Line]:
        output = reader(str(image))
        assert isinstance(output, RapidOCROutput)
        if output.boxes is None or output.txts is None:
            return []
        return [
            Line(text, tuple((float(x), float(y)) for x, y in box))
            for text, box in zip(output.txts, output.boxes, strict=True)
        ]

    return read


MAKERS: dict[str, Callable[[int], Read]] = {
    SHIZI: _make_shizi,
    RAPIDOCR: _make_onnxruntime,
    RAPIDOCR_OPENVINO: _make_openvino,
}
