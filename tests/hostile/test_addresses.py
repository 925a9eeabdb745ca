"""Claims about hundreds of addresses that lead to what is not a stranger's."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shizi import fetch
from tests.hostile.addresses import CLOSED, CLOSED6, cases

if TYPE_CHECKING:
    from tests.bars import Bars


@pytest.fixture(scope="module", params=["", "--turned"], ids=["namespace", "turned"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return what fetching every case came to."""
    options = [request.param] if request.param else []
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.world", *options],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.real
def test_no_address_leads_to_what_is_not_public(
    told: dict[str, Any], bars: Bars
) -> None:
    where = "in a namespace" if told["is_real"] else "turned to loopback"
    measured = (
        f"{told['astray']} of {told['connections']} connections"
        f" ({told['cases']} addresses, {where})"
    )
    bar = "no connection to a private, loopback, link-local, metadata or CGNAT address"
    bars.tell("addresses", bar, measured)
    assert told["wrong"] == []
    assert told["astray"] == 0
    assert told["cases"] == len(cases())
    # Those that may be fetched were: the listeners see who asks.
    assert told["connections"] > 100


def test_there_are_over_two_hundred_cases_and_none_twice() -> None:
    made = {repr(case) for case in cases()}
    assert len(made) == len(cases()) > 200


def test_every_closed_block_is_tried() -> None:
    shown = fetch._CLOSED  # pyright: ignore[reportPrivateUsage]
    tried = [fetch.ip_address(address) for address in (*CLOSED, *CLOSED6)]
    assert [block for block in shown if not any(a in block for a in tried)] == []


PIECES = st.sampled_from(
    [
        *("http://", "https://", "HTTP://", "http:/", "//", "/", "\\", "?", "#", "@"),
        *(":", "[", "]", "::1", "127.0.0.1", "10.0.0.1", "0x7f", "017", "2130706433"),
        *("public.example", "localhost", ".", "..", "%", "%2f", "%40", "%00", ":80"),
        *(" ", "\t", "\r\n", "\0", "\x7f", "。", "①", "１", "ß", "a", "-", "_", "1"),
        *("::ffff:7f00:1", "fe80::1%eth0", ":65536", ":0", "user:word@", ";", ","),
    ]
)


@given(
    st.lists(PIECES, max_size=9).map("".join)
    | st.builds("http://{}".format, st.lists(PIECES, max_size=6).map("".join))
    | st.text(max_size=40)
)
def _one_reading(url: str) -> None:
    try:
        target = fetch._parse(url)
    except ValueError:
        return
    assert target.scheme == urlsplit(url).scheme in {"http", "https"}
    literal = target.host
    assert urlsplit(url).hostname == literal
    assert httpx.URL(url).host == literal
    assert urlsplit(url).username is None
    assert urlsplit(url).port in {None, target.port}
    assert target.path.isascii()
    assert target.path.isprintable()
    assert " " not in target.path


def test_what_is_taken_means_the_same_to_other_readers_of_addresses(fuzz: int) -> None:
    settings(max_examples=500 * fuzz)(_one_reading)()
