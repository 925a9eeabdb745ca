from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.sight import AXE, Sight, look
from tests.running import Running, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Run Debian's Chromium; nothing is downloaded."""
    if not CHROMIUM.exists() or not AXE.exists():
        pytest.skip("needs Debian's chromium and `make browser-test`")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            # Root, as in CI, has no sandbox, and a container little shared memory; what
            # is shown is our own.
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run the server as a person does on their own machine."""
    with serving(tmp_path_factory.mktemp("console") / "data") as running:
        yield running


@pytest.fixture
def see(
    browser: Browser, server: Running, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Sight]]:
    """Return what opens a browser; at the end nothing may have gone wrong in any."""
    draws = request.config.getoption("--screenshots")
    with ExitStack() as stack:
        sights: list[Sight] = []

        def open_one(**options: Any) -> Sight:
            given = {"locale": "en-GB", "viewport": {"width": 1280, "height": 860}}
            context = stack.enter_context(browser.new_context(**(given | options)))
            sights.append(look(context, server, draws=draws))
            return sights[-1]

        yield open_one
        assert [fault for sight in sights for fault in sight.faults] == []


@pytest.fixture
def sight(see: Callable[..., Sight]) -> Sight:
    """Return a desktop's browser, in English, on the first page."""
    sight = see()
    sight.open()
    return sight
