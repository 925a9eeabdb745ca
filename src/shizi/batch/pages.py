"""A file's pages as pictures."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from shizi.core.errors import ImageSizeError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

# 256 MiB: what 40 megapixels take in the costliest of the formats, a BMP of 32 bits,
# with room; a file that claims more would only fill the memory.
_MOST_BYTES = 256 << 20


class Picture(NamedTuple):
    """One page.

    Attributes:
        number: Which page, from 1 on.
        data: The encoded picture.
        is_paged: Whether the file is of a kind that has pages.
    """

    number: int
    data: bytes
    is_paged: bool


async def pages_of(path: Path) -> AsyncGenerator[Picture]:
    """Give the pages of a file, one after the other.

    Raises:
        ImageSizeError: The file is too large.
        OSError: It cannot be read.
    """
    yield Picture(1, await asyncio.to_thread(_read, path), is_paged=False)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ImageSizeError(f"the file is larger than {_MOST_BYTES >> 20} MiB")
    return data
