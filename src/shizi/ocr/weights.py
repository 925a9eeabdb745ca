"""Which model files are read, where they lie, and whether they are the right ones.

The models are PP-OCRv6 small, detector and recogniser, as the `rapidocr` 3.10 wheel
carries them; nothing else of that package is imported. The checksums were taken from
that wheel.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from shizi.core.errors import ModelError


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One ONNX file.

    Attributes:
        name: File name inside the wheel's model folder.
        sha256: Checksum of the whole file, lower-case hexadecimal.
    """

    name: str
    sha256: str


DETECTOR = ModelFile(
    "PP-OCRv6_det_small.onnx",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
)
RECOGNISER = ModelFile(
    "PP-OCRv6_rec_small.onnx",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
)
MODELS = (DETECTOR, RECOGNISER)

# ONNX's protobuf numbers: ModelProto.metadata_props and the key and value of an entry
# (onnx.proto3, StringStringEntryProto).
_METADATA_FIELD = 14
_KEY_FIELD = 1
_VALUE_FIELD = 2
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MORE = 0x80  # set in every byte of a number but its last


def find_model(model: ModelFile) -> Path:
    """Return the path of a model file after its checksum was compared.

    Raises:
        ModelError: The wheel is not installed, the file is missing, or it is another.
    """
    # find_spec does not run the package: its import pulls in a second OCR pipeline.
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        message = f"{model.name}: the rapidocr wheel that carries it is not installed"
        raise ModelError(message)
    path = Path(next(iter(spec.submodule_search_locations))) / "models" / model.name
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        message = f"{model.name}: cannot be read ({error.strerror})"
        raise ModelError(message) from error
    if digest != model.sha256:
        message = (
            f"{model.name}: SHA-256 {digest[:12]}... is not {model.sha256[:12]}..."
        )
        raise ModelError(message)
    return path


def read_charset(path: Path) -> tuple[str, ...]:
    """Return the recogniser's classes: blank first, then its characters, then space.

    The characters stand in the model file's own metadata, one a line; blank and space
    are added as PaddleOCR's CTC label decoder does (`use_space_char`).

    Raises:
        ModelError: The file holds no character list.
    """
    data = memoryview(path.read_bytes())
    for field, value in _fields(data):
        if field != _METADATA_FIELD:
            continue
        entry = dict(_fields(value))
        if bytes(entry.get(_KEY_FIELD, b"")) == b"character":
            text = bytes(entry[_VALUE_FIELD]).decode("utf-8")
            return ("", *text.split("\n"), " ")
    message = f"{path.name}: the model carries no character list"
    raise ModelError(message)


def _fields(data: memoryview) -> list[tuple[int, memoryview]]:
    """Return the length-delimited fields of one protobuf message, others skipped."""
    found: list[tuple[int, memoryview]] = []
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        kind = key & 7
        if kind == _VARINT:
            _, place = _varint(data, place)
        elif kind == _BYTES:
            length, place = _varint(data, place)
            found.append((key >> 3, data[place : place + length]))
            place += length
        elif kind in {_FIXED32, _FIXED64}:
            place += 4 if kind == _FIXED32 else 8
        else:
            message = "the model file is not a protobuf message"
            raise ModelError(message)
    return found


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    """Return the number that starts at a place, and the place behind it."""
    number = shift = 0
    while place < len(data):
        byte = data[place]
        number |= (byte & ~_MORE) << shift
        place += 1
        if byte < _MORE:
            return number, place
        shift += 7
    message = "the model file ends in the middle of a number"
    raise ModelError(message)
