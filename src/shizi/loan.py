"""A loan: an idle worker that reads lines of another worker's page.

The parent makes a pair of sockets and hands one end to each of the two. Ending either
end ends the loan, so the helper is free again as soon as another caller needs it, and
what it had been asked for is done by the worker whose call it is.
"""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any, TypeVar

from shizi.core.errors import ShiziError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from shizi.ports import Engine

T = TypeVar("T")
S = TypeVar("S")

# 2 s: the widest strips take some tenths on a busy machine; a helper that is stopped
# must not cost the call that it helps.
_ANSWER_SECONDS = 2.0


class Loan:
    """The parent's side; both ends are given up by whoever waits for that worker.

    Attributes:
        asking: The end of the worker whose call it is.
        helping: The end of the worker that helps.
        is_recalled: Whether the helper has been asked back.
    """

    def __init__(self) -> None:
        """Make the two ends."""
        self.asking, self.helping = socket.socketpair()
        self.is_recalled = False

    def recall(self) -> None:
        """Have the helper come back as soon as it has read its line."""
        self.is_recalled = True
        _end(self.helping)

    def stop_asking(self) -> None:
        """Give up the asking end: its worker's call is over."""
        _end(self.asking)
        self.asking.close()

    def stop_helping(self) -> None:
        """Give up the helping end: its worker is back, or lost."""
        _end(self.helping)
        self.helping.close()


class Helper:
    """The helper, as the worker sees it whose call it is; for one thread."""

    def __init__(self, pipe: Connection) -> None:
        """Take the asking end."""
        self._pipe = pipe

    def ask(self, do: Callable[[Any, S], T], subject: S) -> T | None:
        """Return what a function says of a subject with the helper's engine.

        Args:
            do: A module-level function; takes the engine and the subject.
            subject: Picklable, as the result must be.

        Returns:
            Nothing when the helper is gone, and ever after.
        """
        with contextlib.suppress(EOFError, OSError):
            self._pipe.send((do, subject))
            if self._pipe.poll(_ANSWER_SECONDS):
                answer: T = self._pipe.recv()
                return answer
        self._pipe.close()
        return None


def answer(engine: Engine, pipe: Connection) -> None:
    """Answer what is asked through the helping end, until the loan ends.

    An error ends it as well: the worker whose call it is meets the same, and tells.
    """
    with contextlib.suppress(EOFError, OSError, ShiziError):
        while True:
            do, subject = pipe.recv()
            pipe.send(do(engine, subject))


def _end(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
