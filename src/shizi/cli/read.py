"""`shizi read`: the text of pictures, here and now."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shizi.cli.outcome import Exit, tell, write
from shizi.core.errors import InputError
from shizi.reader import Reader
from shizi.wechat.replies import card_reply, text_reply

if TYPE_CHECKING:
    from shizi.core.card import Card
    from shizi.core.geometry import Quad
    from shizi.core.text import Page


class Kind(StrEnum):
    """A document whose fields are read."""

    VEHICLE_LICENCE = "vehicle-licence"


class Format(StrEnum):
    """How a page is written."""

    JSON = "json"
    TXT = "txt"
    WECHAT = "wechat"


def read(
    images: Annotated[
        list[str],
        typer.Argument(metavar="IMAGE...", help="Files; - is standard input."),
    ],
    *,
    output: Annotated[
        Format, typer.Option("--format", help="How to write the pages.")
    ] = Format.TXT,
    card: Annotated[
        Kind | None, typer.Option(help="Read the fields of this document.")
    ] = None,
) -> None:
    """Print the text or a document's fields of pictures; JSON is one line a picture."""
    reader = Reader()
    failed = 0
    for image in images:
        try:
            data = sys.stdin.buffer.read() if image == "-" else Path(image).read_bytes()
            if card is None:
                text = _text_of(reader.read_text(data), image, output)
            else:
                kind = card.value.replace("-", "_")
                text = _fields_of(reader.read_card(data, kind), image, output)
        except (InputError, OSError) as error:
            failed += 1
            reason = error.strerror if isinstance(error, OSError) else error
            tell(f"{image}: {reason}")
            continue
        named = output is Format.TXT and len(images) > 1
        write(f"==> {image} <==\n{text}" if named else text)
    if failed:
        raise typer.Exit(Exit.FAILED)


def _text_of(page: Page, image: str, output: Format) -> str:
    """Return a page in a format."""
    if output is Format.TXT:
        return page.text
    content = _content(page, image) if output is Format.JSON else text_reply(page)
    return json.dumps(content, ensure_ascii=False)


def _fields_of(card: Card, image: str, output: Format) -> str:
    """Return a document in a format; text is a field a line, its name and its value."""
    if output is Format.TXT:
        return "\n".join(f"{name}: {each.text}" for name, each in card.fields.items())
    if output is Format.WECHAT:
        return json.dumps(card_reply(card, detail=False), ensure_ascii=False)
    content = {
        "image": image,
        "kind": card.kind,
        "width": card.size.width,
        "height": card.size.height,
        "fields": {
            name: {
                "text": each.text,
                "score": round(each.score, 4),
                "quad": _rounded(each.quad),
            }
            for name, each in card.fields.items()
        },
        "pages": {name: _rounded(quad) for name, quad in card.pages.items()},
        "warnings": list(card.warnings),
    }
    return json.dumps(content, ensure_ascii=False)


def _content(page: Page, image: str) -> dict[str, object]:
    return {
        "image": image,
        "width": page.size.width,
        "height": page.size.height,
        "lines": [
            {
                "text": line.text,
                "score": round(line.score, 4),
                "quad": _rounded(line.quad),
            }
            for line in page.lines
        ],
    }


def _rounded(quad: Quad) -> list[list[float]]:
    """Return corners to a tenth of a pixel."""
    return [[round(x, 1), round(y, 1)] for x, y in quad]
