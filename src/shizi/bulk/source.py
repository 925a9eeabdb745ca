"""Where pictures come from: folders, tar archives, lists, here or in a store."""

from __future__ import annotations

import csv
import io
import json
import os
import posixpath
import tarfile
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

from shizi.bulk.item import Item, find_store, is_remote, open_place
from shizi.core.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# What a folder or an archive holds besides is passed over; a list is believed.
_PICTURES: Final = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif")
_LISTS: Final = (".csv", ".jsonl", ".ndjson", ".parquet")
_PACKED: Final = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst", ".zip")
# The columns of a list, by what they mean; the first that is there is taken.
_PLACES: Final = ("path", "url", "image", "file")
_NAME: Final = "id"
# Rows of a Parquet list that are in memory at once.
_ROWS: Final = 10_000


def find_items(source: str) -> Iterator[Item]:
    """Give the pictures of a source, in an order that is the same each time.

    Args:
        source: A folder with pictures and tar archives, however deep; a tar archive;
            a list in CSV, JSON lines or Parquet, with the column `path` or `url`, and
            `id` if the pictures have names of their own. Each may be an address in a
            store: `s3://bucket/folder`.

    Raises:
        SourceError: It is none of these, or cannot be read.
    """
    try:
        lower = source.lower()
        if lower.endswith(".tar"):
            yield from _find_in_archive(source, prefix="")
        elif lower.endswith(_PACKED):
            raise SourceError(  # noqa: TRY301 - one of several kinds
                f"{source}: packed; pictures are found in plain tar alone"
            )
        elif lower.endswith(_LISTS):
            yield from _find_in_list(source)
        else:
            yield from _find_in_folder(source)
    except SourceError:
        raise
    except OSError as error:
        raise SourceError(f"{source}: {error.strerror or error}") from error
    except (UnicodeDecodeError, csv.Error, tarfile.TarError) as error:
        raise SourceError(f"{source}: {error}") from error
    except Exception as error:
        # The libraries of stores and of Parquet have errors of their own.
        raise SourceError(f"{source}: {type(error).__name__}: {error}") from error


def _find_in_folder(source: str) -> Iterator[Item]:
    found = False
    for name, place in _files_of(source):
        lower = name.lower()
        if lower.endswith(_PICTURES):
            found = True
            yield Item(name, place)
        elif lower.endswith(".tar"):
            found = True
            yield from _find_in_archive(place, prefix=f"{name}/")
    if not found:
        raise SourceError(f"{source}: no pictures are there")


def _files_of(source: str) -> Iterator[tuple[str, str]]:
    """Give each file's name within a folder, and its place; sorted."""
    if is_remote(source):
        store, top = find_store(source)
        for path in sorted(store.find(top)):
            yield posixpath.relpath(path, top), str(store.unstrip_protocol(path))
        return
    if not Path(source).is_dir():
        raise SourceError(f"{source}: no such folder, archive or list")
    for folder, folders, names in os.walk(source):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)  # noqa: PTH118 - a name may be no text
            # A pipe would be waited for without end.
            if os.path.isfile(path):  # noqa: PTH113 - as above
                yield os.path.relpath(path, source), path


def _find_in_archive(place: str, *, prefix: str) -> Iterator[Item]:
    """Give an archive's pictures by where they lie in it."""
    with open_place(place) as file, tarfile.open(fileobj=file, mode="r:") as archive:
        for member in archive:
            if member.isreg() and member.name.lower().endswith(_PICTURES):
                name = prefix + member.name
                yield Item(name, place, member.offset_data, member.size)
            # Otherwise the archive remembers each member that it has told of.
            archive.members = []  # type: ignore[attr-defined] # the types lack it


def _find_in_list(source: str) -> Iterator[Item]:
    lower = source.lower()
    with open_place(source) as file:
        if lower.endswith(".parquet"):
            rows = _rows_of_parquet(file)
        elif lower.endswith(".csv"):
            rows = iter(csv.DictReader(io.TextIOWrapper(file, "utf-8-sig", newline="")))
        else:
            rows = _rows_of_json(source, file)
        folder = source.rpartition("/")[0]
        for number, row in enumerate(rows, 1):
            place = next((row[name] for name in _PLACES if row.get(name)), None)
            if not isinstance(place, str):
                names = ", ".join(_PLACES)
                raise SourceError(f"{source}: row {number} has none of {names}")
            yield Item(str(row.get(_NAME) or place), _joined(folder, place))


def _joined(folder: str, place: str) -> str:
    """Return a place that may be written relative to the list's folder."""
    if is_remote(place) or place.startswith("/") or not folder:
        return place
    return f"{folder}/{place}"


def _rows_of_json(source: str, file: Iterable[bytes]) -> Iterator[Mapping[str, object]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            row: object = json.loads(line)
        except ValueError as error:
            raise SourceError(f"{source}: line {number} is no JSON") from error
        if not isinstance(row, dict):
            raise SourceError(f"{source}: line {number} is no JSON object")
        yield cast("dict[str, object]", row)


def _rows_of_parquet(file: IO[bytes]) -> Iterator[Mapping[str, object]]:
    try:
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError as error:
        raise SourceError(
            "Parquet needs its library: pip install 'shizi[bulk]'"
        ) from error
    table = parquet.ParquetFile(file)
    wanted = [name for name in table.schema_arrow.names if name in {*_PLACES, _NAME}]
    for batch in table.iter_batches(batch_size=_ROWS, columns=wanted):
        yield from batch.to_pylist()
