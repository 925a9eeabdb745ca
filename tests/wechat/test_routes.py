"""Claims about the endpoints, through the ASGI application."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette

from shizi.access.apps import App, AppId
from shizi.access.quotas import Quota
from shizi.core.api import Api
from shizi.core.card import Card, Field
from shizi.core.errors import (
    ApiForbiddenError,
    AppIdMissingError,
    BusyError,
    CardNotFoundError,
    ImageDecodeError,
    ImageFetchError,
    PathForbiddenError,
    QuotaError,
    ResetLimitError,
    SecretError,
    SecretMissingError,
    SignatureError,
    TokenError,
    TokenMissingError,
)
from shizi.core.geometry import Quad, Size
from shizi.core.text import Page
from shizi.web.call import CallRecord
from shizi.wechat.routes import build_routes
from tests.wechat.captured import SECRET

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Message

    from shizi.access.signatures import Signature
    from shizi.wechat.origin import Friends

URL = "http://example.com/a.png"
GRANT = "grant_type=client_credential"


CARD = Card(
    "vehicle_licence",
    Size(8, 4),
    {"owner": Field("张三", 0.5, Quad.of([(1, 1), (7, 1), (7, 3), (1, 3)]))},
    {},
)


@dataclass
class IssuedToken:
    token: str = "abc"
    seconds: int = 7200


@dataclass
class FakeCalls:
    """Knows the token `good`; keeps the pictures it was given."""

    error: Exception | None = None
    left: Quota = field(default_factory=lambda: Quota(100, 30, 5))
    addresses: list[str] = field(default_factory=list[str])
    resets: list[str] = field(default_factory=list[str])
    pictures: list[bytes] = field(default_factory=list[bytes])
    kinds: list[str] = field(default_factory=list[str])
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    hang: bool = False
    cancelled: bool = False

    async def prove(
        self, app_id: str | None, secret: str | None, *, address: str
    ) -> App:
        self.addresses.append(address)
        if app_id is None:
            raise AppIdMissingError
        if secret is None:
            raise SecretMissingError
        if secret != "b":
            raise SecretError
        return App(AppId(app_id), "app", "unlimited", {}, 7200, 0)

    async def issue_token(self, _app: App) -> IssuedToken:
        return IssuedToken()

    async def stable_token(self, _app: App, *, renew: bool) -> IssuedToken:
        return IssuedToken("renewed" if renew else "stable", 7199)

    async def quota(self, _app: App, api: Api) -> Quota:
        if api is Api.VEHICLE_LICENCE:
            raise PathForbiddenError
        return self.left

    async def reset_usage(self, app: App) -> None:
        self.resets.append(app.id)
        if len(self.resets) > 1:
            raise ResetLimitError

    async def admit(self, token: str | None, *, trusted: bool = False) -> App:
        if token is None:
            raise TokenMissingError
        if token != "good" and not trusted:
            raise TokenError
        return App(AppId("wx1"), "app", "unlimited", {}, 7200, 0)

    async def admit_signed(self, signature: Signature, *, address: str) -> App:
        self.addresses.append(address)
        if signature.compute(SECRET) != signature.value:
            message = "the signature is not the app's"
            raise SignatureError(message)
        return await self.admit("good")

    async def read_text(
        self, app: App, picture: Callable[[], Awaitable[bytes]]
    ) -> Page:
        await self._read("text", app, picture)
        return Page(Size(8, 4), ())

    async def read_card(
        self, app: App, picture: Callable[[], Awaitable[bytes]]
    ) -> Card:
        await self._read("card", app, picture)
        return CARD

    async def _read(
        self, kind: str, app: App, picture: Callable[[], Awaitable[bytes]]
    ) -> None:
        assert app.id == "wx1"
        if self.error:
            raise self.error
        self.pictures.append(await picture())
        self.kinds.append(kind)
        self.asked.set()
        if self.hang:
            try:
                await asyncio.Event().wait()
            finally:
                self.cancelled = True


async def fetch(url: str) -> bytes:
    if url != URL:
        raise ImageFetchError
    return b"fetched"


@dataclass
class Edge:
    """The endpoints before fake calls."""

    calls: FakeCalls = field(default_factory=FakeCalls)
    records: list[CallRecord] = field(default_factory=list[CallRecord])
    friends: Friends | None = None

    @property
    def app(self) -> Starlette:
        routes = build_routes(
            self.calls,
            fetch=fetch,
            audit=self.records.append,
            friends=self.friends,
        )
        return Starlette(routes=routes)

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://shizi"
        ) as client:
            return await client.request(method, path, **options)

    async def code(self, method: str, path: str, **options: Any) -> int:
        response = await self.send(method, path, **options)
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/json; charset=utf-8"
        code: int = response.json().get("errcode", 0)
        return code


FILES = {"img": ("a.png", b"picture", "image/png")}


async def test_an_uploaded_picture_is_read() -> None:
    edge = Edge()
    path = "/cv/ocr/comm?access_token=good"
    response = await edge.send("POST", path, files=FILES)
    assert response.json() == {
        "errcode": 0,
        "errmsg": "ok",
        "items": [],
        "img_size": {"w": 8, "h": 4},
    }
    assert edge.calls.pictures == [b"picture"]


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_picture_behind_an_address_is_read(method: str) -> None:
    edge = Edge()
    path = f"/cv/ocr/comm?cloudbase_access_token=good&img_url={URL}"
    assert await edge.code(method, path) == 0
    assert edge.calls.pictures == [b"fetched"]


@pytest.mark.parametrize("mode", ["", "&type=", "&type=photo", "&type=scan", "&type=x"])
async def test_a_licence_is_read_in_every_mode(mode: str) -> None:
    edge = Edge()
    path = f"/cv/ocr/driving?access_token=good{mode}"
    reply = (await edge.send("POST", path, files=FILES)).json()
    assert (reply["errcode"], reply["owner"], "detail" in reply) == (0, "张三", False)
    assert (edge.calls.kinds, edge.calls.pictures) == (["card"], [b"picture"])


async def test_a_mode_may_stand_in_the_body() -> None:
    path = "/cv/ocr/driving?access_token=good"
    data = {"type": "scan"}
    assert await Edge().code("POST", path, files=FILES, data=data) == 0


@pytest.mark.parametrize(
    ("query", "data", "is_told"),
    [("&detail=1", {}, True), ("", {"detail": "1"}, True), ("&detail=0", {}, False)],
)
async def test_a_detail_is_told_on_demand(
    query: str, data: dict[str, str], *, is_told: bool
) -> None:
    path = f"/cv/ocr/driving?access_token=good{query}"
    reply = (await Edge().send("POST", path, files=FILES, data=data)).json()
    assert ("detail" in reply) is is_told


async def test_the_document_s_example_of_a_licence_by_address_is_read() -> None:
    edge = Edge()
    address = "http%3A%2F%2Fexample.com%2Fa.png"
    path = f"/cv/ocr/driving?type=photo&img_url={address}&access_token=good"
    assert await edge.code("GET", path) == 0
    assert edge.calls.pictures == [b"fetched"]


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("POST", "/cv/ocr/driving", 41001),
        ("POST", "/cv/ocr/driving?access_token=bad", 40001),
        ("POST", "/cv/ocr/driving?access_token=good", 41005),
        ("GET", "/cv/ocr/driving?access_token=good", 43002),
        ("PUT", f"/cv/ocr/driving?access_token=good&img_url={URL}", 43002),
        ("DELETE", "/cv/ocr/driving?access_token=good", 43002),
        ("POST", "/cv/ocr/comm", 41001),
        ("POST", "/cv/ocr/comm?access_token=", 41001),
        ("POST", "/cv/ocr/comm?access_token=bad", 40001),
        ("POST", "/cv/ocr/comm?access_token=good", 41005),
        ("POST", "/cv/ocr/comm?access_token=good&img_url=http://other", 101000),
        ("GET", "/cv/ocr/comm?access_token=good", 43002),
        ("GET", "/cv/ocr/comm?access_token=good&img_url=", 43002),
        ("PUT", f"/cv/ocr/comm?access_token=good&img_url={URL}", 43002),
        ("DELETE", "/cv/ocr/comm?access_token=good", 43002),
        ("PATCH", "/cv/ocr/comm?access_token=bad", 43002),
        ("OPTIONS", "/cv/ocr/comm", 43002),
        ("BREW", "/cv/ocr/comm", 43002),
        ("POST", "/cv/ocr/other", 40066),
        ("GET", "/cv/ocr/comm/", 40066),
        ("GET", "/cv/", 40066),
        ("POST", "/cv/%E5%9B%BE%00", 40066),
        ("GET", "/cgi-bin/other?access_token=good", 40066),
        ("DELETE", "/cgi-bin/token/more", 40066),
        ("GET", f"/cgi-bin/token?{GRANT}&appid=a&secret=b", 0),
        ("POST", f"/cgi-bin/token?{GRANT}&appid=a&secret=b", 0),
        ("GET", "/cgi-bin/token", 40002),
        ("GET", "/cgi-bin/token?grant_type=other&appid=a&secret=b", 40002),
        ("GET", f"/cgi-bin/token?{GRANT}", 41002),
        ("GET", f"/cgi-bin/token?{GRANT}&appid=&secret=b", 41002),
        ("GET", f"/cgi-bin/token?{GRANT}&appid=a", 41004),
        ("GET", f"/cgi-bin/token?{GRANT}&appid=a&secret=", 41004),
        ("GET", f"/cgi-bin/token?{GRANT}&appid=a&secret=c", 40125),
        ("PUT", f"/cgi-bin/token?{GRANT}&appid=a&secret=b", 43002),
        ("GET", f"/cgi-bin/stable_token?{GRANT}&appid=a&secret=b", 43002),
        ("POST", f"/cgi-bin/stable_token?{GRANT}&appid=a&secret=b", 47001),
        ("GET", "/cgi-bin/clear_quota?access_token=good", 43002),
        ("POST", "/cgi-bin/clear_quota", 41001),
        ("POST", "/cgi-bin/clear_quota?access_token=bad", 40001),
        ("POST", "/cgi-bin/clear_quota?access_token=good", 47001),
        ("GET", "/cgi-bin/clear_quota/v2?appid=a&appsecret=b", 43002),
        ("POST", "/cgi-bin/clear_quota/v2?appid=a&appsecret=b", 0),
        ("POST", "/cgi-bin/clear_quota/v2?appid=a&appsecret=c", 40125),
        ("POST", "/cgi-bin/clear_quota/v2?appid=a", 41004),
        ("POST", "/cgi-bin/clear_quota/v2", 41002),
        ("GET", "/cgi-bin/openapi/quota/get?access_token=good", 43002),
        ("POST", "/cgi-bin/openapi/quota/get", 41001),
        ("POST", "/cgi-bin/openapi/quota/get?access_token=good", 47001),
        ("POST", "/wxa/getopendata?openid=o&cloudbase_access_token=good", 48001),
        ("POST", "/wxa/getopendata", 48001),
        ("POST", "/wxa/other", 40066),
        # Of a base URL with a slash at its end.
        ("POST", "http://shizi//cv/ocr/comm", 41001),
        ("GET", f"http://shizi//cgi-bin/token?{GRANT}&appid=a&secret=b", 0),
        ("POST", "http://shizi//cv/ocr/other", 40066),
    ],
)
async def test_every_call_is_answered_with_an_errcode(
    method: str, path: str, code: int
) -> None:
    assert await Edge().code(method, path) == code


async def test_a_token_is_issued() -> None:
    response = await Edge().send("GET", f"/cgi-bin/token?{GRANT}&appid=a&secret=b")
    assert response.json() == {"access_token": "abc", "expires_in": 7200}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (QuotaError(), 101003),
        (ApiForbiddenError(), 48001),
        (ImageDecodeError(), 101002),
        (CardNotFoundError(), 101001),
        (BusyError(), -1),
        (KeyError("x"), -1),
    ],
)
@pytest.mark.parametrize("call", ["comm", "driving"])
async def test_an_error_of_the_service_is_told(
    call: str, error: Exception, code: int
) -> None:
    edge = Edge(FakeCalls(error))
    path = f"/cv/ocr/{call}?access_token=good"
    assert await edge.code("POST", path, files=FILES) == code


async def test_the_token_is_checked_before_the_body() -> None:
    edge = Edge()
    path = "/cv/ocr/comm?access_token=bad"
    assert await edge.code("POST", path, content=b"a" * 3_000_000) == 40001


async def test_a_fault_of_ours_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    edge = Edge(FakeCalls(ZeroDivisionError()))
    await edge.code("POST", "/cv/ocr/comm?access_token=good", files=FILES)
    assert [
        record.levelno for record in caplog.records if record.name.startswith("shizi")
    ] == [logging.ERROR]


async def test_no_log_tells_the_query(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "shizi")
    edge = Edge(FakeCalls(ZeroDivisionError()))
    await edge.code("POST", "/cv/ocr/comm?access_token=good&x=private", files=FILES)
    told = [r.getMessage() for r in caplog.records if r.name.startswith("shizi")]
    assert "private" not in repr((told, edge.records))


@pytest.mark.parametrize(
    ("path", "told", "app", "code"),
    [
        ("/cv/ocr/comm?access_token=good", "/cv/ocr/comm", "wx1", 0),
        ("/cv/ocr/comm?access_token=bad", "/cv/ocr/comm", None, 40001),
        ("/cv/ocr/other?access_token=good", "unknown", None, 40066),
    ],
)
async def test_every_call_is_audited_once(
    path: str, told: str, app: str | None, code: int
) -> None:
    edge = Edge()
    response = await edge.send("POST", path, files=FILES)
    [record] = edge.records
    sent = int(response.request.headers["content-length"])
    assert (record.path, record.app, record.code) == (told, app, code)
    assert record.size == sent
    assert record.milliseconds >= 0


@pytest.mark.parametrize(
    ("data", "told"), [(b"\xff\xd8\xff\xe0", "JPEG"), (b"GIF89a", "GIF"), (b"", None)]
)
async def test_the_audit_tells_a_picture_s_format(
    data: bytes, told: str | None
) -> None:
    edge = Edge()
    files = {"img": ("a.txt", data, "text/plain")}
    await edge.send("POST", "/cv/ocr/comm?access_token=good", files=files)
    assert [record.format for record in edge.records] == [told]


async def test_the_reply_and_the_audit_share_an_id() -> None:
    edge = Edge()
    response = await edge.send("POST", "/cv/ocr/comm")
    assert response.json()["errmsg"].endswith(f" rid: {edge.records[0].rid}")


class Line:
    """The channel of one upload, cut by the client when told so."""

    def __init__(self, *messages: Message) -> None:
        self._messages = list(messages)
        self.cut = asyncio.Event()
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        if self._messages:
            return self._messages.pop(0)
        await self.cut.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def upload(self, edge: Edge, query: str) -> None:
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/cv/ocr/comm",
            "query_string": query.encode(),
            "headers": [(b"content-type", b"image/png")],
        }
        await edge.app(scope, self.receive, self.send)


@pytest.mark.parametrize("query", ["", f"&img_url={URL}"])
async def test_a_client_that_leaves_ends_its_read(query: str) -> None:
    edge = Edge(FakeCalls(hang=True))
    line = Line({"type": "http.request", "body": b"picture"})
    call = asyncio.create_task(line.upload(edge, "access_token=good" + query))
    await edge.calls.asked.wait()
    line.cut.set()
    await call
    assert (edge.calls.cancelled, line.sent) == (True, [])
    assert [record.code for record in edge.records] == [None]


@pytest.mark.parametrize("token", ["good", "bad"])
async def test_a_client_that_leaves_an_upload_gets_no_reply(
    token: str, caplog: pytest.LogCaptureFixture
) -> None:
    edge = Edge()
    line = Line({"type": "http.request", "body": b"pic", "more_body": True})
    line.cut.set()
    await line.upload(edge, f"access_token={token}")
    assert (line.sent, caplog.records) == ([], [])
    assert [record.code for record in edge.records] == [None]


async def test_a_call_that_is_cancelled_cancels_its_read() -> None:
    edge = Edge(FakeCalls(hang=True))
    line = Line({"type": "http.request", "body": b"picture"})
    call = asyncio.create_task(line.upload(edge, "access_token=good"))
    await edge.calls.asked.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert edge.calls.cancelled
