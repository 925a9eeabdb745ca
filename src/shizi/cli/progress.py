"""How a run goes, told on standard error; on a terminal by a bar."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from shizi.cli.outcome import tell

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Task


class _Rate(ProgressColumn):
    """Pages a second."""

    def render(self, task: Task) -> Text:
        elapsed = task.elapsed or 0.0
        rate = task.fields["pages"] / elapsed if elapsed else 0.0
        return Text(f"{rate:.1f} pages/s")


class Telling:
    """Tells what fails, and on a terminal how far the run is."""

    def __init__(self, total: int) -> None:
        """Take the number of files."""
        self._pages = 0
        self._progress: Progress | None = None
        if sys.stderr.isatty() and total > 1:
            self._progress = Progress(
                TextColumn("reading"),
                BarColumn(),
                MofNCompleteColumn(),
                _Rate(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                # What is printed on the same terminal would be mixed with the bar.
                redirect_stdout=False,
                transient=True,
            )
            self._task = self._progress.add_task("", total=total, pages=0)

    def __enter__(self) -> Self:
        """Show the bar."""
        if self._progress is not None:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self.close()

    def close(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()

    def advance(self, pages: int) -> None:
        """Count a file."""
        self._pages += pages
        if self._progress is not None:
            self._progress.update(self._task, advance=1, pages=self._pages)

    def fail(self, name: str, reason: str) -> None:
        """Tell that a file, or a page of it, failed."""
        tell(f"{name}: {reason}")
