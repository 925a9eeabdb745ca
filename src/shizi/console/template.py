"""Templates: pages written with the words of a visit's language."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from shizi import __version__
from shizi.console.visit import LANGUAGE_COOKIE, LANGUAGE_PARAMETER
from shizi.console.words import LANGUAGES, TAGS

if TYPE_CHECKING:
    from shizi.console.visit import Visit

# Nothing from elsewhere, and no script or style inside a page; a picture that was
# chosen is shown as a blob.
HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' blob:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}

# 400 days: the longest that browsers keep a cookie.
_LANGUAGE_SECONDS: Final = 400 * 86_400


def write_page(
    visit: Visit, name: str, /, *, status: int = 200, **values: object
) -> HTMLResponse:
    """Return a page.

    Args:
        visit: Who sees it.
        name: The template's, without its ending.
        status: The HTTP status.
        values: What the template shows.
    """
    request = visit.request
    text = (
        _open()
        .get_template(f"{name}.html")
        .render(
            values,
            visit=visit,
            w=visit.words,
            tag=TAGS[visit.words.language],
            languages=LANGUAGES,
            path=request.url.path,
            version=__version__,
            stamp=visit.session.stamp,
            moment=moment,
            done=_find_done(visit),
        )
    )
    response = HTMLResponse(text, status, headers=HEADERS)
    if request.query_params.get(LANGUAGE_PARAMETER) in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            visit.words.language,
            max_age=_LANGUAGE_SECONDS,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
    return response


def _find_done(visit: Visit) -> str | None:
    """Return what the form has done that led to a page, if one did."""
    name = f"done.{visit.request.query_params.get('done', '')}"
    return visit.words.texts.get(name)


def moment(seconds: float) -> str:
    """Return a time, UTC, as the pages write it."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"


@cache
def _open() -> Environment:
    return Environment(
        loader=PackageLoader("shizi.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
