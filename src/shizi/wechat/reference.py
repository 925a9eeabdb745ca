"""The OpenAPI document for programs, and as a page that loads nothing else."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final, cast

from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from shizi import __version__
from shizi.wechat import names
from shizi.wechat.openapi import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.requests import Request

    from shizi.wechat.replies import Reply

# Its own styles, and nothing else.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"

_STYLE: Final = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
code, h2 { font-family: ui-monospace, monospace }
h2 { border-top: 1px solid #8886; padding-top: 1.5rem; font-size: 1.1rem }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0 }
tr + tr td { border-top: 1px solid #8883 }
ul { margin: 0; padding-left: 1.2rem }
"""


def build_reference() -> list[Route]:
    """Return the routes of the document and of its page."""
    document = describe(__version__)
    page = render(document)

    async def tell(_: Request) -> JSONResponse:
        return JSONResponse(document)

    async def show(_: Request) -> HTMLResponse:
        return HTMLResponse(page, headers={"content-security-policy": _POLICY})

    return [Route(names.DOCUMENT_PATH, tell), Route(names.REFERENCE_PATH, show)]


def render(document: Reply) -> str:
    """Return the page of a document as `openapi.describe` makes it."""
    about = _members(document["info"])
    schemas = _members(_members(document["components"])["schemas"])
    title = escape(f"{about['title']} {about['version']}")
    return "".join(
        [
            "<!doctype html><html lang=en><meta charset=utf-8>",
            "<meta name=viewport content='width=device-width'>",
            f"<title>{title}</title><style>{_STYLE}</style>",
            f"<h1>{title}</h1><p>{_prose(about['summary'])}.",
            f"<p>{_prose(about['description'])}",
            "<p>The same for programs: <a href=openapi.json>openapi.json</a>.",
            *(
                _path(path, _members(operations))
                for path, operations in _members(document["paths"]).items()
            ),
            "<h1>Replies</h1>",
            *(
                f"<h2 id={escape(name)}>{escape(name)}</h2>{_shape(_members(shape))}"
                for name, shape in schemas.items()
            ),
        ]
    )


def _path(path: str, operations: Mapping[str, object]) -> str:
    """Return the section of a path; its methods differ by the body at most."""
    methods = " ".join(method.upper() for method in operations)
    operation = _members(list(operations.values())[-1])
    parts = [
        f"<h2>{methods} {escape(path)}</h2><p>{_prose(operation['summary'])}.",
        _prose(operation.get("description", "")),
        _parameters(cast("list[Reply]", operation.get("parameters", []))),
    ]
    if "requestBody" in operation:
        parts += ["<h3>Body</h3>", _contents(_members(operation["requestBody"]))]
    answer = _members(_members(operation["responses"])["200"])
    return "".join([*parts, "<h3>Reply</h3>", _contents(answer)])


def _parameters(parameters: Iterable[Reply]) -> str:
    """Return a table of parameters."""
    rows = [
        _row(one["name"], "required" if one["required"] else "", one["description"])
        for one in parameters
    ]
    return f"<h3>Parameters</h3><table>{''.join(rows)}</table>" if rows else ""


def _contents(holder: Mapping[str, object]) -> str:
    """Return what a body or a reply may be."""
    parts = [f"<p>{_prose(holder.get('description', ''))}"]
    for kind, content in _members(holder["content"]).items():
        shape = _members(content).get("schema")
        parts.append(f"<p><code>{escape(kind)}</code>")
        parts.append(_shape(_members(shape)) if shape else "")
    return "".join(parts)


def _shape(shape: Mapping[str, object]) -> str:
    """Return a schema in words, its members in a table."""
    if reference := shape.get("$ref"):
        name = escape(str(reference).rpartition("/")[2])
        return f"<a href='#{name}'>{name}</a>"
    if choices := shape.get("anyOf"):
        shapes = (_shape(_members(one)) for one in cast("list[object]", choices))
        return f"<ul>{''.join(f'<li>{one}' for one in shapes)}</ul>"
    text = _prose(shape.get("description", ""))
    for word, key in (("", "type"), ("always ", "const"), ("one of ", "enum")):
        if key in shape:
            value = shape[key]
            if isinstance(value, list):
                value = " ".join(str(one) for one in cast("list[object]", value))
            text += f" <code>{escape(f'{word}{value}')}</code>"
    if items := shape.get("items"):
        text += f" of {_shape(_members(items))}"
    members = dict(_members(shape.get("properties", {})))
    if others := shape.get("additionalProperties"):
        members["…"] = others
    rows = [
        f"<tr><td><code>{escape(name)}</code><td>{_shape(_members(member))}"
        for name, member in members.items()
    ]
    return f"{text}<table>{''.join(rows)}</table>" if rows else text


def _row(name: object, *texts: object) -> str:
    cells = "".join(f"<td>{_prose(text)}" for text in texts)
    return f"<tr><td><code>{escape(str(name))}</code>{cells}"


def _prose(text: object) -> str:
    """Return a text with what stands between backticks as code."""
    pieces = escape(str(text)).split("`")
    return "".join(
        f"<code>{piece}</code>" if number % 2 else piece
        for number, piece in enumerate(pieces)
    )


def _members(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value)
