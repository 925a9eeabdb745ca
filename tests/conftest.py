"""What all tests share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from shizi.access.store import open_store
from tests.bars import KEY, Bars
from tests.postgresql import Cluster, find_program, running_cluster

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from _pytest.terminal import TerminalReporter

    from shizi.access.store import Store


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """Run PostgreSQL for as long as tests want it."""
    if find_program("initdb") is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def database(postgresql: Cluster) -> str:
    """Return the URL of an empty database of PostgreSQL."""
    return postgresql.create()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    """Return an open store of its own."""
    async with await open_store(tmp_path / "data") as store:
        yield store


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips", action="store_true", help="Fail the run when a test was skipped."
    )
    parser.addoption(
        "--fuzz", type=int, default=1, help="Make up so many times as many inputs."
    )
    parser.addoption(
        "--screenshots",
        action="store_true",
        help="Put pictures of the console into docs/images.",
    )
    parser.addoption(
        "--write-bars", type=Path, help="Put what was measured into this document."
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[KEY] = Bars()
    # The same cases in each run: what fails here failed there, and nothing is kept.
    settings.register_profile(
        "same",
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=100 * config.getoption("--fuzz"),
    )
    settings.load_profile("same")


@pytest.fixture(scope="session")
def bars(request: pytest.FixtureRequest) -> Bars:
    """Return where tests tell what they measured."""
    return request.config.stash[KEY]


@pytest.fixture(scope="session")
def fuzz(request: pytest.FixtureRequest) -> int:
    """Return how many times as long as in a plain run inputs shall be made up."""
    return request.config.getoption("--fuzz")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _skips(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: TerminalReporter, config: pytest.Config
) -> None:
    bars = config.stash[KEY]
    for row in bars.rows:
        terminalreporter.write_line(f"{row.block}: {row.bar}: {row.measured}")
    page = config.getoption("--write-bars")
    if page and terminalreporter.stats.get("passed"):
        bars.write(page)
    if skips := _skips(config):
        terminalreporter.write_line(f"{skips} skipped, and --no-skips was given")


def _skips(config: pytest.Config) -> int:
    """Return how many tests were skipped, where that matters."""
    if not config.getoption("--no-skips"):
        return 0
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", ())) if reporter else 0
