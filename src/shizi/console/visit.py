"""One visit: a request, who makes it, and in which language it is answered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from shizi.console.words import LANGUAGES, Words, choose_language, load_words
from shizi.core.errors import ForgedFormError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from shizi.console.session import Session

LANGUAGE_COOKIE: Final = "shizi_language"
LANGUAGE_PARAMETER: Final = "lang"

# What proxies add to a request, each of them its own.
_PROXY_HEADERS: Final = frozenset(
    {"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"}
)
_OLD_HTTP: Final = "1.0"

_HOST: Final = re.compile(r"(\[[0-9a-fA-F:.]+\]|[0-9a-zA-Z.-]+)(:[0-9]*)?")


@dataclass(frozen=True, slots=True)
class Visit:
    """A request as the pages see it.

    Attributes:
        request: As it came, without its body.
        session: Who makes it.
        is_operator: Whether that is the operator.
        is_local: Whether it was made on the server's own machine.
        words: Those of its language.
        is_new: Whether its session has just begun.
        form: What it brings, for a POST of a form.
    """

    request: Request
    session: Session
    is_operator: bool
    is_local: bool
    words: Words
    is_new: bool
    form: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    @property
    def is_encrypted(self) -> bool:
        """Whether nobody on the way can read along."""
        return self.is_local or self.request.url.scheme == "https"

    def said(self, name: str) -> str:
        """Return what a form says of something, without space around it."""
        return self.form.get(name, "").strip()


def find_words(request: Request) -> Words:
    """Return the words of the language that a visitor chose or prefers."""
    wished = request.query_params.get(LANGUAGE_PARAMETER)
    if wished not in LANGUAGES:
        wished = request.cookies.get(LANGUAGE_COOKIE)
    accepted = request.headers.get("accept-language", "")
    return load_words(choose_language(wished, accepted))


def is_local(request: Request) -> bool:
    """Return whether a request was made on this machine, and for nobody else.

    A proxy on the same machine hands strangers on; it is known by its headers, or by
    the HTTP/1.0 that nginx speaks unless told otherwise. A page of another site may
    lead a name of its own to this machine, but cannot choose the host that is named.
    """
    # Not `request.url`: where it cannot read the name it tells the machine's own.
    host = _HOST.fullmatch(request.headers.get("host", ""))
    return (
        request.client is not None
        and _is_loopback(request.client.host)
        and host is not None
        and _is_loopback(host[1])
        and request.scope["http_version"] != _OLD_HTTP
        and not _PROXY_HEADERS & {name.lower() for name in request.headers}
    )


def check_origin(request: Request) -> None:
    """See that a page of this server made the request.

    Raises:
        ForgedFormError: Another one did.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    if site != "same-origin" or (
        origin is not None and origin.partition("://")[1:] != ("://", host)
    ):
        raise ForgedFormError("the form comes from another site")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
