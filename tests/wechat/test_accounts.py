"""Claims about the endpoints of tokens and quotas."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shizi.access.quotas import Quota
from shizi.web.call import CallRecord
from tests.wechat.test_routes import Edge, FakeCalls

GRANT = {"grant_type": "client_credential"}
PROVEN = {**GRANT, "appid": "wx1", "secret": "b"}
STABLE = "/cgi-bin/stable_token"
CLEAR = "/cgi-bin/clear_quota?access_token=good"
QUOTA = "/cgi-bin/openapi/quota/get?access_token=good"


@pytest.mark.parametrize("form", ["params", "data", "json"])
async def test_a_token_can_be_asked_for_in_a_body(form: str) -> None:
    response = await Edge().send("POST", "/cgi-bin/token", **{form: PROVEN})
    assert response.json() == {"access_token": "abc", "expires_in": 7200}


async def test_a_token_is_not_asked_for_in_the_body_of_a_get() -> None:
    assert await Edge().code("GET", "/cgi-bin/token", json=PROVEN) == 40002


@pytest.mark.parametrize(
    ("more", "token"),
    [
        ({}, "stable"),
        ({"force_refresh": False}, "stable"),
        ({"force_refresh": None}, "stable"),
        ({"force_refresh": True}, "renewed"),
    ],
    ids=repr,
)
async def test_a_stable_token_is_told(more: dict[str, object], token: str) -> None:
    response = await Edge().send("POST", STABLE, json={**PROVEN, **more})
    assert response.json() == {"access_token": token, "expires_in": 7199}


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, 40002),
        ({"grant_type": "other"}, 40002),
        (GRANT, 41002),
        ({**GRANT, "appid": ""}, 41002),
        ({**GRANT, "appid": "wx1"}, 41004),
        ({**PROVEN, "secret": "c"}, 40125),
        ({**PROVEN, "force_refresh": "yes"}, 47001),
        ({**PROVEN, "appid": 1}, 47001),
        ({**PROVEN, "secret": ["b"]}, 47001),
        ([], 47001),
        ("text", 47001),
        (None, 47001),
    ],
    ids=repr,
)
async def test_what_a_stable_token_is_asked_for_with_is_checked(
    sent: object, code: int
) -> None:
    assert await Edge().code("POST", STABLE, json=sent) == code


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"grant_type=client_credential&appid=wx1&secret=b",
        b"[" * 100_000,
        json.dumps({**PROVEN, "more": "x" * 70_000}).encode(),
        b" " * 3_000_000,
    ],
    ids=lambda body: f"{len(body)} bytes",
)
async def test_a_body_that_is_no_short_object_is_told(body: bytes) -> None:
    assert await Edge().code("POST", STABLE, content=body) == 47001


@pytest.mark.parametrize("kind", ["application/json", "text/plain", None])
async def test_an_object_is_read_whatever_its_type_is_called(kind: str | None) -> None:
    headers = {"content-type": kind} if kind else {}
    body = b"\xef\xbb\xbf" + json.dumps(PROVEN).encode()
    assert await Edge().code("POST", STABLE, content=body, headers=headers) == 0


@pytest.mark.parametrize(
    ("sent", "code"),
    [({"appid": "wx1"}, 0), ({}, 41002), ({"appid": "wx2"}, 40013)],
    ids=repr,
)
async def test_an_app_resets_its_own_counts_alone(
    sent: dict[str, str], code: int
) -> None:
    edge = Edge()
    assert await edge.code("POST", CLEAR, json=sent) == code
    assert edge.calls.resets == ([] if code else ["wx1"])


async def test_one_reset_too_many_is_told() -> None:
    edge = Edge()
    sent = {"appid": "wx1"}
    assert await edge.code("POST", CLEAR, json=sent) == 0
    path = "/cgi-bin/clear_quota/v2?appid=wx1&appsecret=b"
    assert await edge.code("POST", path) == 48006


@pytest.mark.parametrize(
    "options",
    [
        {"params": {"appid": "wx1", "appsecret": "b"}},
        {"json": {"appid": "wx1", "appsecret": "b"}},
        {"data": {"appid": "wx1", "appsecret": "b"}},
        {"content": b'{"appid": "wx1", "appsecret": "b"}'},
        {"params": {"appid": "wx1", "appsecret": "b"}, "json": {"appid": "wx1"}},
    ],
    ids="+".join,
)
async def test_a_secret_resets_from_the_url_or_a_body(options: dict[str, Any]) -> None:
    edge = Edge()
    response = await edge.send("POST", "/cgi-bin/clear_quota/v2", **options)
    assert response.json() == {"errcode": 0, "errmsg": "ok"}
    assert edge.calls.resets == ["wx1"]


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (Quota(100, 30, 5), (100, 30, 75)),
        (Quota(-1, 30, 5), (2147483647, 30, 2147483617)),
        (Quota(0, 0, 0), (0, 0, 0)),
        (Quota(2147483647, 0, 9), (2147483647, 0, 2147483647)),
    ],
)
async def test_a_quota_is_told_in_whole_numbers(
    left: Quota, told: tuple[int, int, int]
) -> None:
    edge = Edge(FakeCalls(left=left))
    response = await edge.send("POST", QUOTA, json={"cgi_path": "/cv/ocr/comm"})
    quota = dict(zip(("daily_limit", "used", "remain"), told, strict=True))
    assert response.json() == {"errcode": 0, "errmsg": "ok", "quota": quota}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/cv/ocr/driving", 76022),
        ("/sns/jscode2session", 76022),
        ("/cv/ocr/other", 76021),
        ("/cgi-bin/token", 76021),
        ("/", 76021),
        ("cv/ocr/comm", 76003),
        ("https://api.weixin.qq.com/cv/ocr/comm", 76003),
        ("", 76003),
        (None, 76003),
        (5, 76003),
    ],
)
async def test_a_path_without_a_quota_is_told_why(path: object, code: int) -> None:
    assert await Edge().code("POST", QUOTA, json={"cgi_path": path}) == code


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", "/cgi-bin/token", {"params": PROVEN}),
        ("POST", STABLE, {"json": PROVEN}),
        ("POST", CLEAR, {"json": {"appid": "wx1"}}),
        ("POST", "/cgi-bin/clear_quota/v2?appid=wx1&appsecret=b", {}),
        ("POST", QUOTA, {"json": {"cgi_path": "/cv/ocr/comm"}}),
    ],
)
async def test_the_audit_tells_who_called_and_from_where(
    method: str, path: str, options: dict[str, Any]
) -> None:
    edge = Edge()
    assert await edge.code(method, path, **options) == 0
    [record] = edge.records
    assert isinstance(record, CallRecord)
    assert (record.app, record.address) == ("wx1", "127.0.0.1")
    assert set(edge.calls.addresses) <= {"127.0.0.1"}
