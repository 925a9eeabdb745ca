"""What runs in an album's process: the pages of one file, drawn when asked for.

A TIFF is read with nothing open and nothing allowed, as pictures are. A PDF may need
fonts of the system, so that its process may open files; it may write none, and its
memory is limited.
"""

from __future__ import annotations

import io
import os
import resource
import socket
import struct
from typing import TYPE_CHECKING, Protocol

import PIL.Image

from shizi.core.errors import ImageDecodeError
from shizi.sandbox.limits import end_with_parent, lock_down

if TYPE_CHECKING:
    from shizi.core.image import Image

# How a page is asked for: its number, from 0; or how many there are.
QUESTION = struct.Struct("<I")
COUNT = 0xFFFFFFFF
# How it is answered: what, and a number or the bytes that follow.
ANSWER = struct.Struct("<BI")
COUNTED, DRAWN, REFUSED = 0, 1, 2

# 2 GiB of addresses: 40 megapixels take 160 MB as pdfium draws them, and as much again
# on their way; the rest is what the file holds.
_MEMORY = 2 << 30


class Pages(Protocol):
    """The pages of an open file."""

    def count(self) -> int:
        """Return how many there are."""
        ...

    def draw(self, number: int) -> Image:
        """Return a page's upright pixels: uint8, (H, W, 3), RGB.

        Args:
            number: Which page, from 0 on.

        Raises:
            ImageDecodeError: It cannot be drawn within the limits.
        """
        ...


def attend(link: int, file: int, name: str, dpi: int) -> None:
    """Draw pages until the socket ends; the main function of the process.

    Args:
        link: The socket, inherited.
        file: The file, open for reading, inherited.
        name: Which kind of file it is, `PDF` or `TIFF`.
        dpi: Pixels an inch of a PDF's pages.
    """
    end_with_parent()
    with socket.socket(fileno=link) as asker:
        try:
            pages = _open(file, name, dpi)
        except ImageDecodeError as error:
            _refuse(asker, error)
            return
        while question := asker.recv(QUESTION.size, socket.MSG_WAITALL):
            (number,) = QUESTION.unpack(question)
            if number == COUNT:
                asker.sendall(ANSWER.pack(COUNTED, pages.count()))
                continue
            try:
                data = _encoded(pages.draw(number))
            except ImageDecodeError as error:
                _refuse(asker, error)
            else:
                asker.sendall(ANSWER.pack(DRAWN, len(data)) + data)


def _open(file: int, name: str, dpi: int) -> Pages:
    """Open the file with its library, and give up what that does not need."""
    if name == "TIFF":
        from shizi.sandbox.tiff import TiffPages  # noqa: PLC0415 - one of the two

        with open(file, "rb") as stream:
            data = stream.read()
        _be_silent()
        lock_down()
        return TiffPages(data)
    try:
        from shizi.sandbox.pdf import PdfPages  # noqa: PLC0415 - in an extra
    except ImportError as error:
        raise ImageDecodeError("PDF is read with the extra shizi[pdf]") from error
    for kind, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(kind, (most, most))
    _be_silent()
    return PdfPages(open(file, "rb"), dpi)


def _be_silent() -> None:
    """Lead the outputs nowhere: a native library that stumbles may print anything."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _refuse(asker: socket.socket, error: ImageDecodeError) -> None:
    sentence = str(error).encode()
    asker.sendall(ANSWER.pack(REFUSED, len(sentence)) + sentence)


def _encoded(image: Image) -> bytes:
    """Return pixels as a file that costs next to nothing to write and to read."""
    file = io.BytesIO()
    PIL.Image.fromarray(image).save(file, "BMP")
    return file.getvalue()
