"""Which files shall be read, and what is named after each."""

from __future__ import annotations

import codecs
import glob
import os
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STANDARD_INPUT = "-"

# What is taken of a folder; a file that is named is taken whatever its name.
_SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".pdf")
)
# What runs write beside their inputs; not read again.
BOXES, SEARCHABLE = ".boxes.jpg", ".ocr.pdf"


@dataclass(frozen=True, slots=True)
class Input:
    """One file.

    Attributes:
        name: The file, as it was given; its id in the journal.
        path: Where it is.
        place: What is written of it is named so, and lies there in the output folder.
    """

    name: str
    path: Path
    place: PurePath


class Missing(NamedTuple):
    """Something that was given and is not there."""

    name: str
    reason: str


class Found(NamedTuple):
    """What was given.

    Attributes:
        inputs: The files, each once, in the order given and by name in folders.
        missing: What is not there.
        root: The folder that all files lie in; their places are told from there.
    """

    inputs: tuple[Input, ...]
    missing: tuple[Missing, ...]
    root: str


def find_inputs(
    paths: Sequence[str],
    *,
    is_deep: bool = False,
    apart: Path | None = None,
    standard_input: Path | None = None,
) -> Found:
    """Return the files behind paths.

    Args:
        paths: Files, folders, patterns as of a shell, or `-` for standard input.
        is_deep: Whether folders are taken with the folders in them.
        apart: A folder that is passed over: what runs write is not read.
        standard_input: Where what came there was put.
    """
    names: list[str] = []
    missing: list[Missing] = []
    folders: list[Path] = []
    skipped = apart.resolve() if apart else None
    for path in paths:
        for each in _matches(path):
            if isinstance(each, Missing):
                missing.append(each)
            elif (folder := Path(each)).is_dir() and each != STANDARD_INPUT:
                folders.append(_absolute(each))
                found, faults = _walk(folder, is_deep=is_deep, skipped=skipped)
                names += found
                missing += faults
            else:
                names.append(each)
    names = _each_once(names)
    files = (_absolute(name).parent for name in names if name != STANDARD_INPUT)
    places = [*files, *folders]
    root = Path(os.path.commonpath(places)) if places else Path()
    inputs = tuple(_input(name, root, standard_input) for name in names)
    return Found(inputs, tuple(missing), str(root))


def read_list(data: bytes) -> list[str]:
    """Return the paths of a list: one a line, or parted by zero bytes."""
    data = data.removeprefix(codecs.BOM_UTF8)  # as editors on Windows begin files
    parts = data.split(b"\0") if b"\0" in data else data.splitlines()
    return [os.fsdecode(part) for part in parts if part.strip()]


def _matches(path: str) -> list[str | Missing]:
    """Return what a path stands for: itself, or what it matches as a pattern."""
    if path == STANDARD_INPUT:
        return [path]
    if (path := os.path.normpath(path)) == STANDARD_INPUT:
        path = os.path.join(os.curdir, path)  # noqa: PTH118 - pathlib takes `./` away
    if os.path.lexists(path):
        return [path]
    if not glob.has_magic(path):
        return [Missing(path, "No such file or directory")]
    matches = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - may be absolute
    return [*matches] or [Missing(path, "nothing matches")]


def _each_once(names: Iterable[str]) -> list[str]:
    """Return names without those of a file that was named before, in another way."""
    places: dict[object, str] = {}
    for name in names:
        places.setdefault(name if name == STANDARD_INPUT else _absolute(name), name)
    return list(places.values())


def _walk(
    top: Path, *, is_deep: bool, skipped: Path | None
) -> tuple[list[str], list[Missing]]:
    """Return a folder's files by name, those of folders in it behind them."""
    found: list[str] = []
    faults: list[OSError] = []
    for name, folders, files in os.walk(top, onerror=faults.append):
        folder = Path(name)
        if folder.resolve() == skipped and folder != top:
            folders.clear()
            continue
        folders[:] = [
            each for each in sorted(folders) if is_deep and not each.startswith(".")
        ]
        found += [
            str(folder / file)
            for file in sorted(files)
            if _is_scan(file) and (folder / file).is_file()
        ]
    return found, [
        Missing(fault.filename or str(top), fault.strerror or "cannot be read")
        for fault in faults
    ]


def _is_scan(file: str) -> bool:
    """Return whether a folder's file is taken."""
    name = file.lower()
    return (
        not name.startswith(".")
        and Path(name).suffix in _SUFFIXES
        and not name.endswith((BOXES, SEARCHABLE))
    )


def _absolute(name: str) -> Path:
    """Return a path from the root on, links kept and `..` resolved."""
    return Path(os.path.abspath(name))  # noqa: PTH100 - pathlib resolves none or all


def _input(name: str, root: Path, standard_input: Path | None) -> Input:
    if name == STANDARD_INPUT:
        return Input(name, standard_input or Path("/dev/stdin"), PurePath("stdin"))
    return Input(name, Path(name), PurePath(_absolute(name).relative_to(root)))
