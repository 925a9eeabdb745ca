"""`shizi read`: what files say, here and now or by a server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from shizi.batch.inputs import STANDARD_INPUT, Found, find_inputs, read_list
from shizi.batch.local import LocalReader
from shizi.batch.outputs import Folder, Stream
from shizi.batch.pages import DPI, find_kind
from shizi.batch.remote import RemoteReader
from shizi.batch.run import Outcome, read_all
from shizi.batch.searchable import is_there
from shizi.cli.option import ProfileOption, load_settings
from shizi.cli.outcome import Exit, print_text, tell
from shizi.cli.progress import Telling
from shizi.documents.spec import load_spec
from shizi.formats import NAMES, Format, find_format
from shizi.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from shizi.batch.outputs import Outputs
    from shizi.ocr.setup import Setup

# Made by another program, and no text.
_PDF = "pdf"
_ALL = sorted((*NAMES, _PDF))
# Where the secret of an app may stand, for it to be on no list of processes.
_SECRET = "SHIZI_APP_SECRET"  # noqa: S105 - a name
# 40: pictures that one process must read for becoming fast to pay. Computed: it takes
# 2.5 s and saves some 60 ms a page. How many pages a file has nobody knows.
_MANY = 40
# 4: enough to keep a server of two workers busy while pictures are on their way.
_CALLS = 4
# What the journal of a folder is called.
_JOURNAL = "journal.jsonl"


class Card(StrEnum):
    """A document whose fields are read."""

    VEHICLE_LICENCE = "vehicle-licence"
    AUTO = "auto"

    @property
    def kind(self) -> str:
        """Return the kind of document that is looked for."""
        name = self.VEHICLE_LICENCE if self is Card.AUTO else self
        return name.value.replace("-", "_")


class _Task(NamedTuple):
    """What shall be done.

    Attributes:
        forms: The formats by their names.
        card: The document to look for.
        is_searchable: Whether to write searchable PDF.
        folder: Where to write; none for standard output.
        is_resumed: Whether to go on with an earlier run.
        is_drawn: Whether to write the pictures with outlines.
        dpi: Pixels an inch of a PDF's pages.
        workers: How many processes read, or calls are made at a time.
        setup: How the models are run here.
        server: Who reads; none for this machine.
    """

    forms: Mapping[str, Format]
    card: Card | None
    is_searchable: bool
    folder: Path | None
    is_resumed: bool
    is_drawn: bool
    dpi: int
    workers: int | None
    setup: Setup
    server: _Server | None


class _Server(NamedTuple):
    """A server and an app of it."""

    url: str
    app_id: str
    secret: str


def read(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH...",
            help="Files, folders, patterns; - is standard input.",
        ),
    ] = None,
    *,
    recursive: Annotated[
        bool,
        typer.Option("--recursive", "-r", help="Read the folders in folders, too."),
    ] = False,
    from_file: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Read the files listed here, one a line; - is stdin."
        ),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format", metavar="NAME[,NAME]", help=f"How to write: {', '.join(_ALL)}."
        ),
    ] = None,
    card: Annotated[
        Card | None,
        typer.Option(
            help="Read a document's fields: vehicle-licence; auto where one is found."
        ),
    ] = None,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="DIR|-", help="Where to write; - is stdout."
        ),
    ] = STANDARD_INPUT,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an earlier run into DIR.")
    ] = False,
    draw: Annotated[
        bool, typer.Option("--draw", help="Write the pictures with outlines, too.")
    ] = False,
    dpi: Annotated[
        int, typer.Option(min=36, max=1200, help="Pixels an inch of a PDF's pages.")
    ] = DPI,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Processes that read, one a core by default; of a server, calls at"
            f" a time, {_CALLS} by default.",
        ),
    ] = None,
    profile: ProfileOption = None,
    server: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Have a running server read, as an app of it."
        ),
    ] = None,
    appid: Annotated[str | None, typer.Option(help="The app's id.")] = None,
    secret: Annotated[
        str | None,
        typer.Option(
            envvar=_SECRET, help="The app's secret; better not where others see it."
        ),
    ] = None,
) -> None:
    """Read the text or the documents of pictures.

    Ends with 0 if all were read, 1 if some failed, which are listed, 2 if there is
    nothing to read, 3 if the engine fails, 4 if results cannot be written, 130 on
    Ctrl-C.
    """
    names = _names(formats or ["txt"])
    task = _Task(
        _forms(names - {_PDF}, card),
        card,
        _PDF in names,
        None if output == STANDARD_INPUT else Path(output),
        resume,
        draw,
        dpi,
        workers,
        load_settings(profile=profile).setup(),
        _server(server, appid, secret),
    )
    _check(task)
    given = [*(paths or []), *_listed(from_file)]
    with _standard_input(STANDARD_INPUT in given) as taken:
        found = find_inputs(
            given, is_deep=recursive, apart=task.folder, standard_input=taken
        )
        for name, reason in found.missing:
            tell(f"{name}: {reason}")
        if not found.inputs:
            if not found.missing:
                tell("there is nothing to read")
            raise typer.Exit(Exit.USAGE)
        outcome, is_interrupted = asyncio.run(_run(task, found))
    _conclude(task, outcome, missing=len(found.missing))
    if is_interrupted:
        raise typer.Exit(Exit.INTERRUPTED)
    if outcome.failed or outcome.unread or found.missing:
        raise typer.Exit(Exit.FAILED)


async def _run(task: _Task, found: Found) -> tuple[Outcome, bool]:
    """Read the files; return how that went, and whether Ctrl-C ended it."""
    stop = asyncio.Event()
    reader = _reader(task, found)
    loop = asyncio.get_running_loop()
    with (
        _opened(task, found) as (outputs, journal),
        Telling(len(found.inputs)) as telling,
    ):
        # Before the processes start, which takes seconds.
        loop.add_signal_handler(signal.SIGINT, _interrupt, stop, telling)
        async with reader:
            outcome = await read_all(
                found.inputs,
                reader=reader,
                outputs=outputs,
                watch=telling,
                stop=stop,
                journal=journal,
                dpi=task.dpi,
            )
    return outcome, stop.is_set() and not outcome.is_used_up


def _reader(task: _Task, found: Found) -> LocalReader | RemoteReader:
    """Return what reads the files."""
    kind = task.card.kind if task.card else None
    is_required = task.card is Card.VEHICLE_LICENCE
    if task.server is not None:
        return RemoteReader(
            task.server.url,
            app_id=task.server.app_id,
            secret=task.server.secret,
            width=task.workers or _CALLS,
            tell=tell,
            kind=kind,
            is_required=is_required,
            is_drawn=task.is_drawn,
        )
    wanted = task.workers or os.cpu_count() or 1
    paths = [item.path for item in found.inputs[:wanted]]
    # As many as there are pictures at a time; how many pages a file has is not known.
    is_few = len(paths) == len(found.inputs) and not any(map(_has_pages, paths))
    workers = len(paths) if is_few else wanted
    return LocalReader(
        workers=workers,
        setup=task.setup,
        # A lone picture has the whole machine.
        threads=0 if is_few and workers == 1 else 1,
        is_brief=len(found.inputs) < _MANY * workers
        and not any(_has_pages(item.path) for item in found.inputs),
        kind=kind,
        is_required=is_required,
        is_drawn=task.is_drawn,
    )


def _server(url: str | None, app_id: str | None, secret: str | None) -> _Server | None:
    """Return the server of the options."""
    if url is None:
        return None
    if not url.startswith(("http://", "https://")):
        raise typer.BadParameter("--server is an address, as https://ocr.example.com")
    if not app_id or not secret:
        raise typer.BadParameter(f"--server needs --appid and --secret (or {_SECRET})")
    return _Server(url, app_id, secret)


def _has_pages(path: Path) -> bool:
    with contextlib.suppress(OSError):  # told when it is read
        return find_kind(path) is not None
    return False


def _interrupt(stop: asyncio.Event, telling: Telling) -> None:
    """End after what runs; the second time at once."""
    if stop.is_set():
        telling.close()
        # The workers end with us, and what is not in the journal was not done.
        os._exit(Exit.INTERRUPTED)
    tell("finishing what is being read; Ctrl-C once more ends at once")
    stop.set()


@contextlib.contextmanager
def _opened(task: _Task, found: Found) -> Generator[tuple[Outputs, Journal | None]]:
    """Open where the results go."""
    if task.folder is None:
        (form,) = task.forms.values()
        several = len(found.inputs) > 1 and "txt" in task.forms
        yield Stream(print_text, form, is_named=several), None
        return
    run = {
        "formats": ",".join((*task.forms, *([_PDF] if task.is_searchable else []))),
        "card": task.card.value if task.card else "",
        "draw": str(task.is_drawn),
        "dpi": str(task.dpi),
        "root": found.root,
    }
    try:
        task.folder.mkdir(parents=True, exist_ok=True)
        journal = Journal(task.folder / _JOURNAL, run=run, resume=task.is_resumed)
    except OSError as error:
        tell(f"cannot write: {task.folder}: {error.strerror}")
        raise typer.Exit(Exit.CANNOT_WRITE) from error
    with (
        journal,
        Folder(
            task.folder, task.forms, journal.ends, is_searchable=task.is_searchable
        ) as folder,
    ):
        yield folder, journal


def _conclude(task: _Task, outcome: Outcome, *, missing: int) -> None:
    """Tell how a run into a folder went."""
    if outcome.is_used_up:
        tell("the app has no calls left today")
    if outcome.unread:
        go_on = "; go on with --resume" if task.folder else ""
        tell(f"{outcome.unread} files were not read{go_on}")
    if task.folder is not None:
        before = f", {outcome.skipped} before" if outcome.skipped else ""
        tell(
            f"{outcome.done} files read ({outcome.pages} pages){before},"
            f" {outcome.failed + missing} failed: {task.folder}"
        )


def _names(given: Sequence[str]) -> set[str]:
    """Return what the option names."""
    names = {name for each in given for name in each.split(",")}
    for name in sorted(names):
        if name not in _ALL:
            message = f"{name!r} is none of {', '.join(_ALL)}"
            raise typer.BadParameter(message)
    return names


def _forms(names: set[str], card: Card | None) -> dict[str, Format]:
    """Return formats by their names."""
    fields = _fields(card.kind) if card is Card.VEHICLE_LICENCE else ()
    return {name: find_format(name, fields=fields) for name in sorted(names)}


def _fields(kind: str) -> tuple[str, ...]:
    """Return the names of a document's fields, as they are printed on it."""
    spec = load_spec(kind)
    names = [field.name for page in spec.pages for field in page.fields]
    rows = [row.field for row in spec.rows if row.field is not None]
    return tuple(dict.fromkeys([*names, *rows, *(part.name for part in spec.parts)]))


def _check(task: _Task) -> None:
    """Refuse what standard output cannot take, and what is not installed."""
    if task.is_searchable and not is_there():
        raise typer.BadParameter("pdf needs OCRmyPDF: pip install 'shizi[pdf]'")
    if task.folder is not None:
        return
    if len(task.forms) > 1:
        raise typer.BadParameter("several formats need -o DIR")
    if task.is_searchable or task.is_drawn or task.is_resumed:
        raise typer.BadParameter("pdf, --draw and --resume need -o DIR")


def _listed(from_file: str | None) -> list[str]:
    """Return the paths that a file lists."""
    if from_file is None:
        return []
    try:
        if from_file == STANDARD_INPUT:
            return read_list(sys.stdin.buffer.read())
        return read_list(Path(from_file).read_bytes())
    except OSError as error:
        tell(f"{from_file}: {error.strerror}")
        raise typer.Exit(Exit.USAGE) from error


@contextlib.contextmanager
def _standard_input(is_wanted: bool) -> Generator[Path | None]:
    """Put what comes on standard input into a file for as long as it is needed."""
    if not is_wanted:
        yield None
        return
    with tempfile.NamedTemporaryFile(prefix="shizi-") as file:
        while part := sys.stdin.buffer.read(1 << 20):
            file.write(part)
        file.flush()
        yield Path(file.name)
