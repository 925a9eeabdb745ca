"""Draw the sample licence that the package ships: both pages, marked as a specimen."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image, ImageDraw

from benchmarks.licence.looks import FAMILIES
from benchmarks.licence.pictures import draw
from benchmarks.render import fonts

SAMPLE = Path(__file__).parents[2] / "src" / "shizi" / "samples" / "vehicle-licence.jpg"

# The first picture of this seed that shows both pages, one above the other, on wood.
_SEED, _NUMBER = 3, 7
_WIDTH = 1100
_MARK = "样本 SPECIMEN"
_FACE = fonts.Face("fonts-noto-cjk", "opentype/noto/NotoSansCJK-Regular.ttc", 2)
# Red, faint enough that what is printed below is read as before.
_RED = (178, 30, 30, 44)


def main() -> int:
    """Write `vehicle-licence.jpg`; return the exit status."""
    picture = draw(FAMILIES["tune"], "easy", _SEED, _NUMBER)
    image = Image.open(io.BytesIO(picture.jpeg)).convert("RGBA")
    image.thumbnail((_WIDTH, 2 * _WIDTH), Image.Resampling.LANCZOS)
    scale = image.width / picture.size[0]
    for quad in picture.quads.values():
        _mark(image, *(quad * scale).mean(axis=0))
    image.convert("RGB").save(SAMPLE, quality=82)
    return 0


def _mark(image: Image.Image, x: float, y: float) -> None:
    """Write the mark aslant over a card's middle."""
    font = fonts.load(_FACE, image.width // 11)
    width, height = (round(each) for each in font.getbbox(_MARK)[2:])
    mark = Image.new("RGBA", (width, height))
    ImageDraw.Draw(mark).text((0, 0), _MARK, _RED, font)
    mark = mark.rotate(22, Image.Resampling.BICUBIC, expand=True)
    place = (round(x - mark.width / 2), round(y - mark.height / 2))
    image.alpha_composite(mark, (max(place[0], 0), max(place[1], 0)))


if __name__ == "__main__":
    sys.exit(main())
