"""A file's pages as pictures."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from shizi.core.errors import ImageDecodeError, ImageSizeError
from shizi.sandbox.album import Album

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

# 256 MiB: what 40 megapixels take in the costliest of the formats, a BMP of 32 bits,
# with room; a file that claims more would only fill the memory.
_MOST_BYTES = 256 << 20
# 200: the letters of a printed page are then 20 to 40 pixels high, and one of A4 costs
# as much to read as a telephone's picture that was made smaller.
DPI = 200
# A PDF may begin with something else (ISO 32000-1, implementation note 13 of annex H).
_PDF, _PDF_WITHIN = b"%PDF-", 1024
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


class Picture(NamedTuple):
    """One page.

    Attributes:
        number: Which page, from 1 on.
        data: The encoded picture; empty if there is none.
        is_paged: Whether the file is of a kind that has pages.
        fault: Why there is no picture of the page.
    """

    number: int
    data: bytes
    is_paged: bool
    fault: str | None = None


async def pages_of(path: Path, *, dpi: int = DPI) -> AsyncGenerator[Picture]:
    """Give the pages of a file, one after the other.

    Args:
        path: A picture, a TIFF or a PDF; told by what it holds, not by its name.
        dpi: Pixels an inch of a PDF's pages.

    Raises:
        ImageSizeError: The file is too large.
        ImageDecodeError: The file cannot be opened.
        OSError: It cannot be read.
    """
    kind = await asyncio.to_thread(find_kind, path)
    if kind is None:
        yield Picture(1, await asyncio.to_thread(_read, path), is_paged=False)
        return
    album = Album(path, kind, dpi=dpi)
    try:
        count = await asyncio.to_thread(album.count)
        if not count:
            raise ImageDecodeError("the file has no pages")
        for number in range(count):
            try:
                data, fault = await asyncio.to_thread(album.draw, number), None
            except ImageDecodeError as error:
                data, fault = b"", str(error)
            yield Picture(number + 1, data, is_paged=True, fault=fault)
    finally:
        album.close()


def find_kind(path: Path) -> str | None:
    """Return `PDF` or `TIFF` for a file that has pages.

    Raises:
        OSError: It cannot be read.
    """
    if not path.is_file():
        return None
    with path.open("rb") as file:
        start = file.read(_PDF_WITHIN + len(_PDF))
    if start.startswith(_TIFF):
        return "TIFF"
    return "PDF" if _PDF in start else None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ImageSizeError(f"the file is larger than {_MOST_BYTES >> 20} MiB")
    return data
