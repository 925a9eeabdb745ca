"""The engine: an upright image in, a page of lines out."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from importlib import import_module, metadata
from typing import TYPE_CHECKING

import numpy as np

from shizi.core.errors import EngineError
from shizi.core.geometry import Quad, Size
from shizi.core.image import LARGE
from shizi.core.text import Page, TextLine
from shizi.ocr import weights
from shizi.ocr.caller import Attentive, Helping, Widened
from shizi.ocr.crop import flatten_line, strip_width
from shizi.ocr.detect import Detector
from shizi.ocr.evidence import keep_text
from shizi.ocr.join import join_pieces
from shizi.ocr.mend import mend
from shizi.ocr.order import in_reading_order
from shizi.ocr.recognise import Recogniser
from shizi.ocr.setup import USUAL, Setup, choose_models
from shizi.ocr.shelf import Part
from shizi.ocr.tile import joined, tiles
from shizi.ocr.turn import choose, is_upside_down, quarter_turns, read_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.core.posterior import Posterior
    from shizi.ocr.detect import Box
    from shizi.ocr.recognise import Reading
    from shizi.ocr.turn import Line, StripReader
    from shizi.ports import Caller, Session

SESSIONS = {
    "openvino": "shizi.ocr.sessions.openvino:Session",
    "onnxruntime": "shizi.ocr.sessions.onnx:Session",
}

# 736: rapidocr's limit; smaller pictures read better enlarged (+38 / -31 lines of
# 3 628).
_SHORTEST = 736
# Boxes of a page, as many as the detector gives for one look.
_MOST_BOXES = 1000
# Pixels of the widest strips that are made fast: four of five lines are within. With
# 640, where nine of ten are, the recogniser took 1 % less, for 0.8 s and 80 MB more a
# worker.
_COMMON = 384
# 5: pixels that the smallest of fonts are high; what is lower holds no text.
_LEAST_SIDE = 5


def make_session(
    name: str, path: Path, *, threads: int, precision: str, device: str = "cpu"
) -> Session:
    """Return a model in the library that a name of `SESSIONS` stands for.

    Raises:
        EngineError: The library or the device is missing, or refuses the model.
    """
    module, _, attribute = SESSIONS[name].partition(":")
    try:
        make = getattr(import_module(module), attribute)
    except ImportError as error:
        message = f"{name}: the library is not installed"
        raise EngineError(message) from error
    session: Session = make(path, threads=threads, precision=precision, device=device)
    return session


def version_of(library: str) -> str:
    """Return the version of a package, or of what stands in its place for GPUs."""
    for name in (library, f"{library}-gpu"):
        with suppress(metadata.PackageNotFoundError):
            return metadata.version(name)
    return "not installed"


class TextEngine:
    """Detector and recogniser behind one call."""

    def __init__(
        self,
        *,
        setup: Setup = USUAL,
        threads: int = 1,
        workers: int = 1,
        seconds: float = math.inf,
        caller: Caller | None = None,
        is_brief: bool = False,
    ) -> None:
        """Load and check the models.

        Args:
            setup: How the models are run.
            threads: Threads of one inference.
            workers: How many engines share the cores; while all others help with a
                page, its lines are found on their cores as well.
            seconds: Time after which a page is given with the lines read so far.
            caller: Who waits for the page, asked before each inference; the time counts
                from the beginning of its call.
            is_brief: Whether too few pages will be read for the three seconds to pay
                that make strips of common widths fast.

        Raises:
            ModelError: A model file is missing or altered.
            EngineError: The library or the device is missing, or refuses the model.
        """
        self._is_brief = is_brief
        self._sessions: list[Session] = []

        def load(path: Path, times: int = 1) -> Session:
            made = make_session(
                setup.session,
                path,
                threads=threads * times,
                precision=setup.arithmetic,
                device=setup.device,
            )
            self._sessions.append(made)
            return Attentive(made, caller) if caller else made

        models = choose_models(setup)
        self._caller = caller
        self._worth = worth = setup.worth
        path = models[Part.DETECTOR].run.path
        finder = load(path)
        self._finders = [finder]
        if caller and workers > 1 and setup.device == "cpu":
            wide = load(path, workers)
            self._finders.append(wide)
            finder = Widened(finder, wide, caller, helpers=workers - 1)
        self._detector = Detector(
            finder,
            shortest=_SHORTEST,
            longest=worth.longest,
            enlarge=worth.enlarge,
        )
        source, run = models[Part.RECOGNISER]
        charset = weights.read_charset(source.path)
        self._recogniser = Recogniser(load(run.path), charset)
        self._seconds = seconds

    @property
    def precision(self) -> str:
        """The arithmetic that the models run in: `f32`, `bf16`, `int8`, or two."""
        return " and ".join(
            dict.fromkeys(session.precision for session in self._sessions)
        )

    def read(self, image: Image) -> Page:
        """Return the text of an upright image: uint8, (H, W, 3), RGB.

        A page that was photographed lying on a side or on its head is read all the
        same; the lines' corners are those of the image as it was given.

        Raises:
            EngineError: The inference library failed.
            GoneError: Nobody waits for the page any more.
        """
        end = self._end()
        height, width = image.shape[:2]
        boxes = self._find(image, end)
        turns = quarter_turns(image, boxes, self._recogniser)
        if turns:
            image, boxes = self._turn(image, turns, end)
        readers: list[StripReader] = [self._recogniser, *self._helpers()]
        found = read_lines(image, boxes, readers, end=end)
        if is_upside_down(found):
            image, boxes = self._turn(image, 2, end)
            found = read_lines(image, boxes, readers, end=end, is_turned=True)
            turns += 2
        kept = keep_text(image, [choose(each) for each in found], self._recogniser)
        limit = (image.shape[1] - 1, image.shape[0] - 1)
        lines = [
            TextLine(
                line.reading.text,
                Quad.of(np.clip(line.corners, 0, limit).tolist()),
                line.reading.score,
                _shares(line),
            )
            for line in mend(image, kept, boxes, self._recogniser, end=end)
        ]
        size = Size(width, height)
        ordered = in_reading_order(join_pieces(lines))
        return Page(size, tuple(_turned_back(line, size, turns) for line in ordered))

    def find(self, image: Image) -> list[NDArray[np.float32]]:
        """Return the corners of an image's lines: float32, (4, 2) each.

        Raises:
            EngineError: The inference library failed.
        """
        return [box.corners for box in self._find(image, self._end())]

    def look(self, image: Image) -> NDArray[np.uint8]:
        """Return a picture as the detector gets it: uint8, (1, H, W, 3), RGB."""
        return self._detector.batch(image)

    def read_strip(self, strip: NDArray[np.uint8]) -> Reading:
        """Return the text of one strip: uint8, (48, W, 3), RGB.

        Raises:
            EngineError: The inference library failed.
        """
        return self._recogniser.read(strip)

    def spell(self, image: Image, corners: NDArray[np.float32]) -> Posterior:
        """Return what the recogniser believes of the line inside four corners.

        Args:
            image: uint8, (H, W, 3), RGB.
            corners: float32, (4, 2), clockwise from where reading starts.

        Raises:
            EngineError: The inference library failed.
        """
        return self._recogniser.spell(flatten_line(image, corners))

    def warm(self) -> None:
        """Make strips of common widths fast, and run a common picture once.

        Raises:
            EngineError: The inference library failed.
        """
        usual, *wide = self._finders
        for session in (*wide, usual):
            session.run(np.full((1, 960, 960, 3), 255, np.uint8))
            if session is not usual:
                session.release()
        if not self._is_brief:
            self._recogniser.prepare(_COMMON)

    def release(self) -> None:
        """Give back the memory that reads took.

        Raises:
            EngineError: The inference library failed.
        """
        for session in self._sessions:
            session.release()

    def _helpers(self) -> list[Helping]:
        """Return the recognisers of the workers that help with this call."""
        if self._caller is None:
            return []
        return [
            Helping(partial(each.ask, TextEngine.read_strip))
            for each in self._caller.helpers
        ]

    def _end(self) -> float:
        """Return the time, on the monotonic clock, until which a page may take."""
        since = self._caller.since if self._caller else time.monotonic()
        return since + self._seconds

    def _turn(self, image: Image, turns: int, end: float) -> tuple[Image, list[Box]]:
        """Return an image turned by quarters against the clock, and its boxes."""
        image = np.ascontiguousarray(np.rot90(image, turns))
        return image, self._find(image, end)

    def _find(self, image: Image, end: float) -> list[Box]:
        """Return the boxes of an image, of a very long one those of its parts.

        Args:
            image: uint8, (H, W, 3), RGB.
            end: Time, on the monotonic clock, until which the page may take: half of
                what is left goes to finding.
        """
        height, width = image.shape[:2]
        if min(height, width) < _LEAST_SIDE:
            return []
        now = time.monotonic()
        end = now + (end - now) / 2
        parts: list[list[Box]] = []
        count = 0
        for tile in tiles(width, height, self._worth.longest):
            found = self._detector.find(
                image[tile.top : tile.bottom, tile.left : tile.right]
            )
            parts.append([box.moved(tile.left, tile.top) for box in found])
            count += len(found)
            if count >= _MOST_BOXES or time.monotonic() > end:
                break
        if image.nbytes > LARGE:
            self.release()
        return joined(parts)[:_MOST_BOXES]


def _shares(line: Line) -> tuple[float, ...]:
    """Return where a line's characters lie along it, 0 to 1; none of a bent line."""
    text, _, places = line.reading
    if line.bent or len(places) != len(text):
        return ()
    width = strip_width(line.corners)
    return tuple(min(place / width, 1.0) for place in places)


def _turned_back(line: TextLine, size: Size, turns: int) -> TextLine:
    """Return a line of a page that was turned, in pixels of the page before it was.

    Args:
        line: The line, corners in pixels of the turned page.
        size: Size of the page before.
        turns: Quarter turns against the clock that were made.
    """
    right, bottom = size.width - 1, size.height - 1
    back: dict[int, Callable[[float, float], tuple[float, float]]] = {
        1: lambda x, y: (right - y, x),
        2: lambda x, y: (right - x, bottom - y),
        3: lambda x, y: (y, bottom - x),
    }
    place = back.get(turns % 4)
    if place is None:
        return line
    return replace(line, quad=Quad.of(place(x, y) for x, y in line.quad))
