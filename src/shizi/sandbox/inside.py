"""What runs in the sandbox: files in, pixels out, nothing else.

Whoever takes this process over has its two descriptors: the socket, on which only
numbers and a short sentence are believed, and the memory for the pixels.
"""

from __future__ import annotations

import mmap
import os
import socket
import struct
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from shizi.core.errors import ImageDecodeError
from shizi.core.image import LARGE, decode_image
from shizi.core.memory import trim
from shizi.sandbox.limits import end_with_parent, lock_down

if TYPE_CHECKING:
    from shizi.core.image import Image

# How a file is announced: its bytes.
QUESTION = struct.Struct("<I")
# How it is answered: 0, height and width of the pixels; or 1, the bytes of the sentence
# that follows, and 0.
ANSWER = struct.Struct("<BII")
DECODED, REFUSED = 0, 1
# What is told first: whether system calls are filtered.
READY, READY_UNFILTERED = b"\x01", b"\x00"


def attend(link: int, memory: int) -> None:
    """Decode files from a socket until it ends; the main function of the process.

    Args:
        link: The socket, inherited.
        memory: What the pixels are written into, inherited.
    """
    end_with_parent()
    pixels = mmap.mmap(memory, 0)
    with socket.socket(fileno=link) as asker:
        filtered = lock_down()
        # A native library that stumbles may print, and nobody knows what.
        os.close(1)
        os.close(2)
        asker.sendall(READY if filtered else READY_UNFILTERED)
        while question := _receive(asker, QUESTION.size):
            (size,) = QUESTION.unpack(question)
            asker.sendall(_answer(_receive(asker, size), pixels))


def _answer(data: bytes, pixels: mmap.mmap) -> bytes:
    """Decode one file into the memory and return what is told of it."""
    try:
        image = decode_image(data, partial(_within, pixels))
    except ImageDecodeError as error:
        sentence = str(error).encode()
        return ANSWER.pack(REFUSED, len(sentence), 0) + sentence
    if image.nbytes > LARGE:
        trim()
    return ANSWER.pack(DECODED, *image.shape[:2])


def _within(pixels: mmap.mmap, shape: tuple[int, int, int]) -> Image:
    height, width, _ = shape
    return np.frombuffer(pixels, np.uint8, height * width * 3).reshape(shape)


def _receive(asker: socket.socket, size: int) -> bytes:
    """Return so many bytes, or none when the asker has gone."""
    data = bytearray(size)
    view, place = memoryview(data), 0
    while place < size:
        count = asker.recv_into(view[place:])
        if not count:
            return b""
        place += count
    return bytes(data)
