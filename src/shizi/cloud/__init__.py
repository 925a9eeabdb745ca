"""The cloud call for Python: code ported from a cloud function reads the same.

::

    from shizi.cloud import Cloud, CloudError

    cloud = Cloud("https://ocr.example.com", app_id="wx...", secret="...")
    try:
        result = cloud.openapi.ocr.vehicleLicense(
            {"type": "photo", "img": {"contentType": "image/png", "value": data}}
        )
        print(result["plateNumB"])
    except CloudError as error:
        print(error.errCode, error.errMsg)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Self, TypeVar

from shizi.cloud.local import Local
from shizi.cloud.remote import AsyncRemote, Remote
from shizi.core.errors import CloudError
from shizi.wechat import names

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from types import TracebackType

    from shizi.cloud.call import Params, Result
    from shizi.reader import Reader

    Call = Callable[[str, "Params"], "T"]

__all__ = ["AsyncCloud", "Cloud", "CloudError", "LocalCloud"]

T = TypeVar("T")


class Ocr(Generic[T]):
    """The APIs of `cloud.openapi.ocr`, by WeChat's names.

    Each takes what the JavaScript call takes: `img`, a mapping with `contentType` and
    `value`, or else `imgUrl`; and `type`. Each returns what that call gives: the reply
    with its keys in camel case, `errMsg` and `errCode`.
    """

    def __init__(self, call: Call[T]) -> None:
        """Take what makes a call, by an API's name."""
        self._call = call

    def printedText(self, data: Params) -> T:  # noqa: N802 - WeChat's name
        """Return the printed text of a picture.

        Raises:
            CloudError: The call failed.
        """
        return self._call(names.TEXT_API, data)

    def vehicleLicense(self, data: Params) -> T:  # noqa: N802 - WeChat's name
        """Return the fields of a vehicle licence; `detail: 1` adds all that is known.

        Raises:
            CloudError: The call failed.
        """
        return self._call(names.LICENCE_API, data)

    def drivingLicense(self, data: Params) -> T:  # noqa: N802 - WeChat's name
        """Return the fields of a vehicle licence, by the API's newer name.

        Raises:
            CloudError: The call failed.
        """
        return self._call(names.LICENCE_API_NOW, data)


class OpenApi(Generic[T]):
    """The APIs of `cloud.openapi`.

    Attributes:
        ocr: Those that read pictures.
    """

    def __init__(self, call: Call[T]) -> None:
        """Take what makes a call, by an API's name."""
        self.ocr = Ocr(call)


class Cloud:
    """Calls a server.

    Attributes:
        openapi: The APIs.
    """

    def __init__(
        self, url: str, *, app_id: str, secret: str, seconds: float = 15.0
    ) -> None:
        """Take a server and an app of it.

        Args:
            url: The server's address, as `https://ocr.example.com`.
            app_id: The app's id.
            secret: Its secret, which signs the calls and is not sent.
            seconds: How long a call may take; WeChat's SDK waits as long.
        """
        self._remote = Remote(url, app_id=app_id, secret=secret, seconds=seconds)
        self.openapi: OpenApi[Result] = OpenApi(self._remote.call)

    def __enter__(self) -> Self:
        """Return the cloud itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections to the server."""
        self._remote.close()


class AsyncCloud:
    """Calls a server from asynchronous code.

    Attributes:
        openapi: The APIs; their results are awaited.
    """

    def __init__(
        self, url: str, *, app_id: str, secret: str, seconds: float = 15.0
    ) -> None:
        """Take a server and an app of it, as `Cloud` does."""
        self._remote = AsyncRemote(url, app_id=app_id, secret=secret, seconds=seconds)
        self.openapi: OpenApi[Awaitable[Result]] = OpenApi(self._remote.call)

    async def __aenter__(self) -> Self:
        """Return the cloud itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.close()

    async def close(self) -> None:
        """Close the connections to the server."""
        await self._remote.close()


class LocalCloud:
    """Reads in this process, without a server, an app or a quota.

    Attributes:
        openapi: The APIs.
    """

    def __init__(self, reader: Reader, *, fetch_allow: Sequence[str] = ()) -> None:
        """Take what reads; several threads may call, one at a time is read for.

        Args:
            reader: The reader.
            fetch_allow: Hosts and networks that `imgUrl` may reach though not public.
        """
        self.openapi: OpenApi[Result] = OpenApi(Local(reader, fetch_allow).call)
