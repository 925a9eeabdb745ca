"""Claims about what is fetched from addresses that strangers send."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shizi import fetch
from shizi.core.errors import BusyError, ImageFetchError, SetupError
from shizi.fetch import MAX_BYTES, Fetcher

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

is_public = fetch._is_public  # pyright: ignore[reportPrivateUsage]

LOOPBACK = ("127.0.0.0/8",)
PICTURE = b"\x89PNG\r\n\x1a\nnot really"


@pytest.fixture(autouse=True)
def _refusals_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "REFUSAL_SECONDS", 0)


def reply(body: bytes = PICTURE, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode("utf-8") + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return reply(b"", f"Location: {location}", status=status)


class Origin:
    """A server that answers with canned bytes and keeps the heads it was sent."""

    def __init__(self, *replies: bytes, hang: bool = False) -> None:
        self.replies = list(replies)
        self.heads: list[str] = []
        self.names: list[str | None] = []
        self.port = 0
        self._hang = hang
        self._done = asyncio.Event()

    @asynccontextmanager
    async def serve(self, tls: ssl.SSLContext | None = None) -> AsyncGenerator[Origin]:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self._done.set()
            server.close()
            await server.wait_closed()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode("ascii"))
            writer.write(self.replies.pop(0) if self.replies else b"")
            await writer.drain()
            if self._hang:
                await self._done.wait()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


class Names:
    """A resolver with a list of its own."""

    def __init__(self, **answers: Sequence[str]) -> None:
        self._answers = {host.replace("_", "."): a for host, a in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        assert port > 0
        self.asked.append(host)
        if host not in self._answers:
            raise OSError
        return self._answers[host]


async def test_an_allowed_address_gives_its_bytes() -> None:
    async with Origin(reply()).serve() as origin:
        data = await Fetcher(LOOPBACK).fetch(f"http://127.0.0.1:{origin.port}/a.png")
    assert data == PICTURE


async def test_an_allowed_host_may_be_private() -> None:
    names = Names(store_internal=["127.0.0.1"])
    async with Origin(reply()).serve() as origin:
        fetcher = Fetcher(["Store.Internal"], resolver=names)
        data = await fetcher.fetch(f"http://STORE.internal:{origin.port}/")
    assert data == PICTURE


async def test_the_host_of_the_url_is_told_to_the_origin() -> None:
    names = Names(store_internal=["127.0.0.1"])
    async with Origin(reply()).serve() as origin:
        url = f"http://store.internal:{origin.port}/"
        await Fetcher(["store.internal"], resolver=names).fetch(url)
    assert f"Host: store.internal:{origin.port}\r\n" in origin.heads[0]


async def test_a_name_is_looked_up_once() -> None:
    names = Names(store_internal=["127.0.0.1"])
    async with Origin(reply()).serve() as origin:
        fetcher = Fetcher(["store.internal"], resolver=names)
        await fetcher.fetch(f"http://store.internal:{origin.port}/")
    assert names.asked == ["store.internal"]


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("", "/"),
        ("?a=1", "/?a=1"),
        ("/a/../b//c/./d", "/a/../b//c/./d"),
        ("/a%2Fb%2f?sign=a%2Bb+c%3D&x='(1)'", "/a%2Fb%2f?sign=a%2Bb+c%3D&x='(1)'"),
        ('/a?q={x}|y^`"<>~!*', '/a?q={x}|y^`"<>~!*'),
        ("/行驶证.jpg?n=图", "/%E8%A1%8C%E9%A9%B6%E8%AF%81.jpg?n=%E5%9B%BE"),
        ("/two words", "/two%20words"),
        ("/100%", "/100%"),
        ("/a#part", "/a"),
    ],
)
async def test_the_url_is_sent_as_it_came(given: str, sent: str) -> None:
    async with Origin(reply()).serve() as origin:
        await Fetcher(LOOPBACK).fetch(f"http://127.0.0.1:{origin.port}{given}")
    assert origin.heads[0].split(" HTTP/1.1", 1)[0] == f"GET {sent}"


async def test_no_compression_is_asked_for() -> None:
    async with Origin(reply()).serve() as origin:
        await Fetcher(LOOPBACK).fetch(f"http://127.0.0.1:{origin.port}/")
    assert "Accept-Encoding: identity\r\n" in origin.heads[0]


async def test_a_cookie_is_not_sent_on() -> None:
    async with Origin(
        reply(b"", "Location: /b", "Set-Cookie: a=b", status="302 Found"), reply()
    ).serve() as origin:
        await Fetcher(LOOPBACK).fetch(f"http://127.0.0.1:{origin.port}/")
    assert "cookie" not in origin.heads[1].lower()


async def test_proxies_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    async with Origin(reply()).serve() as origin:
        data = await Fetcher(LOOPBACK).fetch(f"http://127.0.0.1:{origin.port}/")
    assert data == PICTURE


async def test_the_next_address_is_tried_when_the_first_refuses() -> None:
    names = Names(store_internal=["127.0.0.2", "127.0.0.1"])
    async with Origin(reply()).serve() as origin:
        fetcher = Fetcher(["store.internal"], resolver=names)
        data = await fetcher.fetch(f"http://store.internal:{origin.port}/")
    assert data == PICTURE


@pytest.mark.parametrize("status", ["301 a", "302 a", "303 a", "307 a", "308 a"])
async def test_a_redirect_is_followed(status: str) -> None:
    async with Origin(redirect("/图/b?c=%2F", status), reply()).serve() as origin:
        data = await Fetcher(LOOPBACK).fetch(f"http://127.0.0.1:{origin.port}/a")
    assert (data, origin.heads[1].split()[1]) == (PICTURE, "/%E5%9B%BE/b?c=%2F")


async def test_three_redirects_are_followed() -> None:
    async with Origin(*[redirect("/next")] * 3, reply()).serve() as origin:
        data = await Fetcher(LOOPBACK).fetch(f"http://127.0.0.1:{origin.port}/")
    assert data == PICTURE


async def test_a_fourth_redirect_is_refused() -> None:
    async with Origin(*[redirect("/next")] * 4, reply()).serve() as origin:
        with pytest.raises(ImageFetchError):
            await Fetcher(LOOPBACK).fetch(f"http://127.0.0.1:{origin.port}/")


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "//[::1]/",
        "http://inner.test/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1/",
        "http://user@127.0.0.1/",
        "http://2130706433/",
        "http://[::1",
    ],
)
async def test_a_redirect_is_checked_like_the_first_address(location: str) -> None:
    names = Names(store_internal=["127.0.0.1"], inner_test=["127.0.0.1"])
    async with Origin(redirect(location), reply()).serve() as origin:
        fetcher = Fetcher(["store.internal"], resolver=names)
        with pytest.raises(ImageFetchError):
            await fetcher.fetch(f"http://store.internal:{origin.port}/")
    assert len(origin.heads) == 1


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(reply(status="404 Not Found"), id="not-found"),
        pytest.param(reply(status="500 Oops"), id="server-error"),
        pytest.param(reply(status="206 Partial"), id="part"),
        pytest.param(reply(status="302 Found"), id="redirect-to-nowhere"),
        pytest.param(reply(b""), id="empty"),
        pytest.param(reply(PICTURE, "Content-Encoding: gzip"), id="packed"),
        pytest.param(reply(b"a" * (MAX_BYTES + 1)), id="too-large"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * (MAX_BYTES + 1), id="too-large-untold"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\na",
            id="told-too-large",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na", id="cut-off"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000, id="endless-head"),
        pytest.param(b"SSH-2.0-OpenSSH_9.9\r\n", id="not-http"),
        pytest.param(b"", id="silent"),
    ],
)
async def test_an_answer_without_a_file_is_refused(response: bytes) -> None:
    async with Origin(response).serve() as origin:
        with pytest.raises(ImageFetchError):
            await Fetcher(LOOPBACK).fetch(f"http://127.0.0.1:{origin.port}/")


async def test_a_file_of_the_largest_size_is_fetched() -> None:
    async with Origin(reply(b"a" * MAX_BYTES)).serve() as origin:
        data = await Fetcher(LOOPBACK).fetch(f"http://127.0.0.1:{origin.port}/")
    assert len(data) == MAX_BYTES


async def test_an_origin_that_hangs_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetch, "MAX_SECONDS", 0.05)
    async with Origin(reply()[:-4], hang=True).serve() as origin:
        with pytest.raises(ImageFetchError):
            await Fetcher(LOOPBACK).fetch(f"http://127.0.0.1:{origin.port}/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.png",
        "/etc/passwd",
        "127.0.0.1/",
        "//127.0.0.1/",
        "http:/127.0.0.1/",
        "http:127.0.0.1",
        "http://",
        "http:///a",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "http://user@127.0.0.1:PORT/",
        "http://user:word@127.0.0.1:PORT/",
        "http://127.0.0.1:PORT\\@example.com/",
        "http://127.0.0.1:PORT/a\\b",
        "http://127.0.0.1:PORT/a\r\nX: y",
        "http://127.0.0.1:PORT/a\tb",
        "http://127.0.0.1:PORT/\x00",
        "http://127.0.0.1:PORT/\x7f",
        " http://127.0.0.1:PORT/",
        "http://127.0.0.1 :PORT/",
        "http://127.0.0.1.:PORT/",
        "http://127.1:PORT/",
        "http://127.0.1:PORT/",
        "http://2130706433:PORT/",
        "http://0x7f000001:PORT/",
        "http://0x7f.0.0.1:PORT/",
        "http://0177.0.0.1:PORT/",
        "http://127.0.0.01:PORT/",
        "http://127.0.0.1.0x1:PORT/",
        "http://1.2.3.4.5:PORT/",
        "http://127.0.0.256:PORT/",
        "http://%31%32%37.0.0.1:PORT/",
        "http://127。0。0。1:PORT/",
        "http://①②⑦.0.0.1:PORT/",
        "http://loc\u212aal.test:PORT/",
        "http://例子.test:PORT/",
        "http://[::ffff:127.0.0.1]:PORT/",
        "http://[::127.0.0.1]:PORT/",
        "http://[fe80::1%25eth0]:PORT/",
        "http://[fe80::1%eth0]:PORT/",
        "http://[v1.a]:PORT/",
        "http://[127.0.0.1]:PORT/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:-1/",
        "http://127.0.0.1:/",
        "http://127.0.0.1:8o/",
        "http://a..b:PORT/",
        "http://.test:PORT/",
        "http://" + "a" * 64 + ".test:PORT/",
        "http://127.0.0.1:PORT/" + "a" * 9000,
        "http://127.0.0.1:PORT/\ud800",
    ],
)
async def test_a_url_that_reads_in_two_ways_is_refused(url: str) -> None:
    async with Origin(reply()).serve() as origin:
        fetcher = Fetcher([*LOOPBACK, "127-0-0-1.test"])
        with pytest.raises(ImageFetchError):
            await fetcher.fetch(url.replace("PORT", str(origin.port)))
    assert origin.heads == []


CLOSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.9.9.9",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:8.8.8.8",
    "::8.8.8.8",
    "64:ff9b::808:808",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:808:808::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2606:4700::1%eth0",
]


@pytest.mark.parametrize("address", CLOSED)
async def test_a_name_that_stands_for_a_closed_address_is_refused(address: str) -> None:
    fetcher = Fetcher(resolver=Names(inner_test=[address]))
    with pytest.raises(ImageFetchError):
        await fetcher.fetch("http://inner.test:1/")


@pytest.mark.parametrize("address", CLOSED)
def test_a_closed_address_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "2a00::1"],
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("order", [1, -1])
async def test_one_closed_answer_among_public_ones_is_enough(order: int) -> None:
    async with Origin(reply()).serve() as origin:
        answers = ["127.0.0.1", "10.0.0.1"][::order]
        fetcher = Fetcher(LOOPBACK, resolver=Names(mixed_test=answers))
        with pytest.raises(ImageFetchError):
            await fetcher.fetch(f"http://mixed.test:{origin.port}/")
    assert origin.heads == []


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "[::1]", "0.0.0.0"])
async def test_a_private_address_is_closed_unless_allowed(address: str) -> None:
    async with Origin(reply()).serve() as origin:
        with pytest.raises(ImageFetchError):
            await Fetcher().fetch(f"http://{address}:{origin.port}/")
    assert origin.heads == []


async def test_an_allowed_host_opens_no_host_that_ends_like_it() -> None:
    names = Names(evilstore_test=["127.0.0.1"], a_store_test=["127.0.0.1"])
    fetcher = Fetcher(["store.test"], resolver=names)
    for host in ("evilstore.test", "a.store.test"):
        with pytest.raises(ImageFetchError):
            await fetcher.fetch(f"http://{host}:1/")


async def test_nothing_is_fetched_when_fetching_is_off() -> None:
    async with Origin(reply()).serve() as origin:
        with pytest.raises(ImageFetchError):
            await Fetcher(LOOPBACK, enabled=False).fetch(
                f"http://127.0.0.1:{origin.port}/"
            )
    assert origin.heads == []


async def test_every_refusal_has_the_same_message() -> None:
    messages: set[str] = set()
    async with Origin(reply(status="404 Not Found")).serve() as origin:
        fetcher = Fetcher(LOOPBACK, resolver=Names(inner_test=["10.0.0.1"]))
        for url in (
            "nonsense",
            "http://unknown.test/",
            "http://inner.test/",
            "http://10.0.0.1/",
            "http://127.0.0.1:1/",
            f"http://127.0.0.1:{origin.port}/",
        ):
            with pytest.raises(ImageFetchError) as caught:
                await fetcher.fetch(url)
            messages.add(str(caught.value))
    assert len(messages) == 1


async def test_no_refusal_comes_sooner_than_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetch, "REFUSAL_SECONDS", 0.2)
    loop = asyncio.get_running_loop()
    async with Origin(reply(status="404 Not Found")).serve() as origin:
        fetcher = Fetcher(LOOPBACK, resolver=Names(inner_test=["10.0.0.1"]))
        for url in (
            "http://inner.test/",
            "http://10.0.0.1/",
            "http://127.0.0.1:1/",
            f"http://127.0.0.1:{origin.port}/",
        ):
            begun = loop.time()
            with pytest.raises(ImageFetchError):
                await fetcher.fetch(url)
            assert loop.time() - begun >= 0.2


async def test_one_address_more_than_can_be_asked_at_once_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetch, "_AT_ONCE", 2)
    async with Origin(reply()[:-4], hang=True).serve() as origin:
        fetcher = Fetcher(LOOPBACK)
        url = f"http://127.0.0.1:{origin.port}/"
        asked = [asyncio.create_task(fetcher.fetch(url)) for _ in range(2)]
        while len(origin.heads) < 2:  # noqa: ASYNC110 - the origin has no event for it
            await asyncio.sleep(0.01)
        with pytest.raises(BusyError):
            await fetcher.fetch(url)
        for each in asked:
            each.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        with pytest.raises(ImageFetchError):
            await fetcher.fetch("http://127.0.0.1:1/")


@pytest.mark.parametrize(
    "entry", ["", "a b", "10.0.0.0/33", "10.0.0.1/8", "a:80", "1.2"]
)
def test_a_malformed_entry_of_the_allow_list_is_told(entry: str) -> None:
    with pytest.raises(SetupError, match="allow-list"):
        Fetcher([entry])


async def test_the_system_looks_names_up_by_default() -> None:
    async with Origin(reply()).serve() as origin:
        fetcher = Fetcher(["localhost"])
        data = await fetcher.fetch(f"http://localhost:{origin.port}/")
        await fetcher.aclose()
    assert data == PICTURE


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the key and the certificate of store.internal."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "store.internal")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("store.internal")]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "store.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


async def fetch_by_tls(
    certificate: Path, host: str, *, trusted: bool
) -> list[str | None]:
    """Fetch a picture by https from loopback and return the names asked for."""
    asked: list[str | None] = []

    def note(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
        asked.append(name)

    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate)
    server.sni_callback = note
    client = ssl.create_default_context(cafile=certificate) if trusted else None
    names = Names(store_internal=["127.0.0.1"], other_internal=["127.0.0.1"])
    async with Origin(reply()).serve(server) as origin:
        fetcher = Fetcher([host, *LOOPBACK], resolver=names, tls=client)
        assert await fetcher.fetch(f"https://{host}:{origin.port}/") == PICTURE
    return asked


async def test_the_host_is_named_to_a_server_of_https(certificate: Path) -> None:
    assert await fetch_by_tls(certificate, "store.internal", trusted=True) == [
        "store.internal"
    ]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(
    ("host", "trusted"),
    [("other.internal", True), ("127.0.0.1", True), ("store.internal", False)],
)
async def test_a_certificate_must_be_the_host_s_own(
    certificate: Path,
    host: str,
    trusted: bool,
) -> None:
    with pytest.raises(ImageFetchError):
        await fetch_by_tls(certificate, host, trusted=trusted)
