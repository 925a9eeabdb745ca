"""Write made pictures and their truth into a folder."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.render.families import FAMILIES
from benchmarks.render.fonts import FontMissingError
from benchmarks.render.scene import Picture, draw


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.render", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--family", choices=sorted(FAMILIES), default="report")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--quality", type=int, help="JPEG quality for all")
    parser.add_argument("--append", action="store_true", help="keep what is there")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    labels = options.out / "labels.jsonl"
    try:
        with labels.open("a" if options.append else "w", encoding="utf-8") as file:
            for number in range(options.first, options.first + options.count):
                family = FAMILIES[options.family]
                picture = draw(family, options.seed, number, options.quality)
                name = f"{family.name}-{options.seed}-{number:04}-{picture.kind}.jpg"
                (options.out / name).write_bytes(picture.jpeg)
                row = label(name, picture)
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    except FontMissingError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


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


if __name__ == "__main__":
    sys.exit(main())
