"""Claims about the whole server, held against its own OpenAPI document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shizi.wechat.openapi import describe
from tests.running import Running, serving, shizi
from tests.samples import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import Case
    from schemathesis.schemas import APIOperation

pytestmark = pytest.mark.real

# Not those that hold the status against the request: it is 200 whatever was sent.
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


DOCUMENT = schemathesis.openapi.from_dict(json.loads(json.dumps(describe("1"))))
OPERATIONS = [found.ok() for found in DOCUMENT.get_all_operations()]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("conformance") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def app(server: Running) -> dict[str, str]:
    made = shizi("app", "add", "t", "--data", server.data, "--json")
    app: dict[str, str] = json.loads(made)
    return app


@pytest.fixture(scope="module")
def token(server: Running, app: dict[str, str]) -> str:
    return shizi("token", "issue", app["appid"], "--data", server.data).strip()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
@pytest.mark.parametrize("known", [False, True], ids=["stranger", "app"])
def test_whatever_is_sent_the_reply_is_as_documented(
    server: Running,
    app: dict[str, str],
    token: str,
    operation: APIOperation,
    *,
    known: bool,
) -> None:
    own = {"access_token": token, "grant_type": "client_credential", **app}
    own["appsecret"] = app["secret"]

    @settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
    @given(case=operation.as_strategy())
    def send(case: Case) -> None:
        if known:
            case.query = {**(case.query or {}), **own}
            if isinstance(case.body, dict):
                case.body |= {key: own[key] for key in own if key in case.body}
        case.call_and_validate(base_url=server.url, checks=CHECKS)

    send()


def test_a_page_that_was_read_is_as_documented(server: Running, token: str) -> None:
    reply = server.call(token, SAMPLE.read_bytes())
    assert reply["items"]
    document: dict[str, Any] = httpx.get(f"{server.url}/openapi.json").json()
    shape = document["components"]["schemas"]["PrintedText"]
    Draft202012Validator(shape).validate(reply)
