"""A brake on guessing secrets, in the memory of one process."""

from __future__ import annotations

from collections import OrderedDict, deque
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from shizi.core.errors import ThrottledError

# 10 wrong secrets a minute: a client that still has the old one tries once a call or
# once a minute; one that guesses gets 14 400 tries a day, and fills the log.
ATTEMPTS: Final = 10
SECONDS: Final = 60.0

# 10 000 places, some 3 MB: those who come from more are forgotten oldest first.
_PLACES: Final = 10_000

# 64: the longest id of an app; no address is as long.
_LONGEST: Final = 64

# What one customer of a network is usually given of IPv6.
_PREFIX: Final = 64


class Throttle:
    """Counts the wrong secrets of an app that come from one address."""

    def __init__(self) -> None:
        """Begin without any."""
        self._failures: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def check(self, app_id: str, address: str, *, now: float) -> None:
        """See that the address may try a secret of the app.

        Raises:
            ThrottledError: It has sent too many wrong ones within the last minute.
        """
        failures = self._failures.get(_key(app_id, address), ())
        if sum(now - moment < SECONDS for moment in failures) >= ATTEMPTS:
            raise ThrottledError("too many wrong secrets came from this address")

    def note(self, app_id: str, address: str, *, now: float) -> None:
        """Remember a wrong secret."""
        key = _key(app_id, address)
        self._failures.setdefault(key, deque(maxlen=ATTEMPTS)).append(now)
        self._failures.move_to_end(key)
        if len(self._failures) > _PLACES:
            self._failures.popitem(last=False)


def _key(app_id: str, address: str) -> tuple[str, str]:
    """Return what stands for an app and an address; neither takes much memory.

    No app's id is longer, but what a stranger says may be.
    """
    return app_id[:_LONGEST], _place(address)[:_LONGEST]


def _place(address: str) -> str:
    """Return what stands for an address: of IPv6 its network."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ip_network((known, _PREFIX), strict=False))
    return str(known)
