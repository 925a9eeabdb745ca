"""Claims about who may bring tokens of WeChat's own."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from starlette.requests import Request

from shizi.wechat.origin import Friends
from tests.wechat.test_routes import FILES, Edge

PATH = "/cv/ocr/comm?access_token=bad"


def request(address: str | None, **headers: str) -> Request:
    return Request(
        {
            "type": "http",
            "client": None if address is None else (address, 1),
            "headers": [
                (name.replace("_", "-").encode(), value.encode("latin-1"))
                for name, value in headers.items()
            ],
        }
    )


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("10.2.0.1", False),
        ("2001:db8::5", True),
        ("2001:db9::5", False),
        ("not an address", False),
        (None, False),
    ],
)
def test_friends_are_known_by_their_network(address: str | None, known: bool) -> None:
    networks = [ip_network("10.1.0.0/16"), ip_network("2001:db8::/32")]
    assert Friends(networks).know(request(address)) is known


@pytest.mark.parametrize(
    ("word", "said", "known"),
    [
        ("open", "open", True),
        ("open", "Open", False),
        ("open", "", False),
        ("open", "\xe9", False),
        (None, "open", False),
        (None, "", False),
    ],
)
def test_friends_are_known_by_their_word(
    word: str | None, said: str, known: bool
) -> None:
    assert Friends(word=word).know(request("10.1.2.3", x_shizi_word=said)) is known


async def test_a_friends_unknown_token_is_taken() -> None:
    edge = Edge(friends=Friends([ip_network("127.0.0.0/8")]))
    assert await edge.code("POST", PATH, files=FILES) == 0
    edge = Edge(friends=Friends(word="open"))
    assert await edge.code("POST", PATH, files=FILES) == 40001
    headers = {"X-Shizi-Word": "open"}
    assert await edge.code("POST", PATH, files=FILES, headers=headers) == 0
