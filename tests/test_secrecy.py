"""Claims about what is never written down, after a day of everything on one server."""

from __future__ import annotations

import io
import json
import re
import signal
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import httpx
import psutil
import pytest
from PIL import Image

from shizi.cloud import Cloud, CloudError
from tests.running import Running, serving, shizi
from tests.samples import SAMPLE, SAMPLE_LINES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real

# What each part of a call carries that is nobody's business.
SECRET = "5e1fa11ed0bad5ec2e7000000c0ffee1"
GUESS = "9999fa11ed0bad5ec2e7000000c0ffee"
QUERY = "private-query-0451"
PATH = "private-path-0452"
FIELD = "private-field-0453"
WORD = "private-word-0454"
INSIDE = "private-metadata-0455"
AGENT = "private-agent-0456"
PASSWORD = "private-password-0457"


class Origin(BaseHTTPRequestHandler):
    """Gives the sample, or sends on to it, wherever a query says so."""

    def do_GET(self) -> None:
        if "onward" in self.path:
            self.send_response(302)
            self.send_header("Location", f"/{PATH}.jpg?sig={QUERY}-2")
            self.end_headers()
            return
        data = SAMPLE.read_bytes() if ".jpg" in self.path else b"no picture"
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


class Day(NamedTuple):
    """All that was told and kept.

    Attributes:
        private: What must be nowhere, and why.
        places: Texts and files by name.
        codes: What the calls were answered with.
    """

    private: dict[str, str]
    places: dict[str, bytes]
    codes: list[int | None]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    data = tmp_path_factory.mktemp("secrecy") / "data"
    for app_id in ("wx1", "wx2"):
        shizi("app", "add", "t", "--id", app_id, "--secret", SECRET, "--data", data)
    given = f"{PASSWORD}\n"
    shizi("console", "password", "--stdin", "--data", data, given=given)
    origin = ThreadingHTTPServer(("127.0.0.1", 0), Origin)
    threading.Thread(target=origin.serve_forever, daemon=True).start()
    environment = {
        "SHIZI_TOKEN_MODE": "foreign",
        "SHIZI_FOREIGN_WORD": WORD,
        "SHIZI_LOG_LEVEL": "debug",
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONWARNINGS": "default",
    }
    with serving(
        data, "--fetch-allow", "127.0.0.0/8", environment=environment
    ) as server:
        calls = Calls(server, origin.server_address[1])
        calls.run()
        figures = httpx.get(f"{server.url}/metrics").content
        running = _files(data)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        log = server.log().encode()
    origin.shutdown()
    origin.server_close()
    cookies = {f"cookie {n}": cookie for n, cookie in enumerate(calls.pages)}
    assert len(set(cookies.values())) == 2
    texts = {f"line {number}": line for number, line in enumerate(SAMPLE_LINES)}
    return Day(
        {**calls.private, **cookies, **texts},
        {"log": log, "metrics": figures, **running, **_files(data)},
        calls.codes,
    )


class Calls:
    """One of everything that clients, strangers and accidents do."""

    def __init__(self, server: Running, port: int) -> None:
        self.server = server
        self.origin = f"http://127.0.0.1:{port}"
        self.codes: list[int | None] = []
        self.pages: list[str] = []
        self.private = {
            "secret": SECRET,
            "guess": GUESS,
            "query": QUERY,
            "path": PATH,
            "field": FIELD,
            "word": WORD,
            "metadata": INSIDE,
            "agent": AGENT,
            "password": PASSWORD,
        }

    def run(self) -> None:
        with httpx.Client(
            base_url=self.server.url, headers={"User-Agent": AGENT}, timeout=60
        ) as client:
            self.client = client
            self._tokens()
            self._uploads()
            self._addresses()
            self._bad_bodies()
            self._cloud()
            self._pages()
            self._odd_bytes()
            self._accidents()

    def _ask(self, method: str, path: str, **options: object) -> dict[str, object]:
        reply = self.client.request(method, path, **options).json()
        self.codes.append(reply.get("errcode", 0))
        return reply

    def _tokens(self) -> None:
        grant = "grant_type=client_credential"
        proven = {"grant_type": "client_credential", "appid": "wx1", "secret": SECRET}
        tokens = [
            self._ask("GET", f"/cgi-bin/token?{grant}&appid=wx1&secret={SECRET}"),
            self._ask("POST", "/cgi-bin/token", data=proven),
            self._ask("POST", "/cgi-bin/stable_token", json=proven),
            self._ask(
                "POST", "/cgi-bin/stable_token", json={**proven, "force_refresh": True}
            ),
        ]
        for number, told in enumerate(tokens):
            self.private[f"token {number}"] = str(told["access_token"])
        self.token = str(tokens[-1]["access_token"])
        for _ in range(12):
            self._ask("GET", f"/cgi-bin/token?{grant}&appid=wx2&secret={GUESS}")
        self._ask("POST", "/cgi-bin/token", data={**proven, "secret": GUESS})
        self._ask("POST", "/cgi-bin/clear_quota/v2", data={"appsecret": GUESS})
        path = {"cgi_path": f"/cv/ocr/comm?x={QUERY}"}
        self._ask(
            "POST", f"/cgi-bin/openapi/quota/get?access_token={self.token}", json=path
        )

    def _call(self, query: str = "", **options: object) -> dict[str, object]:
        return self._ask(
            "POST",
            f"/cv/ocr/comm?access_token={self.token}&x={QUERY}{query}",
            **options,
        )

    def _uploads(self) -> None:
        sample = SAMPLE.read_bytes()
        self._call(files={FIELD: (f"{FIELD}.jpg", sample)}, data={"type": FIELD})
        self._ask(
            "POST",
            f"/cv/ocr/driving?access_token={self.token}&{QUERY}",
            files={"img": sample},
        )
        noted = io.BytesIO()
        exif = Image.Exif()
        exif[0x010E] = INSIDE
        Image.new("RGB", (40, 40)).save(noted, "JPEG", exif=exif, comment=INSIDE)
        damaged = noted.getvalue()
        for cut in (len(damaged), 200, len(damaged) - 9):
            self._call(files={"img": damaged[:cut]})
        # Tokens of strangers, known by their word or not known at all.
        stranger = f"/cv/ocr/comm?access_token={QUERY}-token"
        self._ask(
            "POST", stranger, files={"img": sample}, headers={"X-Shizi-Word": WORD}
        )
        self._ask("POST", stranger, files={"img": sample})

    def _addresses(self) -> None:
        for url in (
            f"{self.origin}/{PATH}.jpg?sig={QUERY}",
            f"{self.origin}/onward/{PATH}?sig={QUERY}",
            f"{self.origin}/{PATH}?sig={QUERY}",
            f"http://10.0.0.1/{PATH}?sig={QUERY}",
            f"http://user:{FIELD}@127.0.0.1/{PATH}?{QUERY}",
            f"gopher://127.0.0.1/{PATH}/{QUERY}",
        ):
            self._call(f"&img_url={quote(url, safe='')}")
        self._call(data={"img_url": url})

    def _bad_bodies(self) -> None:
        form = {"Content-Type": "multipart/form-data; boundary=b"}
        for body in (
            f'--b\r\nContent-Disposition: form-data; name="{FIELD}'.encode(),
            f"--b\r\n{FIELD}: {QUERY}\r\n\r\n{PATH}\r\n--b--".encode(),
            f"--b\r\n{FIELD}\x00{QUERY}\r\n".encode(),
        ):
            self._call(content=body, headers=form)
        self._call(content=b"{" + QUERY.encode(), headers={"Content-Type": "a/json"})
        self._call(files={"img": QUERY.encode() * 200_000})
        for folder in ("/cv/ocr/", "/cgi-bin/", "/wxa/"):
            for rest in (PATH, f"{PATH}%0d%0a{FIELD}"):
                self.client.post(f"{folder}{rest}?access_token={self.token}")

    def _cloud(self) -> None:
        picture = {"contentType": "image/jpeg", "value": SAMPLE.read_bytes()}
        signed = [(SECRET, {"img": picture}), (GUESS, {"img": picture})]
        signed.append((SECRET, {"imgUrl": f"http://10.0.0.1/{PATH}?{QUERY}"}))
        for secret, data in signed:
            with Cloud(self.server.url, app_id="wx1", secret=secret) as cloud:
                try:
                    cloud.openapi.ocr.printedText(data)
                    self.codes.append(0)
                except CloudError as error:
                    self.codes.append(error.errCode)

    def _pages(self) -> None:
        """Log in on the web pages, as operator and as app, and with wrong words."""
        for said in (
            {"as": "operator", "password": PASSWORD},
            {"as": "operator", "password": f"{PASSWORD}-2"},
            {"as": "app", "appid": "wx1", "secret": SECRET},
            {"as": "app", "appid": "wx1", "secret": GUESS},
        ):
            page = self.client.get(f"/console/login?to=/{PATH}%3F{QUERY}").text
            stamp = re.search(r'name="stamp" value="(\w+)"', page)
            assert stamp is not None
            self.client.post("/console/login", data={**said, "stamp": stamp[1]})
            self.client.get(f"/console/apps?{QUERY}")
            self.pages.append(self.client.cookies["shizi_console"].strip('"'))

    def _odd_bytes(self) -> None:
        """Send what is hardly HTTP, or HTTP that asks for something else."""
        target = f"/cv/ocr/comm?access_token={self.token}&x={QUERY}"
        upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
        upgrade += "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAA=="
        for head in (
            f"GET {target} HTTP/1.1\r\nHost: a\r\n{upgrade}",
            f"POST {target} HTTP/1.1\r\nHost: a\r\nContent-Length: no",
            f"POST {target}图 HTTP/1.1\r\nHost: a\r\n{FIELD}\r\n",
            f"{target} {SECRET}",
            f"BREW {target} HTTP/9.9\r\nHost: {FIELD}\x00",
            f"POST {target} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: {FIELD}",
            f"POST {target} HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n{FIELD}",
        ):
            place = self.server.url.removeprefix("http://").split(":")
            with socket.create_connection((place[0], int(place[1]))) as connection:
                connection.sendall(head.encode() + b"\r\n\r\n")
                connection.settimeout(0.3)
                with suppress(TimeoutError, ConnectionError):
                    connection.recv(4096)

    def _accidents(self) -> None:
        """Kill the worker in the middle of a read, and leave in another."""
        with suppress(httpx.HTTPError):
            self.client.post(
                f"/cv/ocr/comm?access_token={self.token}&x={QUERY}",
                files={"img": SAMPLE.read_bytes()},
                timeout=0.05,
            )
        for process in psutil.Process(self.server.process.pid).children(recursive=True):
            # A decoder whose worker was ended before it leaves meanwhile.
            with suppress(psutil.NoSuchProcess):
                if "shizi.worker" in " ".join(process.cmdline()):
                    process.kill()
        self._call(files={"img": SAMPLE.read_bytes()})


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_of_everything_there_was_some(day: Day) -> None:
    wanted = {0, 40001, 40006, 40125, 45011, 41005, 101000, 101001, 101002, -501001}
    assert wanted <= set(day.codes)
    lines = [json.loads(line) for line in day.places["log"].splitlines()]
    levels = {line["level"] for line in lines}
    assert {"info", "warning"} <= levels
    assert {"/cv/ocr/comm", "unknown"} <= {line.get("path") for line in lines}
    assert any(name.endswith("shizi.db") for name in day.places)


def spellings(text: str) -> set[bytes]:
    """Return how a text may stand in a file: as it is, escaped, or quoted."""
    escaped = json.dumps(text)[1:-1]
    return {each.encode() for each in (text, escaped, quote(text), repr(text)[1:-1])}


def test_nothing_private_is_in_a_log_a_file_or_the_metrics(day: Day) -> None:
    found = [
        f"{what} in {name}"
        for what, text in day.private.items()
        for name, content in day.places.items()
        if any(spelling in content for spelling in spellings(text))
    ]
    assert found == []


def test_no_part_of_what_was_read_is_in_a_log_or_a_file(day: Day) -> None:
    pieces = {
        piece
        for line in SAMPLE_LINES
        for piece in re.findall(r"[\u4e00-\u9fff]{4}", line)
    }
    assert len(pieces) > 30
    content = b"".join(day.places.values())
    assert [piece for piece in pieces if piece.encode() in content] == []


def test_the_metrics_name_nobody(day: Day) -> None:
    figures = day.places["metrics"].decode()
    labels = set(re.findall(r'(\w+)="', figures))
    assert labels <= {"path", "errcode", "le", "version"}
    assert "wx1" not in figures
    assert "127.0.0.1" not in figures


def test_each_line_of_the_log_is_one_object(day: Day) -> None:
    for line in day.places["log"].splitlines():
        assert isinstance(json.loads(line), dict)
