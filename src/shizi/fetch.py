"""Pictures behind addresses that strangers send.

The address a host name stands for is looked up once, checked, and then connected to as
it is; nothing looks the name up again. Every redirect starts anew.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from functools import cached_property
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias, cast
from urllib.parse import quote, urljoin

import httpx

from shizi.core.errors import BusyError, ImageFetchError, SetupError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Sequence

# 2 MiB - 1 byte: WeChat takes files "smaller than 2M".
MAX_BYTES = 2 * 1024 * 1024 - 1
MAX_REDIRECTS = 3
MAX_SECONDS = 10.0

# 0.5 s: a refusal takes at least as long, so that what is closed, what is open and what
# is not asked at all look alike; most names are looked up and asked within it.
REFUSAL_SECONDS = 0.5

# 64 at once: 40 origins that hang leave room for others, and their files are 128 MiB.
_AT_ONCE = 64

# 3 s: an address that drops packets leaves time for the next one of the host.
_CONNECT_SECONDS = 3.0

# 8 threads: a name server that hangs holds one for up to 30 s; threads of our own, so
# that it holds nobody else's.
_LOOKUP_THREADS = 8

# 8 KiB: what the common web servers take as a request line.
_MAX_URL = 8192

_REFUSAL = "nothing usable stands behind the address"

_Address: TypeAlias = IPv4Address | IPv6Address
_Network: TypeAlias = IPv4Network | IPv6Network

# Control characters, DEL and the backslash, which parsers read as different things.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\]")
_URL = re.compile(r"(https?)://([^/?#]+)([^#]*)(?:#.*)?", re.IGNORECASE | re.ASCII)
_AUTHORITY = re.compile(
    r"(?:\[([0-9a-f:.]+)\]|([a-z0-9_-]+(?:\.[a-z0-9_-]+)*))(?::([0-9]{1,5}))?",
    re.IGNORECASE | re.ASCII,
)
# A last label like these makes browsers and libc read the whole host as an address.
_NUMERIC_HOST = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")

# What `is_global` of some Python 3.11 calls public, or what reaches further than it
# looks: the whole of 192.0.0.0/24 and the relays of 6to4 (RFC 6890, RFC 7526), the
# platform address of Azure, which lies in public space, and AMT and ORCHID blocks.
_CLOSED: tuple[_Network, ...] = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
)
# Global unicast (RFC 4291): leaves out mapped and compatible IPv4, 64:ff9b::/32,
# fc00::/7, fe80::/10, fec0::/10 and all that was never assigned.
_UNICAST = IPv6Network("2000::/3")

# Whatever goes wrong on the way to a file.
_FAILURES = (
    ImageFetchError,
    httpx.HTTPError,
    httpx.InvalidURL,
    OSError,
    ValueError,
)

_OK = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

# Printable ASCII goes out as it came, for a signature may cover it.
_VERBATIM = "".join(map(chr, range(0x21, 0x7F)))


class Resolver(Protocol):
    """Looks up the addresses of a host; called on the event loop."""

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Return every address of the host.

        Raises:
            OSError: The host has none.
        """
        ...


class _Target(NamedTuple):
    """One place to ask, as its URL spells it."""

    scheme: str
    host: str
    port: int
    authority: str
    path: str


class Fetcher:
    """Gets pictures from public addresses, and from the private ones allowed."""

    def __init__(
        self,
        allow: Sequence[str] = (),
        *,
        enabled: bool = True,
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Read the allow-list; opens no connection.

        Args:
            allow: Host names, addresses and networks (CIDR) that are taken although
                they are not public.
            enabled: Whether anything is fetched at all.
            resolver: What looks up host names; by default the system.
            tls: What servers are believed by; by default the authorities of `certifi`
                and of the system.

        Raises:
            SetupError: An entry of the allow-list is neither a host nor a network.
        """
        self._hosts, self._networks = _allowed(allow)
        self._enabled = enabled
        self._given_tls = tls
        self._threads = ThreadPoolExecutor(_LOOKUP_THREADS, "shizi-lookup")
        self._resolver = resolver or self._look_up
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def fetch(self, url: str) -> bytes:
        """Return the bytes behind an address.

        Raises:
            ImageFetchError: The address is malformed or closed to us, does not answer
                in time, or gives no file or one that is too large. The message is
                always the same one.
            BusyError: Too many addresses are being asked.
        """
        if not self._enabled:
            raise ImageFetchError(_REFUSAL)
        if self._places.locked():
            raise BusyError("too many addresses are being asked")
        loop = asyncio.get_running_loop()
        soonest = loop.time() + REFUSAL_SECONDS
        async with self._places:
            try:
                async with asyncio.timeout(MAX_SECONDS):
                    return await self._follow(url)
            except _FAILURES as error:
                await asyncio.sleep(soonest - loop.time())
                raise ImageFetchError(_REFUSAL) from error

    async def aclose(self) -> None:
        """Let go of the threads; look-ups that hang are left to end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _follow(self, url: str) -> bytes:
        """Return the bytes behind an address, some redirects away at most."""
        for _ in range(1 + MAX_REDIRECTS):
            answer = await self._ask(_parse(url))
            if isinstance(answer, bytes):
                return answer
            url = urljoin(url, answer)
        raise ImageFetchError(_REFUSAL)

    async def _ask(self, target: _Target) -> bytes | str:
        """Return the body at a target, or where it sends us on."""
        failure: Exception | None = None
        for address in await self._addresses(target):
            try:
                return await self._get(target, address)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise ImageFetchError(_REFUSAL) from failure

    async def _addresses(self, target: _Target) -> Sequence[_Address]:
        """Return the addresses of the target's host if every one may be asked."""
        try:
            found: Sequence[_Address] = [ip_address(target.host)]
        except ValueError:
            answers = await self._resolver(target.host, target.port)
            found = [ip_address(answer) for answer in answers]
        if target.host not in self._hosts and not all(map(self._is_open, found)):
            raise ImageFetchError(_REFUSAL)
        return found

    def _is_open(self, address: _Address) -> bool:
        return _is_public(address) or any(address in net for net in self._networks)

    async def _get(self, target: _Target, address: _Address) -> bytes | str:
        """Ask one address for the target; a connection of its own, never kept."""
        literal = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
        request = httpx.Request(
            "GET",
            f"{target.scheme}://{literal}:{target.port}/",
            headers={
                "Host": target.authority,
                "User-Agent": "shizi",
                "Accept": "*/*",
                "Accept-Encoding": "identity",
                "Connection": "close",
            },
            extensions={
                "target": target.path.encode("ascii"),
                "sni_hostname": target.host,
                "timeout": {
                    "connect": _CONNECT_SECONDS,
                    "read": MAX_SECONDS,
                    "write": MAX_SECONDS,
                    "pool": MAX_SECONDS,
                },
            },
        )
        # A transport, not a client: it knows no proxies, cookies or redirects. One for
        # each request: kept connections are told apart by address alone, not by the
        # host whose certificate was checked.
        tls = self._tls if target.scheme == "https" else _distrust()
        async with httpx.AsyncHTTPTransport(verify=tls, trust_env=False) as transport:
            response = await transport.handle_async_request(request)
            async with aclosing(response):
                return await _read(response)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """What servers of https are believed by; loading it takes 30 ms."""
        return self._given_tls or _authorities()

    async def _look_up(self, host: str, port: int) -> Sequence[str]:
        """Return the system's addresses of a host, in its order of preference."""
        entries = await asyncio.get_running_loop().run_in_executor(
            self._threads, _getaddrinfo, host, port
        )
        return list(dict.fromkeys(entries))


def _distrust() -> ssl.SSLContext:
    """Return a context that trusts nobody, for a transport that never uses it."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _authorities() -> ssl.SSLContext:
    """Return a context that trusts the public authorities and the system's own."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def _getaddrinfo(host: str, port: int) -> list[str]:
    """Return the addresses of a host; blocks, so never on the event loop."""
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in entries]


def _allowed(entries: Iterable[str]) -> tuple[frozenset[str], tuple[_Network, ...]]:
    """Return the hosts and the networks among the entries of an allow-list."""
    hosts: set[str] = set()
    networks: list[_Network] = []
    for entry in entries:
        try:
            networks.append(ip_network(entry))
        except ValueError:
            host = entry.lower()
            match = _AUTHORITY.fullmatch(host)
            if match is None or match[2] != host or _NUMERIC_HOST.fullmatch(host):
                raise SetupError(
                    f"fetch allow-list: {entry!r} is neither a host nor a network"
                ) from None
            hosts.add(host)
    return frozenset(hosts), tuple(networks)


def _parse(url: str) -> _Target:
    """Return the parts of a URL that can be read in one way only.

    Raises:
        ValueError: The URL is anything else.
    """
    whole = None if _FORBIDDEN.search(url[:_MAX_URL]) else _URL.fullmatch(url)
    authority = _AUTHORITY.fullmatch(whole[2]) if whole else None
    if whole is None or authority is None or len(url) > _MAX_URL:
        raise ValueError("malformed")
    scheme = whole[1].lower()
    host = (authority[1] or authority[2]).lower()
    if authority[1]:
        IPv6Address(host)
    elif _NUMERIC_HOST.fullmatch(host):
        # Takes four decimal numbers without leading zeros and nothing else.
        IPv4Address(host)
    port = int(authority[3] or {"http": 80, "https": 443}[scheme])
    if not 0 < port <= 0xFFFF:  # noqa: PLR2004
        raise ValueError("no such port")
    path = quote(whole[3], safe=_VERBATIM)
    path = path if path.startswith("/") else "/" + path
    return _Target(scheme, host, port, whole[2], path)


def _is_public(address: _Address) -> bool:
    """Tell whether an address belongs to the public internet and to nothing else."""
    if isinstance(address, IPv6Address) and (
        address not in _UNICAST or address.scope_id is not None
    ):
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in block for block in _CLOSED)
    )


async def _read(response: httpx.Response) -> bytes | str:
    """Return the body of an answer, or the location of a redirect.

    Raises:
        ValueError: The answer is another one, is packed, empty or too large.
    """
    if response.status_code in _REDIRECTS and "location" in response.headers:
        return str(response.headers["location"])
    packed = response.headers.get("content-encoding", "identity").lower() != "identity"
    if response.status_code != _OK or packed:
        raise ValueError("no plain file")
    # A hint only: it spares the download of what would be thrown away.
    too_large = int(response.headers.get("content-length", "0")) > MAX_BYTES
    data = bytearray()
    raw = cast("AsyncGenerator[bytes]", response.aiter_raw())
    async with aclosing(raw) as chunks:
        while not too_large and (chunk := await anext(chunks, b"")):
            data += chunk
            too_large = len(data) > MAX_BYTES
    if too_large or not data:
        raise ValueError("too large or empty")
    return bytes(data)
