"""Claims about who a visitor is."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from shizi.console.visit import check_origin, is_local
from shizi.core.errors import ForgedFormError

LOCAL = "127.0.0.1:8000"


def request(
    client: str | None = "127.0.0.1", version: str = "1.1", **headers: str
) -> Request:
    return Request(
        {
            "type": "http",
            "scheme": "http",
            "server": ("127.0.0.1", 8000),
            "path": "/",
            "query_string": b"",
            "http_version": version,
            "client": None if client is None else (client, 1),
            "headers": [
                (name.replace("_", "-").encode(), text.encode())
                for name, text in {"host": LOCAL, **headers}.items()
            ],
        }
    )


@pytest.mark.parametrize("host", [LOCAL, "localhost:8000", "[::1]:8000", "localhost"])
@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "127.8.9.1"])
def test_who_sits_at_the_machine_is_local(client: str, host: str) -> None:
    assert is_local(request(client, host=host))


@pytest.mark.parametrize(
    "stranger",
    [
        request("192.0.2.7"),
        request(None),
        request("unknown"),
        request(version="1.0"),
        request(host="rebound.example:8000"),
        request(host="192.0.2.1:8000"),
        request(host="a`b.example:8000"),
        request(host="[::1"),
        request(host=""),
        request(host="127.0.0.1:8000@b.example"),
        request(x_forwarded_for="127.0.0.1"),
        request(forwarded="for=127.0.0.1"),
        request(via="1.1 proxy"),
        request(x_real_ip="127.0.0.1"),
    ],
    ids=lambda each: str(each.scope["client"]) + str(each.scope["headers"]),
)
def test_who_comes_from_elsewhere_is_not(stranger: Request) -> None:
    assert not is_local(stranger)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": f"http://{LOCAL}"},
        {"origin": f"http://{LOCAL}", "sec_fetch_site": "same-origin"},
    ],
)
def test_a_form_of_our_own_is_taken(headers: dict[str, str]) -> None:
    check_origin(request(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://elsewhere.example"},
        {"origin": "null"},
        {"origin": "null", "host": ""},
        {"origin": "http://["},
        {"origin": "http://127.0.0.1:8001"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
    ],
)
def test_a_form_from_elsewhere_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ForgedFormError):
        check_origin(request(**headers))
