"""The library's face: a reader of pictures in this process."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from shizi.core.image import check_image, decode_image
from shizi.ocr.engine import TextEngine
from shizi.ocr.setup import Setup
from shizi.reading import read_card, read_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shizi.core.card import Card
    from shizi.core.image import Image
    from shizi.core.text import Page


class Reader:
    """Reads pictures; loads its models when it is made.

    Threads that share a reader take turns. Reading needs no network.

    Examples:
        >>> from importlib.resources import files
        >>> reader = Reader()
        >>> page = reader.read_text((files("shizi") / "samples/page.jpg").read_bytes())
        >>> page.size
        Size(width=1481, height=1600)
        >>> page.lines[0].text
        '春季植树活动通知'
    """

    def __init__(
        self,
        *,
        session: str = "openvino",
        device: str = "cpu",
        profile: str = "balanced",
        precision: str = "auto",
        threads: int | None = None,
        detector: str = "small",
        recogniser: str = "small",
        models: Path | None = None,
    ) -> None:
        """Load the models.

        Args:
            session: Library that runs them, `openvino` or `onnxruntime`.
            device: What they run on: `cpu`; `gpu` with OpenVINO, `cuda` or `tensorrt`
                with ONNX Runtime.
            profile: What may be lost for speed: `exact`, `balanced` or `fast`.
            precision: `auto` (the profile's), `f32`, `bf16` or `int8`.
            threads: Threads of one read; all cores by default.
            detector: What finds lines: `small`, or the name of an added model.
            recogniser: What reads them: `small`, or the name of an added model.
            models: Folder of added and int8 models; none for the user's own.

        Raises:
            ModelError: A model file is missing or altered.
            EngineError: The library or the device is missing, or refuses the model.
        """
        setup = Setup(session, device, profile, precision, detector, recogniser, models)
        self._engine = TextEngine(setup=setup, threads=threads or 0)
        self._turn = Lock()

    @property
    def precision(self) -> str:
        """The arithmetic that the models run in: `f32`, `bf16`, `int8`, or two."""
        return self._engine.precision

    def warm(self) -> None:
        """Make many reads fast, in 2.5 seconds once: compile for common widths.

        A line of 320 pixels took 7.7 ms after it and 10.1 before, one of 160 pixels 4.4
        and 6.7, on the machine that `docs/performance.md` tells of.

        Raises:
            EngineError: The inference library failed.
        """
        with self._turn:
            self._engine.warm()

    def read_text(self, image: str | Path | bytes | NDArray[np.uint8]) -> Page:
        """Return the printed text of a picture.

        Args:
            image: A file's path; an encoded picture (JPEG, PNG, WebP, BMP or GIF); or
                pixels, uint8, (H, W, 3) in RGB order or (H, W) in grey, upright.

        Returns:
            The size of the upright picture in pixels and its lines in reading order;
            no lines for a picture without text.

        Raises:
            ImageDecodeError: The picture cannot be decoded within the limits.
            EngineError: The inference library failed.
            OSError: The file cannot be read.
        """
        pixels = _pixels(image)
        with self._turn:
            return read_text(self._engine, pixels)

    def read_card(
        self,
        image: str | Path | bytes | NDArray[np.uint8],
        kind: str = "vehicle_licence",
    ) -> Card:
        """Return the fields of a document in a picture.

        Args:
            image: As for `read_text`.
            kind: The kind of document.

        Returns:
            The values that can be read well enough, each with the probability that it
            is right, and where the document's pages lie.

        Raises:
            CardNotFoundError: The picture shows no such document.
            ImageDecodeError: The picture cannot be decoded within the limits.
            EngineError: The inference library failed.
            SpecError: There is no such kind of document.
            OSError: The file cannot be read.
        """
        pixels = _pixels(image)
        with self._turn:
            return read_card(self._engine, pixels, kind)


def _pixels(image: str | Path | bytes | NDArray[np.uint8]) -> Image:
    """Return a picture, given in any way, as upright pixels."""
    if isinstance(image, (str, Path)):
        image = Path(image).read_bytes()
    if isinstance(image, bytes):
        return decode_image(image)
    return check_image(image)
