"""One picture of a source: what it is called, and where its bytes are."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, Final, cast

from shizi.core.errors import SourceError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

# 64 MiB: a picture of 40 megapixels, the most that is read, takes 120 MB as a bitmap
# and some 20 as JPEG or PNG.
LARGEST: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Item:
    """A picture to read; loaded where it is read, in any process on any machine.

    Attributes:
        id: Its name, one of its own in the source.
        place: The file's path, or its address in a store.
        start: Where in the file it begins, in bytes.
        size: Its bytes; none for the whole file.
    """

    id: str
    place: str
    start: int = 0
    size: int | None = None


def load(item: Item) -> bytes:
    """Return the encoded picture.

    Raises:
        SourceError: It cannot be had, or is too large to be one that is read.
    """
    most = LARGEST + 1 if item.size is None else min(item.size, LARGEST + 1)
    try:
        with open_place(item.place) as file:
            if item.start:
                file.seek(item.start)
            data = file.read(most)
    except SourceError:
        raise
    except OSError as error:
        raise SourceError(error.strerror or str(error)) from error
    except Exception as error:
        # A store's library has errors of its own.
        raise SourceError(f"{type(error).__name__}: {error}") from error
    if len(data) > LARGEST:
        raise SourceError(f"the file is larger than {LARGEST >> 20} MiB")
    return data


def is_remote(place: str) -> bool:
    """Return whether a place is an address, not a path."""
    return "://" in place


def open_place(place: str) -> AbstractContextManager[IO[bytes]]:
    """Open a file, or what an address names, for reading.

    Raises:
        SourceError: The library for such an address is not installed.
        OSError: It cannot be opened; a store's library may raise errors of its own.
    """
    if not is_remote(place):
        return open(place, "rb")  # noqa: PTH123 - as text: it may be no path
    store, path = find_store(place)
    return cast("AbstractContextManager[IO[bytes]]", store.open(path, "rb"))


def find_store(place: str) -> tuple[Any, str]:
    """Return the file system behind an address, and the path in it.

    Raises:
        SourceError: The library for it is not installed.
    """
    try:
        fsspec: Any = import_module("fsspec")
        store, path = fsspec.core.url_to_fs(place)
    except ImportError as error:
        raise SourceError(
            f"{place}: stores need a library: pip install 'shizi[bulk]'"
        ) from error
    except ValueError as error:
        raise SourceError(f"{place}: {error}") from error
    return store, str(path)
