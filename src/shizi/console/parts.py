"""What the console is put together from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shizi.access.store import Store
    from shizi.core.api import Api
    from shizi.core.card import Card
    from shizi.core.text import Page
    from shizi.service import Service
    from shizi.web.call import Audit, CallRecord


class Dialect(Protocol):
    """How the API tells what the console shows; called on the event loop."""

    def text(self, page: Page) -> Mapping[str, object]:
        """Return the reply to a call for printed text."""
        ...

    def card(self, card: Card) -> Mapping[str, object]:
        """Return the reply to a call for a vehicle licence, with all its detail."""
        ...

    def code(self, error: BaseException) -> int:
        """Return the errcode of an error."""
        ...

    def example(self, api: Api, address: str, file: str) -> str:
        """Return the commands that make the same call.

        Args:
            api: What is called.
            address: The server's, as the browser names it.
            file: The name of the picture's file.
        """
        ...


class Latency(Protocol):
    """How long calls took."""

    @property
    def bounds(self) -> Sequence[float]:
        """Seconds up to which each bar counts; the last one is infinity."""
        ...

    @property
    def counts(self) -> Sequence[int]:
        """Calls in each bar."""
        ...


class Health(NamedTuple):
    """How a server is.

    Attributes:
        workers: Processes that read and are up.
        wanted: Processes that should be.
        running: Calls that a worker is at.
        waiting: Calls in the queue.
        places: Calls that the queue takes.
        memory: Bytes that each worker held after its last call.
        latency: How long calls took since the start.
        codes: Calls by their errcode since the start.
        facts: Versions and settings by name.
        models: Model files and their SHA-256.
        started_at: In seconds since 1970, UTC.
    """

    workers: int
    wanted: int
    running: int
    waiting: int
    places: int
    memory: Sequence[int]
    latency: Latency
    codes: Mapping[int, int]
    facts: Mapping[str, str]
    models: Mapping[str, str]
    started_at: float


@dataclass(frozen=True, slots=True)
class Parts:
    """What stands behind the pages.

    Attributes:
        store: Apps, plans, counts; open.
        service: What reads pictures.
        dialect: How the API tells it.
        audit: Told of each picture that was tried.
        health: Returns how the server is.
        recent: Returns the newest calls of this server, the newest first.
        clock: Returns the present in seconds since 1970.
        is_open: Whether those who sit at the server's own machine need no log-in to try
            pictures.
    """

    store: Store
    service: Service
    dialect: Dialect
    audit: Audit
    health: Callable[[], Health]
    recent: Callable[[], Sequence[CallRecord]]
    clock: Callable[[], float]
    is_open: bool
