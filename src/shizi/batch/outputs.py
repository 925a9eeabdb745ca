"""Where what was read goes: a folder, or a stream."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, BinaryIO, Protocol, Self

from shizi.batch.inputs import BOXES, SEARCHABLE
from shizi.batch.searchable import Binder
from shizi.core.errors import OutputError
from shizi.journal import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from pathlib import Path
    from types import TracebackType

    from shizi.batch.inputs import Input
    from shizi.formats import Format
    from shizi.formats.scan import Scan

# What the file is called that all scans of a run share.
_SHARED = "all"


class Outputs(Protocol):
    """Takes what was read, file by file; called from one thread at a time."""

    def write(self, item: Input, scan: Scan) -> Mapping[str, int]:
        """Write all of a file; return the bytes of the files it shares with others.

        Raises:
            OutputError: It cannot be written.
        """
        ...

    def bind(self, item: Input, scan: Scan) -> None:
        """Write the searchable PDF of a file, where that is asked for.

        Raises:
            ImageDecodeError: There can be none of this file.
            TaskError: It was not made for another reason.
            OutputError: It cannot be written.
        """
        ...

    def draw(self, item: Input, number: int | None, drawn: bytes) -> None:
        """Write a page with its outlines.

        Args:
            item: The file.
            number: Which page, from 1; none where a file is one picture.
            drawn: The picture.

        Raises:
            OutputError: It cannot be written.
        """
        ...


class Stream:
    """Writes one format to a stream, in the order of the files."""

    def __init__(
        self, write: Callable[[str], None], form: Format, *, is_named: bool
    ) -> None:
        """Take what writes, the format, and whether each file is announced."""
        self._write = write
        self._form = form
        self._is_named = is_named
        self._head = form.head

    def write(self, item: Input, scan: Scan) -> Mapping[str, int]:
        """Write all of a file."""
        del item
        head = self._head or (f"==> {scan.title} <==\n" if self._is_named else "")
        self._head = None
        self._write(head + self._form.write(scan))
        return {}

    def bind(self, item: Input, scan: Scan) -> None:
        """Do nothing: a stream has no place for PDF."""

    def draw(self, item: Input, number: int | None, drawn: bytes) -> None:
        """Do nothing: a stream has no place for pictures."""


class Folder:
    """Writes files named after what was read, each whole or not at all."""

    def __init__(
        self,
        folder: Path,
        forms: Mapping[str, Format],
        ends: Mapping[str, int],
        *,
        is_searchable: bool = False,
    ) -> None:
        """Take the folder, which is there.

        Args:
            folder: Where to write.
            forms: The formats by their names.
            ends: Bytes of the shared files that are kept, by the files' names; what is
                behind is of a run that did not end.
            is_searchable: Whether to write searchable PDF, too.

        Raises:
            JournalError: A part of a shared file is gone.
            OutputError: A shared file cannot be written.
        """
        self._folder = folder
        self._binder = Binder() if is_searchable else None
        self._forms = [form for form in forms.values() if not form.is_shared]
        self._shared: dict[str, tuple[Format, BinaryIO]] = {}
        with _told():
            for form in forms.values():
                if form.head is not None:
                    name = _SHARED + form.suffix
                    file = (folder / name).open("a+b")
                    self._shared[name] = (form, file)
                    if not cut(file, name, ends):
                        file.write(form.head.encode())
                        file.flush()

    def __enter__(self) -> Self:
        """Return the folder itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the shared files."""
        if self._binder is not None:
            self._binder.close()
        for _, file in self._shared.values():
            file.close()

    def write(self, item: Input, scan: Scan) -> Mapping[str, int]:
        """Write all of a file; return the bytes of the files it shares with others."""
        with _told():
            for form in self._forms:
                self._put(item, form.suffix, form.write(scan).encode())
            for form, file in self._shared.values():
                file.write(form.write(scan).encode())
                file.flush()
            return {name: file.tell() for name, (_, file) in self._shared.items()}

    def bind(self, item: Input, scan: Scan) -> None:
        """Write the searchable PDF of a file, where that is asked for."""
        if self._binder is not None:
            with _told(), self._written(item, SEARCHABLE) as part:
                self._binder.bind(item.path, scan, part)

    def draw(self, item: Input, number: int | None, drawn: bytes) -> None:
        """Write a page with its outlines."""
        with _told():
            self._put(item, BOXES if number is None else f".{number}{BOXES}", drawn)

    def _put(self, item: Input, suffix: str, data: bytes) -> None:
        with self._written(item, suffix) as part, part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    @contextlib.contextmanager
    def _written(self, item: Input, suffix: str) -> Generator[Path]:
        """Have a file written under another name first: a half one is never seen."""
        target = self.place(item, suffix)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        try:
            yield part
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        part.replace(target)

    def place(self, item: Input, suffix: str) -> Path:
        """Return where something of a file is written."""
        place = self._folder / item.place
        return place.with_name(place.name + suffix)


@contextlib.contextmanager
def _told() -> Generator[None]:
    """Tell a fault of the file system as one of ours."""
    try:
        yield
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise OutputError(f"cannot write: {where}{error.strerror}") from error
