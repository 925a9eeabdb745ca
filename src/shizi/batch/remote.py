"""Reading by a running server: each page is a call of WeChat's API."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self, cast

import httpx

from shizi.core.card import Card, Field
from shizi.core.errors import (
    AccessError,
    BusyError,
    CardNotFoundError,
    EngineError,
    ImageDecodeError,
    ImageSizeError,
    InputError,
    QuotaError,
    ServiceError,
    ShiziError,
    TaskError,
)
from shizi.core.geometry import Quad, Size
from shizi.core.image import find_format
from shizi.core.sheet import Sheet
from shizi.core.text import Page, TextLine
from shizi.draw import Smaller, draw_outlines, shrink
from shizi.ocr.null import NullEngine
from shizi.pool import Pool
from shizi.sandbox.keeper import Sandbox
from shizi.web.body import FILE_LIMIT
from shizi.wechat import names

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from types import TracebackType

    from shizi.batch.run import Label
    from shizi.core.image import Image
    from shizi.ports import Engine

# Seconds to wait before each further try of a call that found the server busy or away:
# half a minute in all.
_PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 16.0)
# Seconds that a call may take; a server gives a page 20, and a queue before it.
_SECONDS: Final = 60.0
_DRAW_SECONDS: Final = 30.0
_MEMORY: Final = 1024 << 20

_BUSY: Final = -1
_STALE_TOKENS: Final = frozenset({40001, 40014, 42001})
_USED_UP: Final = frozenset({45009, 101003})
_NO_CARD: Final = 101001
# What a picture alone is to blame for; anything else befalls all of them.
_FAULTS: Final[Mapping[int, type[InputError]]] = {
    _NO_CARD: CardNotFoundError,
    101002: ImageDecodeError,
    40006: ImageSizeError,
    41005: ImageDecodeError,
}

# Of replies. A line's score is not told.
_UNTOLD = 1.0


class _Reply(NamedTuple):
    """What the server answered, and the picture's own size."""

    content: Mapping[str, Any]
    size: Size


class RemoteReader:
    """Sends pages to a server, several at a time."""

    def __init__(
        self,
        url: str,
        *,
        app_id: str,
        secret: str,
        width: int,
        tell: Callable[[str], None],
        kind: str | None = None,
        is_required: bool = False,
        is_drawn: bool = False,
    ) -> None:
        """Take a server and an app of it.

        Args:
            url: The server's address, as `https://ocr.example.com`.
            app_id: The app's id.
            secret: Its secret.
            width: Calls at a time.
            tell: Takes a sentence on what is sent otherwise than it lies there.
            kind: The kind of document to look for.
            is_required: Whether a picture without it fails.
            is_drawn: Whether to give pictures back with outlines.

        Raises:
            InputError: The address is none.
        """
        self.width = width
        self._tell = tell
        self._kind = kind
        self._is_required = is_required
        self._is_drawn = is_drawn
        try:
            self._client = httpx.AsyncClient(base_url=url, timeout=_SECONDS)
        except httpx.InvalidURL as error:
            raise InputError(f"{url}: no address of a server") from error
        self._proof = {
            names.GRANT_TYPE: names.CLIENT_CREDENTIAL,
            names.APP_ID: app_id,
            names.SECRET: secret,
        }
        self._token = ""
        self._renewing = asyncio.Lock()
        # Pictures are opened in a locked process here, too.
        self._pool = Pool(
            NullEngine,
            Sandbox,
            workers=1,
            queue=2 * width + 1,
            seconds=_DRAW_SECONDS,
            memory=_MEMORY,
        )

    async def __aenter__(self) -> Self:
        """Fetch a token.

        Raises:
            EngineError: The server cannot be reached, or is none.
            AccessError: It does not know the app or its secret.
        """
        try:
            await self._pool.open()
            await self._renew("")
        except ServiceError as error:
            await self.__aexit__(None, None, None)
            raise EngineError(str(error)) from error
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self._client.aclose()
        await self._pool.close()

    async def read(self, data: bytes, label: Label) -> Sheet:
        """Return what the server reads of a picture.

        Raises:
            InputError: It cannot be decoded, or shows no document and must.
            ServiceError: The server was busy for too long, or answers what is no reply.
            QuotaError: The app has no calls left today.
            AccessError: The app may not make the call.
            EngineError: The server is away.
        """
        if label.number == 1:
            self._tell(f"{label.name}: its pages are sent one by one, a call each")
        sent, size = await self._fit(data, label)
        sheet: Sheet | None = None
        if self._kind is not None:
            try:
                reply = await self._call(names.LICENCE_PATH, sent, size)
                with _understood():
                    sheet = _card_sheet(reply)
            except CardNotFoundError:
                if self._is_required:
                    raise
        if sheet is None:
            reply = await self._call(names.TEXT_PATH, sent, size)
            with _understood():
                sheet = _text_sheet(reply)
        if not self._is_drawn:
            return sheet
        fields = sheet.page.lines if sheet.card is None else sheet.card.fields.values()
        pages = () if sheet.card is None else sheet.card.pages.values()
        quads = [*(each.quad for each in fields), *pages]
        drawn = await self._pool.run(partial(_draw, quads=quads), data)
        return Sheet(sheet.page, sheet.card, drawn)

    async def _fit(self, data: bytes, label: Label) -> tuple[bytes, Size | None]:
        """Return a picture that the server takes, and its size if that is another."""
        if len(data) < FILE_LIMIT and find_format(data) != "BMP":
            return data, None
        smaller = await self._pool.run(partial(_shrink, most=FILE_LIMIT - 1), data)
        if smaller.scale < 1:
            self._tell(f"{label}: sent at {smaller.scale:.0%} of its width and height")
        return smaller.data, smaller.size

    async def _call(self, path: str, data: bytes, size: Size | None) -> _Reply:
        """Return the reply to a picture."""
        query = {names.DETAIL: "1"} if path == names.LICENCE_PATH else {}
        for pause in (*_PAUSES, None):
            token = self._token
            try:
                content = await self._post(
                    path,
                    params={names.ACCESS_TOKEN: token, **query},
                    files={"img": ("image", data)},
                )
                code: int = content.get(names.ERROR_CODE, 0)
                if code == _BUSY:
                    raise BusyError("the server is busy")
                if code in _STALE_TOKENS:
                    await self._renew(token)
                    continue
            except (ServiceError, EngineError):
                if pause is None:
                    raise
                await asyncio.sleep(pause)
                continue
            if code:
                raise _fault(code, content)
            with _understood():
                told = content[names.IMAGE_SIZE]
                return _Reply(content, size or Size(told["w"], told["h"]))
        raise TaskError("the server takes no token that it gives")

    async def _renew(self, stale: str) -> None:
        """Fetch a token, unless another call has done so meanwhile."""
        async with self._renewing:
            if self._token != stale:
                return
            content = await self._post(names.STABLE_TOKEN_PATH, json=self._proof)
            token = content.get(names.ACCESS_TOKEN)
            if not isinstance(token, str):
                code: int = content.get(names.ERROR_CODE, _BUSY)
                raise _fault(code, content)
            self._token = token

    async def _post(self, path: str, **request: Any) -> Mapping[str, Any]:  # noqa: ANN401 - httpx's
        """Return the JSON that a call answers.

        Raises:
            ServiceError: There is none.
            EngineError: Nobody is there.
        """
        try:
            response = await self._client.post(path, **request)
            content: object = response.json()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise EngineError(_no_answer(error)) from error
        except (httpx.HTTPError, ValueError) as error:
            raise TaskError(_no_answer(error)) from error
        if not isinstance(content, dict) or not response.is_success:
            raise TaskError(f"the server answers with status {response.status_code}")
        return cast("Mapping[str, Any]", content)


def _shrink(_engine: Engine, image: Image, *, most: int) -> Smaller:
    return shrink(image, most)


def _draw(_engine: Engine, image: Image, *, quads: list[Quad]) -> bytes:
    return draw_outlines(image, quads)


def _no_answer(error: Exception) -> str:
    # Not the error's own words: they may hold the address with the token.
    return f"the server gives no answer ({type(error).__name__})"


@contextmanager
def _understood() -> Generator[None]:
    """Tell a reply of another form as one of our errors."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise TaskError("the server's reply is none of shizi's") from error


def _fault(code: int, content: Mapping[str, Any]) -> ShiziError:
    """Return the error that an errcode stands for."""
    text = str(content.get(names.ERROR_TEXT, "")).partition(" rid:")[0]
    if code in _USED_UP:
        return QuotaError("the server reads no more for this app today")
    kind = _FAULTS.get(code)
    if kind is not None:
        return kind(f"the server: {text}")
    return AccessError(f"the server: {text} ({code})")


def _text_sheet(reply: _Reply) -> Sheet:
    scale = _scale(reply)
    lines = (
        TextLine(item[names.TEXT], _quad(item[names.PLACE], scale), _UNTOLD)
        for item in reply.content[names.ITEMS]
    )
    return Sheet(Page(reply.size, tuple(lines)))


def _card_sheet(reply: _Reply) -> Sheet:
    """Return the document of a reply; the lines of its page are not told."""
    scale = _scale(reply)
    detail = reply.content[names.DETAIL]
    fields = {
        names.LICENCE_FIELDS.get(key, key): Field(
            told[names.TEXT], told[names.CONFIDENCE], _quad(told[names.PLACE], scale)
        )
        for key, told in detail[names.FIELDS].items()
    }
    pages = {
        name: _quad(reply.content[key][names.PLACE], scale)
        for key, name in names.LICENCE_PAGES.items()
        if key in reply.content
    }
    warnings = tuple(detail[names.WARNINGS])
    card = Card("vehicle_licence", reply.size, fields, pages, warnings)
    return Sheet(Page(reply.size, ()), card)


def _scale(reply: _Reply) -> tuple[float, float]:
    """Return by how much the picture is larger than what the server saw."""
    seen = reply.content[names.IMAGE_SIZE]
    return reply.size.width / seen["w"], reply.size.height / seen["h"]


def _quad(place: Mapping[str, Mapping[str, float]], scale: tuple[float, float]) -> Quad:
    across, down = scale
    return Quad.of(
        (place[name]["x"] * across, place[name]["y"] * down) for name in Quad._fields
    )
