"""Claims about calls as every edge sees them."""

from __future__ import annotations

import re

from starlette.requests import Request

from shizi.web.call import find_address, new_rid


def test_an_id_has_the_form_of_wechat_s() -> None:
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}", new_rid())


def test_ids_differ() -> None:
    assert new_rid() != new_rid()


def test_an_address_is_the_connections() -> None:
    assert find_address(Request({"type": "http", "client": ("::1", 5)})) == "::1"


def test_a_call_without_a_connection_has_an_address_too() -> None:
    assert find_address(Request({"type": "http", "client": None})) == "unknown"
