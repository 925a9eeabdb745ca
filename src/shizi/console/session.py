"""Sessions: who a browser is, in a cookie that only the server can read and write."""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final

from shizi.core.errors import ForgedFormError, StoreError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from shizi.access.seal import Seal

COOKIE: Final = "shizi_console"

# 12 h: a working day, and nobody's browser is open to the next morning's passer-by.
SECONDS: Final = 12 * 3600


@dataclass(frozen=True, slots=True)
class Session:
    """What is known of a browser.

    Attributes:
        stamp: What forms of the pages it was sent carry, against forged ones.
        generation: Of an operator, to which of the log-ins this one belongs.
        token: Of an app, the token that it was given.
    """

    stamp: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    generation: str | None = None
    token: str | None = field(default=None, repr=False)

    def logged_out(self) -> Session:
        """Return a session of nobody in particular."""
        return Session()

    def of_operator(self, generation: str) -> Session:
        """Return the session of an operator, with a stamp of its own."""
        return replace(Session(), generation=generation)

    def of_app(self, token: str) -> Session:
        """Return the session of an app, with a stamp of its own."""
        return replace(Session(), token=token)

    def check(self, stamp: str) -> None:
        """See that a form comes from one of the pages of this session.

        Raises:
            ForgedFormError: It does not.
        """
        if not hmac.compare_digest(self.stamp.encode(), stamp.encode()):
            raise ForgedFormError("the form's stamp is not the session's")


class Sessions:
    """Puts sessions into cookies, and reads them back."""

    def __init__(self, seal: Seal) -> None:
        """Take the seal of the store: every server that shares it knows the cookies."""
        self._seal = seal.derived("console session")

    def read(self, request: Request) -> Session | None:
        """Return the session of a request; none if it has none that counts still."""
        sealed = request.cookies.get(COOKIE, "")
        try:
            return Session(**json.loads(self._seal.decrypt(sealed, seconds=SECONDS)))
        except (StoreError, ValueError, TypeError):
            return None

    def write(self, request: Request, response: Response, session: Session) -> None:
        """Give a browser its session."""
        response.set_cookie(
            COOKIE,
            self._seal.encrypt(json.dumps(asdict(session))),
            max_age=SECONDS,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
