"""Exit codes, and what is told on standard error."""

from __future__ import annotations

import sys
from enum import IntEnum

import typer

from shizi.core.errors import (
    EngineError,
    ModelError,
    OutputError,
    ShiziError,
    StoreError,
)


class Exit(IntEnum):
    """How a command ended."""

    FAILED = 1
    USAGE = 2
    ENGINE = 3
    CANNOT_WRITE = 4
    INTERRUPTED = 130  # 128 + SIGINT, as shells count


def exit_code(error: ShiziError) -> Exit:
    """Return the exit code that an error ends a command with."""
    if isinstance(error, (ModelError, EngineError)):
        return Exit.ENGINE
    if isinstance(error, (StoreError, OutputError)):
        return Exit.CANNOT_WRITE
    return Exit.USAGE


def write(text: str) -> None:
    """Print one result on standard output, or end with `Exit.CANNOT_WRITE`."""
    try:
        typer.echo(text)
    except OSError as error:
        tell(f"cannot write: {error.strerror}")
        raise typer.Exit(Exit.CANNOT_WRITE) from error


def print_text(text: str) -> None:
    """Print a part of a result on standard output.

    Raises:
        OutputError: It cannot be printed.
    """
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except OSError as error:
        raise OutputError(f"cannot write: {error.strerror}") from error


def tell(message: str) -> None:
    """Print one line on standard error."""
    typer.echo(f"shizi: {message}", err=True)
