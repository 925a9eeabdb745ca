"""Typefaces of the system, and which characters each of them can draw."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path("/usr/share/fonts")

# A noncharacter: no font maps it, so what is drawn for it is the font's "no glyph" box.
_UNMAPPED = "\U0010ffff"
_PROBE_SIZE = 32


class FontMissingError(Exception):
    """None of the fonts that a picture could be drawn with is installed."""


@dataclass(frozen=True, slots=True)
class Face:
    """One typeface in a font file.

    Attributes:
        package: The Debian package that holds the file.
        file: Path under the system's font folder.
        index: Number of the face inside a collection file.
    """

    package: str
    file: str
    index: int = 0

    @property
    def path(self) -> Path:
        """Return where the file lies on a Debian system."""
        return ROOT / self.file


def installed(faces: Sequence[Face]) -> tuple[Face, ...]:
    """Return those of the faces whose file is there, in their order.

    Raises:
        FontMissingError: None is there; the message names the packages.
    """
    found = tuple(face for face in faces if face.path.is_file())
    if not found:
        packages = " ".join(sorted({face.package for face in faces}))
        message = f"no font to draw with; install one of: apt-get install {packages}"
        raise FontMissingError(message)
    return found


@lru_cache(maxsize=256)
def load(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """Return the face at a size in pixels, with plain left-to-right layout."""
    return ImageFont.truetype(
        face.path, size, index=face.index, layout_engine=ImageFont.Layout.BASIC
    )


def covers(face: Face, text: str) -> bool:
    """Return whether the face has a glyph of its own for every character."""
    return all(_has(face, character) for character in text)


def covered(face: Face, text: str) -> str:
    """Return the text without the characters that the face cannot draw."""
    return "".join(character for character in text if _has(face, character))


@lru_cache(maxsize=65536)
def _has(face: Face, character: str) -> bool:
    if character.isspace():
        return True
    drawn = _mask(face, character)
    return any(drawn[1]) and drawn != _mask(face, _UNMAPPED)


def _mask(face: Face, character: str) -> tuple[tuple[int, int], bytes]:
    mask = load(face, _PROBE_SIZE).getmask(character)
    return mask.size, bytes(mask)
