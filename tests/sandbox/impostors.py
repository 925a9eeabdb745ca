"""What somebody might run in the sandbox who took it over."""

from __future__ import annotations

import socket
import struct

ANSWER = struct.Struct("<BII")


def leaves(link: int, _shared: int) -> None:
    """End when a file comes."""
    _asked(link)


def tells_a_giant(link: int, _shared: int) -> None:
    """Tell a size far beyond the memory."""
    _asked(link).sendall(ANSWER.pack(0, 1 << 31, 1 << 31))


def tells_nonsense(link: int, _shared: int) -> None:
    """Tell what no answer begins with."""
    _asked(link).sendall(ANSWER.pack(7, 1, 1))


def _asked(link: int) -> socket.socket:
    asker = socket.socket(fileno=link)
    asker.sendall(b"\1")
    asker.recv(1)
    return asker
