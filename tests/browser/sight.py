"""A page of the console as a person sees it, and what must never happen on it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import expect

from tests.running import shizi

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

    from tests.running import Running

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
AXE = ROOT / "build" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "correct horse"

# Faults that keep people from using a page.
GRAVE = {"serious", "critical"}
# How long a read took is the machine's that drew the picture, and no promise.
WITHOUT_SECONDS = """() => {
  for (const each of document.querySelectorAll("[data-news]")) {
    each.textContent = each.textContent.replace(/[\\d.]+ (s|秒)$/, "… $1");
  }
}"""
# Milliseconds; a page takes .1 to 1 s on an idle core.
PATIENCE = 60_000


@dataclass
class Sight:
    """One page in one browser.

    Attributes:
        page: What is driven.
        server: What answers.
        draws: Whether pictures of it are kept.
        faults: What the browser complained of, and requests to other hosts.
    """

    page: Page
    server: Running
    draws: bool
    faults: list[str] = field(default_factory=list[str])

    def watch(self) -> None:
        """Note from now on what must not happen."""
        self.page.on("console", self._note_message)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._note_request)
        self.page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)

    def open(self, path: str = "/") -> None:
        """Go to a page."""
        self.page.goto(self.server.url + path)

    def show(self, picture: Path) -> None:
        """Choose a picture and wait for what comes of it."""
        self.page.set_input_files("input[name=file]", picture)
        self.settle()

    def try_sample(self, name: str) -> None:
        """Press the button of a sample and wait for what comes of it."""
        self.page.click(f"[data-sample$='/{name}']")
        self.settle()

    def settle(self) -> None:
        """Wait until a picture was read or refused, and is drawn."""
        self.page.wait_for_selector("#result:not([aria-busy]) > :first-child")
        self.page.wait_for_function("document.getElementById('picture').complete")

    def log_in(self) -> None:
        """Log in as the operator."""
        shizi_password(self.server)
        self.open("/console/login")
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("form:has([name=password]) button")
        self.page.wait_for_url("**/console/apps")

    def check_access(self) -> None:
        """See that nothing keeps people with a handicap from using the page."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found: Any = self.page.evaluate("axe.run()")
        grave = [
            f"{each['id']}: {each['help']} ({node['html'][:120]})"
            for each in found["violations"]
            if each["impact"] in GRAVE
            for node in each["nodes"]
        ]
        assert not grave, "\n".join(grave)
        assert found["passes"]

    def draw(self, name: str, *, whole: bool = False) -> None:
        """Keep a picture of the page, where pictures are wanted."""
        if not self.draws:
            return
        self.page.mouse.move(0, 0)
        self.page.evaluate(WITHOUT_SECONDS)
        with Image.open(io.BytesIO(self.page.screenshot(full_page=whole))) as image:
            # 128 colours: a third of the bytes, and no difference that is seen.
            small = image.convert("RGB").quantize(128)
            IMAGES.mkdir(exist_ok=True)
            small.save(IMAGES / f"{name}.png", optimize=True)

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(message.text)

    def _note_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"blob", "data"} and (
            address.netloc != urlsplit(self.server.url).netloc
        ):
            self.faults.append(f"request to {request.url}")


def shizi_password(server: Running) -> None:
    """Set the operator's password of a server."""
    shizi("console", "password", "--stdin", "--data", server.data, given=PASSWORD)


def look(context: BrowserContext, server: Running, *, draws: bool) -> Sight:
    """Return a page that is watched."""
    sight = Sight(context.new_page(), server, draws)
    sight.watch()
    return sight
