"""Shizi: a self-hosted OCR server that speaks WeChat's OCR open API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shizi.core.errors import ShiziError
from shizi.core.geometry import Point, Quad, Size
from shizi.core.text import Page, TextLine

if TYPE_CHECKING:
    from shizi.reader import Reader

__all__ = ["Page", "Point", "Quad", "Reader", "ShiziError", "Size", "TextLine"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Return the reader on first use: it brings libraries that few commands need."""
    if name == "Reader":
        from shizi.reader import Reader  # noqa: PLC0415 - see above

        return Reader
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
