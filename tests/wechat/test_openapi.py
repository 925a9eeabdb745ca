"""Claims about the OpenAPI document and its page."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from shizi import __version__
from shizi.wechat.errors import FAULTS
from shizi.wechat.openapi import describe
from tests.wechat.test_routes import Edge

if TYPE_CHECKING:
    import httpx


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(describe(__version__)))
    return found


async def get(path: str) -> httpx.Response:
    return await Edge().send("GET", path)


async def test_the_document_is_served() -> None:
    response = await get("/openapi.json")
    assert response.headers["content-type"] == "application/json"
    assert response.json() == document()


def test_the_document_names_every_endpoint() -> None:
    served = {
        route.path
        for route in Edge().app.routes
        if "{" not in route.path
        and not route.path.startswith("//")
        and route.path not in {"/openapi.json", "/docs"}
    }
    assert set(document()["paths"]) == served


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(document())
    names = {
        piece.partition('"')[0] for piece in text.split("#/components/schemas/")[1:]
    }
    assert names == set(document()["components"]["schemas"])


@pytest.mark.parametrize("name", sorted(document()["components"]["schemas"]))
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(document()["components"]["schemas"][name])


def test_the_error_names_every_code() -> None:
    codes = document()["components"]["schemas"]["Error"]["properties"]["errcode"]
    assert codes["enum"] == sorted({fault.code for fault in FAULTS.values()})


class Page(HTMLParser):
    """Collects what a page loads and the words that it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.loads += [tag] if tag in {"script", "link", "img", "iframe"} else []
        self.links += [str(given["href"])] if "href" in given else []
        self.ids += [str(given["id"])] if "id" in given else []

    def handle_data(self, data: str) -> None:
        self.words += data


async def page() -> Page:
    shown = Page()
    shown.feed((await get("/docs")).text)
    return shown


async def test_the_page_needs_nothing_from_elsewhere() -> None:
    response = await get("/docs")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    shown = await page()
    assert shown.loads == []
    assert {link for link in shown.links if link[0] != "#"} == {"openapi.json"}


async def test_the_page_s_links_lead_to_its_parts() -> None:
    shown = await page()
    assert {link[1:] for link in shown.links if link[0] == "#"} <= set(shown.ids)


async def test_the_page_tells_every_endpoint_parameter_and_member() -> None:
    shown = await page()
    told = document()
    words = set(told["paths"])
    for operations in told["paths"].values():
        for operation in operations.values():
            words |= {one["name"] for one in operation.get("parameters", [])}
    for shape in told["components"]["schemas"].values():
        words |= set(shape["properties"])
    words |= {fault.text for fault in FAULTS.values()} | {"confidence"}
    assert {word for word in words if word not in shown.words} == set()
