"""A folder of made pictures, each with its truth beside it."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING

import cv2

from benchmarks.licence.looks import FAMILIES
from benchmarks.licence.pictures import draw

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from benchmarks.licence.pictures import Picture


def write(
    folder: Path,
    family: str,
    condition: str,
    numbers: Iterable[int],
    *,
    seed: int,
    jobs: int = 1,
) -> None:
    """Write the pictures of some numbers into a folder, which is made.

    Args:
        jobs: Number of processes that draw.

    Raises:
        FontMissingError: A font that the family needs is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    one = partial(_write_one, folder, family, condition, seed)
    if jobs == 1:
        for number in numbers:
            one(number)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for _ in pool.map(one, numbers):
            pass


def name_of(family: str, condition: str, *, seed: int, number: int) -> str:
    """Return what a picture's files are called, without their ending."""
    return f"{family}-{seed}-{condition}-{number:04}"


def truth(name: str, picture: Picture) -> dict[str, object]:
    """Return what is written beside a picture of a name."""
    return {
        "image": f"{name}.jpg",
        "type": picture.kind,
        "condition": picture.condition,
        "pages": picture.pages,
        "fields": picture.fields,
        "quads": {page: quad.round(1).tolist() for page, quad in picture.quads.items()},
        "extra": picture.extra,
        "boxes": {value: box.round(1).tolist() for value, box in picture.boxes.items()},
        "meta": {**picture.meta, "size": list(picture.size)},
    }


def _write_one(
    folder: Path, family: str, condition: str, seed: int, number: int
) -> None:
    cv2.setNumThreads(1)
    picture = draw(FAMILIES[family], condition, seed, number)
    name = name_of(family, condition, seed=seed, number=number)
    (folder / f"{name}.jpg").write_bytes(picture.jpeg)
    text = json.dumps(truth(name, picture), ensure_ascii=False, indent=1)
    (folder / f"{name}.json").write_text(text + "\n", "utf-8")
