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
from shizi.wechat.replies import text_reply

if TYPE_CHECKING:
    from shizi.core.text import Page


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
) -> None:
    """Print the text of pictures; JSON is one line a picture."""
    reader = Reader()
    failed = 0
    for image in images:
        try:
            data = sys.stdin.buffer.read() if image == "-" else Path(image).read_bytes()
            page = reader.read_text(data)
        except (InputError, OSError) as error:
            failed += 1
            reason = error.strerror if isinstance(error, OSError) else error
            tell(f"{image}: {reason}")
            continue
        write(_written(page, image, output, named=len(images) > 1))
    if failed:
        raise typer.Exit(Exit.FAILED)


def _written(page: Page, image: str, output: Format, *, named: bool) -> str:
    """Return a page in a format; text is headed by the file's name among several."""
    if output is Format.TXT:
        return f"==> {image} <==\n{page.text}" if named else page.text
    content = _content(page, image) if output is Format.JSON else text_reply(page)
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
                "quad": [[round(x, 1), round(y, 1)] for x, y in line.quad],
            }
            for line in page.lines
        ],
    }
