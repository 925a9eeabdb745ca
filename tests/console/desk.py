"""The console over a real store, with a pool that reads nothing."""

from __future__ import annotations

import re
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from starlette.applications import Starlette

from shizi.access.operator import set_password
from shizi.console.parts import Health, Parts
from shizi.console.routes import build_console
from shizi.core.card import Card, Field
from shizi.core.errors import CardNotFoundError
from shizi.core.geometry import Quad, Size
from shizi.core.text import Page, TextLine
from shizi.metrics import Latency
from shizi.reading import read_card
from shizi.service import Service
from shizi.web.call import CallRecord
from shizi.wechat.showing import Showing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from shizi.access.store import Store

PASSWORD = "correct horse"
JPEG = b"\xff\xd8\xff picture"
QUAD = Quad.of([(1, 2), (7, 2), (7, 3), (1, 3)])
PAGE = Page(Size(8, 4), (TextLine("<b>春</b>", QUAD, 0.5),))
CARD = Card(
    "vehicle_licence",
    Size(8, 4),
    {"owner": Field("张三", 0.9, QUAD)},
    {"front": QUAD},
    ("blurred",),
)


@dataclass
class FakePool:
    """Answers with what it is told to; by default with a page, never with a card."""

    error: Exception | None = None
    card: Card | None = None
    pictures: list[bytes] = field(default_factory=list[bytes])

    async def run(self, task: object, data: bytes) -> object:
        self.pictures.append(data)
        if self.error is not None:
            raise self.error
        if task is not read_card:
            return PAGE
        if self.card is None:
            raise CardNotFoundError("no card")
        return self.card


@dataclass
class Desk:
    """A console, and a browser before it."""

    store: Store
    browser: httpx.AsyncClient
    pool: FakePool
    records: list[CallRecord]
    stamp: str = ""

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """Return a page, and remember the stamp of its forms."""
        reply = await self.browser.get(path, **options)
        if found := re.search(r'(?:name="stamp" value|data-stamp)="(\w+)"', reply.text):
            self.stamp = found[1]
        return reply

    async def send(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Return what a form leads to."""
        return await self.browser.post(path, data={"stamp": self.stamp, **fields})

    async def read(
        self, data: bytes = JPEG, query: str = "", **headers: str
    ) -> httpx.Response:
        """Return what a picture leads to."""
        headers = {"x-shizi-stamp": self.stamp, **headers}
        path = f"/console/read?{query}"
        return await self.browser.post(path, content=data, headers=headers)

    async def log_in(self, password: str = PASSWORD) -> httpx.Response:
        """Return what the operator's log-in leads to."""
        await self.get("/console/login")
        return await self.send(
            "/console/login", **{"as": "operator", "password": password}
        )


@asynccontextmanager
async def opened(
    store: Store, *, is_open: bool = True, client: str = "127.0.0.1"
) -> AsyncGenerator[Desk]:
    """Put a console together, and a browser on an address before it."""
    pool, records = FakePool(), list[CallRecord]()
    await set_password(store, PASSWORD)
    parts = Parts(
        store,
        Service(store, pool, time.time),  # type: ignore[arg-type]
        Showing(),
        audit=records.append,
        health=lambda: HEALTH,
        recent=lambda: tuple(reversed(records)),
        clock=time.time,
        is_open=is_open,
    )
    transport = httpx.ASGITransport(
        Starlette(routes=build_console(parts)), client=(client, 1)
    )
    base = "http://127.0.0.1:8000"
    async with httpx.AsyncClient(transport=transport, base_url=base) as browser:
        yield Desk(store, browser, pool, records)


HEALTH = Health(
    workers=1,
    wanted=2,
    running=1,
    waiting=3,
    places=64,
    memory=(400 << 20,),
    latency=Latency((0.1, float("inf")), (2, 1)),
    codes={0: 2, -1: 1},
    facts={"shizi": "0"},
    models={"detector.onnx": "ab" * 32},
    started_at=time.time() - 90,
)
