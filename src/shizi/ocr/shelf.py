"""The folder of models beside the wheel's: added ones, and int8 ones made here.

::

    added/NAME/model.onnx           with about.json: which part, and its checksum
    int8/CHECKSUM/model.xml, .bin   of the model with that SHA-256; with about.json

A file is taken only when its checksum is the one that was noted when it was put there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from shizi.core.errors import ModelError
from shizi.ocr import weights

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

# The name of the models that the wheel carries.
WHEEL = "small"

_ADDED, _INT8 = "added", "int8"
_ABOUT = "about.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class Part(StrEnum):
    """What a model does for a page."""

    DETECTOR = "detector"
    RECOGNISER = "recogniser"


_OF_WHEEL = {Part.DETECTOR: weights.DETECTOR, Part.RECOGNISER: weights.RECOGNISER}


@dataclass(frozen=True, slots=True)
class Model:
    """One model that can be read with.

    Attributes:
        name: What it is chosen by.
        part: What it does.
        path: Its file: ONNX, or OpenVINO's format for int8.
        sha256: Checksum of that file, lower-case hexadecimal.
        source: Of an int8 model the checksum of the model that it was made from.
        note: How it was made, or where it came from.
    """

    name: str
    part: Part
    path: Path
    sha256: str
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What is noted beside a model's files.

    Attributes:
        part: What the model does.
        name: What it is chosen by, or was when it was made.
        files: The checksum of each file by its name.
        note: How it was made, or where it came from.
        key: Checksum of everything that it was made from.
    """

    part: str
    name: str
    files: Mapping[str, str]
    note: str
    key: str = ""


def default_folder() -> Path:
    """Return where models are put: `shizi/models` in the user's cache (XDG)."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "shizi" / "models"


def find(folder: Path, part: Part, name: str) -> Model:
    """Return the model of a name after its checksum was compared.

    Raises:
        ModelError: There is none, it does something else, or its file was altered.
    """
    if name == WHEEL:
        model = _OF_WHEEL[part]
        return Model(name, part, weights.find_model(model), model.sha256)
    found = _open(folder / _ADDED / check_name(name), name)
    if found is None:
        message = f"{name}: no model of this name was added (shizi models list)"
        raise ModelError(message)
    if found.part is not part:
        message = f"{name}: the model is a {found.part}, not a {part}"
        raise ModelError(message)
    return found


def find_int8(folder: Path, model: Model) -> Model | None:
    """Return the int8 model that was made of a model, after its files were compared.

    Raises:
        ModelError: A file of it is missing or altered.
    """
    return _open(folder / _INT8 / model.sha256, model.name, source=model.sha256)


def int8_key(folder: Path, model: Model) -> str:
    """Return what the int8 model there was made from; empty where there is none."""
    about = _about(folder / _INT8 / model.sha256, model.name)
    return about.key if about else ""


def find_all(folder: Path) -> list[Model]:
    """Return all models: the wheel's, the added ones, the int8 ones.

    Raises:
        ModelError: A file is missing or altered.
    """
    return [
        *(find(folder, part, WHEEL) for part in Part),
        *(_there(place, place.name) for place in _places(folder / _ADDED)),
        *(
            _there(place, place.name[:12], source=place.name)
            for place in _places(folder / _INT8)
        ),
    ]


def check_name(name: str) -> str:
    """Return a name that a model can be added by.

    Raises:
        ModelError: It is the wheel's, or could be taken for a path.
    """
    if name == WHEEL or not _NAME.fullmatch(name):
        message = (
            f"{name!r} is no name for a model: lower-case letters, digits, dot, dash "
            f"and underscore, 64 at most, and not {WHEEL!r}"
        )
        raise ModelError(message)
    return name


def remove(folder: Path, name: str) -> None:
    """Remove an added model and what was made of it.

    Raises:
        ModelError: No model of this name was added, or it cannot be removed.
    """
    place = folder / _ADDED / check_name(name)
    about = _about(place, name)
    if about is None:
        message = f"{name}: no model of this name was added (shizi models list)"
        raise ModelError(message)
    try:
        for checksum in about.files.values():
            shutil.rmtree(folder / _INT8 / checksum, ignore_errors=True)
        shutil.rmtree(place)
    except OSError as error:
        message = f"{name}: cannot be removed ({error.strerror})"
        raise ModelError(message) from error


@contextmanager
def staging(folder: Path) -> Generator[Path]:
    """Give an empty folder, on the shelf's own disk, that is gone after the block.

    Raises:
        ModelError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    except OSError as error:
        message = f"{folder}: cannot be written ({error.strerror})"
        raise ModelError(message) from error
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def place_added(folder: Path, made: Path, about: About) -> None:
    """Move a folder with a model's file to where it is found by its name.

    Raises:
        ModelError: It cannot be written, or the name is taken.
    """
    _place(folder / _ADDED / check_name(about.name), made, about)


def place_int8(folder: Path, made: Path, model: Model, about: About) -> None:
    """Move a folder with an int8 model's files to where it is found by its source.

    Raises:
        ModelError: It cannot be written.
    """
    _place(folder / _INT8 / model.sha256, made, about)


def digest_of(path: Path) -> str:
    """Return a file's SHA-256, lower-case hexadecimal.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _place(target: Path, made: Path, about: About) -> None:
    """Write down what a folder holds, and move it in one step."""
    try:
        text = json.dumps(asdict(about), indent=1)
        (made / _ABOUT).write_text(text + "\n", encoding="utf-8")
        target.parent.mkdir(parents=True, exist_ok=True)
        # No secret, and seldom put there by the user that the server runs as.
        made.chmod(0o755)
        # What is read from it is open; a rename takes nothing from who reads.
        if target.exists():
            old = made.with_name(made.name + ".old")
            target.rename(old)
            made.rename(target)
            shutil.rmtree(old, ignore_errors=True)
        else:
            made.rename(target)
    except OSError as error:
        message = f"{target}: cannot be written ({error.strerror})"
        raise ModelError(message) from error


def _places(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        message = f"{folder}: cannot be read ({error.strerror})"
        raise ModelError(message) from error


def _there(place: Path, name: str, *, source: str = "") -> Model:
    found = _open(place, name, source=source)
    if found is None:
        message = f"{place}: {_ABOUT} is missing"
        raise ModelError(message)
    return found


def _open(place: Path, name: str, *, source: str = "") -> Model | None:
    """Return the model in a folder after its checksums were compared."""
    about = _about(place, name)
    if about is None:
        return None
    for file, expected in about.files.items():
        try:
            digest = digest_of(place / file)
        except OSError as error:
            message = f"{name}: {place / file} cannot be read ({error.strerror})"
            raise ModelError(message) from error
        if digest != expected:
            message = (
                f"{name}: SHA-256 {digest[:12]}... of {place / file} "
                f"is not {expected[:12]}..."
            )
            raise ModelError(message)
    first = next(iter(about.files))
    return Model(
        about.name,
        Part(about.part),
        place / first,
        about.files[first],
        source,
        about.note,
    )


def _about(place: Path, name: str) -> About | None:
    """Return what is noted in a folder; nothing where there is no such folder."""
    try:
        told = json.loads((place / _ABOUT).read_text(encoding="utf-8"))
        about = About(**told)
        Part(about.part)
        next(iter(about.files))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        message = f"{name}: {place} cannot be read ({error.strerror})"
        raise ModelError(message) from error
    except (ValueError, TypeError, AttributeError, StopIteration) as error:
        message = f"{name}: {place / _ABOUT} is damaged"
        raise ModelError(message) from error
    return about
