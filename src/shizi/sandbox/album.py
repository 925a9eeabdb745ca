"""A file of several pages, opened in a process of its own: the caller's side."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from shizi.core.errors import ImageDecodeError, TaskError
from shizi.sandbox.leaves import ANSWER, COUNT, COUNTED, DRAWN, QUESTION, REFUSED

if TYPE_CHECKING:
    from pathlib import Path

# 30: seconds for one page. A sheet of A0 full of lines takes a few.
_SECONDS = 30.0
# Bytes of a page as it comes over: 40 megapixels and a header.
_MOST_BYTES = 3 * 40_000_000 + 4096
_LONGEST_SENTENCE = 200
# Processes that a file may use up before nothing more is tried.
_LIVES = 3

_MAIN = "from shizi.sandbox.leaves import attend; attend"


class _Answer(NamedTuple):
    kind: int
    number: int
    data: bytes


class Album:
    """The pages of one PDF or TIFF; its methods block, all but `close`.

    A page that ends the process or takes too long costs itself alone.
    """

    def __init__(self, path: Path, kind: str, *, dpi: int) -> None:
        """Start a process on a file.

        Args:
            path: The file.
            kind: `PDF` or `TIFF`.
            dpi: Pixels an inch of a PDF's pages.

        Raises:
            OSError: The file cannot be opened.
        """
        self._kind = kind
        self._dpi = dpi
        self._lives = _LIVES
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None

    def count(self) -> int:
        """Return how many pages there are.

        Raises:
            ImageDecodeError: The file cannot be opened.
            TaskError: The process cannot be started.
        """
        return self._ask(COUNT, "the file").number

    def draw(self, number: int) -> bytes:
        """Return a page, from 0 on, as a picture's file.

        Raises:
            ImageDecodeError: It cannot be drawn.
            TaskError: The process cannot be started.
        """
        return self._ask(number, "the page").data

    def close(self) -> None:
        """End the process; a call that waits for it fails."""
        self._lives = 0
        self._end()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _ask(self, number: int, what: str) -> _Answer:
        """Return an answer; a process that gives none is replaced for the next."""
        if self._lives <= 0:
            raise ImageDecodeError(f"{self._kind}: opening it failed too often")
        try:
            link = self._start() if self._link is None else self._link
            link.sendall(QUESTION.pack(number))
            answer = _receive(link)
        except TimeoutError as error:
            self._lose()
            message = f"{what} takes more than {_SECONDS:g} s"
            raise ImageDecodeError(message) from error
        except (OSError, EOFError) as error:
            self._lose()
            message = f"{what} ended the process that drew it"
            raise ImageDecodeError(message) from error
        if answer.kind == REFUSED:
            raise ImageDecodeError(answer.data.decode("ascii", "replace"))
        return answer

    def _start(self) -> socket.socket:
        """Start a process on the file, from its beginning."""
        os.lseek(self._file, 0, os.SEEK_SET)
        link, theirs = socket.socketpair()
        link.settimeout(_SECONDS)
        with theirs:
            number, file = theirs.fileno(), self._file
            call = f"{_MAIN}({number}, {file}, {self._kind!r}, {self._dpi})"
            try:
                self._process = subprocess.Popen(  # noqa: S603 - this interpreter
                    [sys.executable, "-c", call],
                    pass_fds=[number, file],
                    stdin=subprocess.DEVNULL,
                    # Ctrl-C at a terminal is the caller's business.
                    process_group=0,
                )
            except OSError as error:
                link.close()
                raise TaskError("the pages' process cannot be started") from error
        self._link = link
        return link

    def _lose(self) -> None:
        self._lives -= 1
        self._end()

    def _end(self) -> None:
        """End the process now."""
        link, self._link = self._link, None
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
        if link is not None:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()


def _receive(link: socket.socket) -> _Answer:
    """Return an answer.

    Raises:
        EOFError: The other side has ended, or answers nonsense.
        TimeoutError: None comes.
    """
    kind, size = ANSWER.unpack(_take(link, ANSWER.size))
    if kind == COUNTED:
        return _Answer(kind, size, b"")
    if size > (_MOST_BYTES if kind == DRAWN else _LONGEST_SENTENCE):
        raise EOFError
    return _Answer(kind, 0, _take(link, size))


def _take(link: socket.socket, size: int) -> bytes:
    """Return so many bytes.

    Raises:
        EOFError: The other side has ended.
        TimeoutError: They do not come.
    """
    data = bytearray(size)
    view, place = memoryview(data), 0
    while place < size:
        count = link.recv_into(view[place:])
        if not count:
            raise EOFError
        place += count
    return bytes(data)
