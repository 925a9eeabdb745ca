"""`shizi bulk`: many pictures into one table."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shizi.bulk.crowd import read_here
from shizi.bulk.desk import Order
from shizi.bulk.run import run
from shizi.bulk.source import find_items
from shizi.bulk.writer import JsonLines, Parquet
from shizi.cli.option import ProfileOption, load_settings
from shizi.cli.outcome import Exit, tell
from shizi.cli.read import Card
from shizi.journal import Journal

if TYPE_CHECKING:
    from shizi.bulk.row import Outcome
    from shizi.bulk.writer import Writer

# How often, in seconds, progress is told: on a terminal, and to a log.
_OFTEN, _SELDOM = 0.5, 30.0


def bulk(
    source: Annotated[
        str,
        typer.Argument(help="Folder, tar archive or list, here or in a store (s3://)."),
    ],
    *,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="DEST",
            help="A file .jsonl, or a folder of Parquet files.",
        ),
    ],
    card: Annotated[
        Card | None,
        typer.Option(help="Read the fields of this document; auto: where one is."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that ended early.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Pictures read at once; one a core.")
    ] = None,
    part: Annotated[
        int, typer.Option(min=1, help="Pictures a Parquet file, at most.")
    ] = 1000,
    profile: ProfileOption = None,
    ray: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Read on a Ray cluster: auto, HOST:PORT."),
    ] = None,
) -> None:
    """Read many pictures into a table; a run that was killed is gone on with.

    Pictures that cannot be read are listed, in the journal beside the table, too, and
    tried again by --resume.
    """
    settings = load_settings(profile=profile)
    kind = None if card is None else card.kind
    is_required = card not in {None, Card.AUTO}
    order = Order(kind, is_required, settings.setup())
    count = workers or (os.cpu_count() or 1)
    if ray is None:
        read = partial(read_here, order=order, workers=count)
    else:
        from shizi.bulk.ray import read_there  # noqa: PLC0415 - the extra alone has it

        read = partial(read_there, order=order, workers=workers, address=ray)
    # A terminated run ends as Ctrl-C ends it: what was read is kept.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    progress = _Progress()
    try:
        told = {"source": source, "card": card or "", "table": output.name}
        with (
            Journal(_journal_of(output, resume=resume), run=told, resume=resume) as log,
            closing(_open_table(output, part, fields=kind is not None)) as table,
            closing(run(find_items(source), read, table, log)) as outcomes,
        ):
            progress.begin(sum(entry.is_done for entry in log.entries.values()))
            for outcome in outcomes:
                progress.note(outcome)
    except OSError as error:
        tell(f"cannot write {output}: {error.strerror or error}")
        raise typer.Exit(Exit.CANNOT_WRITE) from error
    except KeyboardInterrupt as error:
        progress.end()
        tell("interrupted; --resume goes on")
        raise typer.Exit(Exit.INTERRUPTED) from error
    progress.end()
    if progress.failed:
        raise typer.Exit(Exit.FAILED)


def _journal_of(output: Path, *, resume: bool) -> Path:
    """Return where a table's journal is; end with 2 where a table would be lost."""
    if output.suffix == ".jsonl":
        path = output.with_name(f"{output.name}.journal")
        output.parent.mkdir(parents=True, exist_ok=True)
    else:
        # Readers of a folder of Parquet pass over names that begin with "_".
        path = output / "_journal"
        output.mkdir(parents=True, exist_ok=True)
    is_there = _tells(path) or (output.is_file() and output.stat().st_size > 0)
    if not resume and is_there:
        tell(f"{output} is there already: --resume goes on with it")
        raise typer.Exit(Exit.USAGE)
    return path


def _tells(journal: Path) -> bool:
    """Return whether a journal tells of anything done: more than its head."""
    with suppress(FileNotFoundError), journal.open("rb") as file:
        file.readline()
        return bool(file.read(1))
    return False


def _open_table(output: Path, rows: int, *, fields: bool) -> Writer:
    if output.suffix == ".jsonl":
        return JsonLines(output)
    return Parquet(output, rows=rows, fields=fields)


class _Progress:
    """Counts outcomes and tells of them on standard error."""

    def __init__(self) -> None:
        self.failed = 0
        self._done = 0
        self._before = 0
        self._began = self._told = time.monotonic()
        self._is_terminal = sys.stderr.isatty()

    def begin(self, before: int) -> None:
        """Note how many pictures were done by the run that is gone on with."""
        self._before = before

    def note(self, outcome: Outcome) -> None:
        """Count one outcome, and tell of it if it is a failure."""
        if outcome.error is None:
            self._done += 1
        else:
            self.failed += 1
            self._wipe()
            tell(f"{outcome.id}: {outcome.error}")
        now = time.monotonic()
        if now - self._told >= (_OFTEN if self._is_terminal else _SELDOM):
            self._told = now
            self._wipe()
            typer.echo(self._line(now), err=True, nl=not self._is_terminal)

    def end(self) -> None:
        """Tell the last figures."""
        self._wipe()
        typer.echo(self._line(time.monotonic()), err=True)

    def _wipe(self) -> None:
        if self._is_terminal:
            typer.echo("\r\x1b[K", err=True, nl=False)

    def _line(self, now: float) -> str:
        rate = self._done / max(now - self._began, 1e-9)
        before = f", {self._before} before" if self._before else ""
        failed = f", {self.failed} failed" if self.failed else ""
        return f"{self._done} read{before}{failed}, {rate:.1f} a second"
