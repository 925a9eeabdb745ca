"""A folder of made pictures and their truth, a row of `labels.jsonl` each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks.render.families import KINDS
from benchmarks.render.scene import draw

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from benchmarks.render.families import Family
    from benchmarks.render.scene import Picture


def write(
    folder: Path,
    family: Family,
    numbers: Iterable[int],
    *,
    seed: int,
    quality: int | None = None,
    kinds: Sequence[str] = KINDS,
    append: bool = False,
) -> None:
    """Write the pictures of some numbers into a folder, which is made.

    Args:
        quality: JPEG quality in place of the family's.
        kinds: The kinds that take turns.
        append: Whether to keep the rows that are there.

    Raises:
        FontMissingError: No font of the family is installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    labels = folder / "labels.jsonl"
    with labels.open("a" if append else "w", encoding="utf-8") as file:
        for number in numbers:
            picture = draw(family, seed, number, quality, kinds=kinds)
            name = f"{family.name}-{seed}-{number:04}-{picture.kind}.jpg"
            (folder / name).write_bytes(picture.jpeg)
            row = label(name, picture)
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def label(name: str, picture: Picture) -> dict[str, object]:
    """Return a picture's row of `labels.jsonl`."""
    lines: list[dict[str, object]] = []
    for line in picture.lines:
        row: dict[str, object] = {
            "text": line.text,
            "quad": line.quad.round(2).tolist(),
        }
        if line.outline is not None:
            row["polygon"] = line.outline.round(2).tolist()
        lines.append(row)
    return {
        "image": name,
        "width": picture.width,
        "height": picture.height,
        "kind": picture.kind,
        "lang": picture.lang,
        "turn": picture.turn,
        "label_origin": "rendered",
        "lines": lines,
    }
