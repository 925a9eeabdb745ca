"""The engine: an upright image in, a page of lines out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np

from shizi.core.errors import EngineError
from shizi.core.geometry import Quad, Size
from shizi.core.text import Page, TextLine
from shizi.ocr import weights
from shizi.ocr.crop import LINE_HEIGHT, crop_line
from shizi.ocr.detect import Detector
from shizi.ocr.order import in_reading_order
from shizi.ocr.recognise import Recogniser
from shizi.ocr.turn import TurnClassifier

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.ocr.detect import Box
    from shizi.ports import Session

SESSIONS = {
    "openvino": "shizi.ocr.sessions.openvino:Session",
    "onnxruntime": "shizi.ocr.sessions.onnx:Session",
}

# 736 and 2000: rapidocr's limits. Smaller pictures read better enlarged (+38 / -31
# lines of 3 628) but strips must not explode: 1280 ends that.
_SHORTEST, _LONGEST, _ENLARGE = 736, 2000, 1280
# Under .9 a line is shown to the classifier, and over .5 read both ways: page order
# .968 -> .973 for 1 % of the time on 80 real pictures.
_DOUBTFUL, _TURNED = 0.9, 0.5
# .5: rapidocr's text_score; what scores less is mostly drawings.
_KEPT = 0.5


def make_session(
    name: str, path: Path, *, threads: int, precision: str, cache: Path | None
) -> Session:
    """Return a model in the library that a name of `SESSIONS` stands for.

    Raises:
        EngineError: The library is missing or refuses the model.
    """
    module, _, attribute = SESSIONS[name].partition(":")
    try:
        make = getattr(import_module(module), attribute)
    except ImportError as error:
        message = f"{name}: the library is not installed"
        raise EngineError(message) from error
    session: Session = make(path, threads=threads, precision=precision, cache=cache)
    return session


class TextEngine:
    """Detector, recogniser and classifier behind one call."""

    def __init__(
        self,
        *,
        session: str = "openvino",
        threads: int = 1,
        precision: str = "auto",
        cache: Path | None = None,
    ) -> None:
        """Load and check the models.

        Args:
            session: A name of `SESSIONS`.
            threads: Threads of one inference.
            precision: `auto`, `f32` or `bf16`.
            cache: Folder for compiled models, or none.

        Raises:
            ModelError: A model file is missing or altered.
            EngineError: The library is missing or refuses the model.
        """

        def load(model: weights.ModelFile) -> Session:
            path = weights.find_model(model)
            return make_session(
                session, path, threads=threads, precision=precision, cache=cache
            )

        self._detector = Detector(
            load(weights.DETECTOR),
            shortest=_SHORTEST,
            longest=_LONGEST,
            enlarge=_ENLARGE,
        )
        charset = weights.read_charset(weights.find_model(weights.RECOGNISER))
        self._recogniser = Recogniser(load(weights.RECOGNISER), charset)
        self._turns = TurnClassifier(load(weights.CLASSIFIER))

    def read(self, image: Image) -> Page:
        """Return the text of an upright image: uint8, (H, W, 3), RGB.

        Raises:
            EngineError: The inference library failed.
        """
        height, width = image.shape[:2]
        lines = [
            line
            for box in self._detector.find(image)
            if (line := self._read_box(image, box)) is not None
        ]
        return Page(Size(width, height), in_reading_order(lines))

    def warm(self) -> None:
        """Run common shapes once.

        Raises:
            EngineError: The inference library failed.
        """
        self._detector.find(np.full((960, 960, 3), 255, np.uint8))
        for width in range(64, 641, 32):
            self._recogniser.read(np.full((LINE_HEIGHT, width, 3), 255, np.uint8))
        self._turns.turned(np.full((LINE_HEIGHT, 192, 3), 255, np.uint8))

    def _read_box(self, image: Image, box: Box) -> TextLine | None:
        """Return the line in a box, or nothing when no text is read there."""
        strip = crop_line(image, box.corners)
        reading, corners = self._recogniser.read(strip), box.corners
        if reading.score < _DOUBTFUL and self._turns.turned(strip) > _TURNED:
            other = self._recogniser.read(_turned(strip))
            if other.score > reading.score:
                reading, corners = other, np.roll(corners, -2, axis=0)
        if reading.score < _KEPT or not reading.text.strip():
            return None
        return TextLine(reading.text, Quad.of(corners.tolist()), reading.score)


def _turned(strip: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return strip[::-1, ::-1]
