"""`shizi read --server`: pages read by a running server."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from shizi.batch.remote import RemoteReader
from shizi.batch.run import Label
from shizi.core.errors import EngineError
from tests.cli.test_read import SAID, folder_of, paged, picture, tree
from tests.running import NULL, SHIZI, Running, serving, shizi
from tests.samples import SAMPLE, SAMPLE_LINES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APP = ("--appid", "mine")


def run(
    *arguments: object, url: str, secret: str = "s"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SHIZI, "read", "--server", url, *APP, *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "SHIZI_APP_SECRET": secret},
    )  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("server") / "data"
    with serving(data, program=NULL) as running:
        shizi("app", "add", "t", "--id", "mine", "--secret", "s", "--plan", "unlimited",
              "--data", data)  # fmt: skip
        shizi("app", "add", "t", "--id", "poor", "--secret", "s", "--plan", "unlimited",
              "--limit", "printed_text=3", "--data", data)  # fmt: skip
        yield running


def test_files_and_pages_are_sent_one_by_one(server: Running, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", "a.png", "b/c.png")
    (folder / "d.pdf").write_bytes(paged("PDF", 3))
    (folder / "e.jpg").write_bytes(b"no picture")
    out = tmp_path / "out"
    done = run("-r", folder, "-o", out, "--format", "txt,json", url=server.url)
    assert done.returncode == 1
    assert f"{folder / 'e.jpg'}: the server: decode image failed" in done.stderr
    assert f"{folder / 'd.pdf'}: its pages are sent one by one" in done.stderr
    assert "3 files read (5 pages), 1 failed" in done.stderr
    assert tree(out) == {
        f"{name}.{kind}"
        for name in ("a.png", "b/c.png", "d.pdf")
        for kind in ("txt", "json")
    }
    pages = json.loads((out / "d.pdf.json").read_text())["pages"]
    assert [page["lines"][0]["text"] for page in pages] == [SAID] * 3


def test_a_picture_that_is_too_large_is_made_smaller(
    server: Running, tmp_path: Path
) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (1500, 1600, 3), np.uint8)
    (tmp_path / "a.png").write_bytes(cv2.imencode(".png", noise)[1].tobytes())
    out = tmp_path / "out"
    done = run(
        tmp_path / "a.png", "-o", out, "--format", "json", "--draw", url=server.url
    )
    assert done.returncode == 0, done.stderr
    assert "a.png: sent at " in done.stderr
    assert "% of its width and height" in done.stderr
    (page,) = json.loads((out / "a.png.json").read_text())["pages"]
    assert (page["width"], page["height"]) == (1600, 1500)
    # The null engine's line is the whole picture.
    assert np.allclose(page["lines"][0]["quad"][2], (1600, 1500), atol=2)
    assert cv2.imread(str(out / "a.png.boxes.jpg")).shape == (1500, 1600, 3)


def test_a_run_ends_where_the_quota_does_and_is_taken_up(
    server: Running, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "in", *(f"{n}.png" for n in range(6)))
    out = tmp_path / "out"
    arguments = ("--appid", "poor", folder, "-o", out, "--workers", 1)
    done = run(*arguments, url=server.url)
    assert done.returncode == 1
    assert "the app has no calls left today" in done.stderr
    assert "3 files were not read; go on with --resume" in done.stderr
    assert len(tree(out)) == 3
    shizi("quota", "grant", "poor", "printed_text=10", "--data", server.data)
    done = run(*arguments, "--resume", url=server.url)
    assert (done.returncode, len(tree(out))) == (0, 6), done.stderr
    assert "3 files read (3 pages), 3 before, 0 failed" in done.stderr


def test_a_wrong_secret_ends_with_2_and_a_server_that_is_away_with_3(
    server: Running, tmp_path: Path
) -> None:
    folder_of(tmp_path, "a.png")
    done = run(tmp_path / "a.png", url=server.url, secret="wrong")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "shizi: the server: invalid appsecret (40125)\n"
    done = run(tmp_path / "a.png", url="http://127.0.0.1:9")
    assert done.returncode == 3
    assert done.stderr == "shizi: the server gives no answer (ConnectError)\n"


@pytest.mark.parametrize(
    "options",
    [
        ("--server", "example.com", "--appid", "a", "--secret", "s"),
        ("--server", "http://[::1", "--appid", "a", "--secret", "s"),
        ("--server", "http://127.0.0.1:9", "--secret", "s"),
        ("--server", "http://127.0.0.1:9", "--appid", "a"),
    ],
    ids=["no address", "half an address", "no app", "no secret"],
)
def test_half_a_server_is_wrong_usage(options: tuple[str, ...]) -> None:
    done = subprocess.run(
        [*SHIZI, "read", SAMPLE, *options], capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "server" in done.stderr
    assert "Traceback" not in done.stderr


class Moody(BaseHTTPRequestHandler):
    """A server that answers calls with what is next on a list, a code or a reply."""

    codes: list[object]
    asked: list[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        path, _, query = self.path.partition("?")
        cls = type(self)
        cls.asked.append(query or path)
        if path.startswith("/cgi-bin"):
            count = sum(each.startswith("/cgi-bin") for each in cls.asked)
            return self.answer({"access_token": f"t{count}", "expires_in": 7200})
        code = cls.codes.pop(0) if cls.codes else 0
        if isinstance(code, dict):
            return self.answer(code)
        if code:
            return self.answer({"errcode": code, "errmsg": "no rid: 1"})
        return self.answer(
            {"errcode": 0, "errmsg": "ok", "items": [], "img_size": {"w": 4, "h": 3}}
        )

    def answer(self, content: object) -> None:
        data = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def moody(*codes: object) -> Iterator[tuple[str, list[str]]]:
    kind = type("Now", (Moody,), {"codes": list(codes), "asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{httpd.server_port}", kind.asked
        finally:
            httpd.shutdown()
            thread.join()


@pytest.mark.parametrize("code", [40001, 42001])
def test_a_token_that_has_ended_is_fetched_anew(tmp_path: Path, code: int) -> None:
    (tmp_path / "a.png").write_bytes(picture())
    with moody(code) as (url, asked):
        done = run(tmp_path / "a.png", url=url)
    assert done.returncode == 0, done.stderr
    assert asked == [
        "/cgi-bin/stable_token", "access_token=t1",
        "/cgi-bin/stable_token", "access_token=t2",
    ]  # fmt: skip


def test_a_busy_server_is_asked_again_later(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture())
    with moody(-1) as (url, asked):
        done = run(tmp_path / "a.png", url=url)
    assert done.returncode == 0, done.stderr
    assert len(asked) == 3


def test_a_reply_of_another_form_costs_its_picture_alone(tmp_path: Path) -> None:
    replies: list[dict[str, object]] = [
        {},
        {"items": [], "img_size": 5},
        {"items": None, "img_size": {"w": 4, "h": 3}},
        {"items": [{"text": "a"}], "img_size": {"w": 4, "h": 3}},
        {"items": [], "img_size": {"w": "4", "h": 3}},
    ]
    folder_of(tmp_path / "in", *(f"{n}.png" for n in range(6)))
    with moody(*replies) as (url, _):
        done = run(tmp_path / "in", "-o", tmp_path / "out", url=url)
    assert done.returncode == 1
    assert done.stderr.count(".png: the server's reply is none of shizi's\n") == 5
    assert len(tree(tmp_path / "out")) == 1


async def test_a_server_that_goes_away_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shizi.batch.remote._PAUSES", (0.0,))
    folder_of(tmp_path, *(f"{n}.png" for n in range(6)))
    with moody() as (url, asked):
        reader = RemoteReader(url, app_id="a", secret="s", width=1, tell=print)
        await reader.__aenter__()
    try:
        with pytest.raises(EngineError, match="no answer"):
            await reader.read((tmp_path / "0.png").read_bytes(), Label("0.png", None))
    finally:
        await reader.__aexit__(None, None, None)
    assert asked == ["/cgi-bin/stable_token"]


def test_an_app_without_the_right_ends_the_run_with_2(tmp_path: Path) -> None:
    folder_of(tmp_path, "a.png", "b.png", "c.png")
    with moody(48001, 48001, 48001) as (url, _):
        done = run(tmp_path, url=url)
    assert done.returncode == 2
    assert done.stderr == "shizi: the server: no (48001)\n"


@pytest.mark.real
def test_a_licence_is_read_by_a_server_as_here(tmp_path: Path) -> None:
    data = tmp_path / "data"
    licence = SAMPLE.parents[3] / "tests" / "data" / "vehicle-licence.jpg"
    with serving(data) as running:
        shizi("app", "add", "t", "--id", "mine", "--secret", "s", "--plan", "unlimited",
              "--data", data)  # fmt: skip
        done = run(
            SAMPLE, licence, "--card", "auto", "--format", "jsonl", url=running.url
        )
    assert done.returncode == 0, done.stderr
    page, card = map(json.loads, done.stdout.splitlines())
    assert [line["text"] for line in page["lines"]] == SAMPLE_LINES
    here = subprocess.run(
        [*SHIZI, "read", licence, "--card", "vehicle-licence", "--format", "jsonl"],
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    told = json.loads(here.stdout)["card"]
    assert card["card"]["warnings"] == told["warnings"]
    assert set(card["card"]["pages"]) == set(told["pages"])
    assert {name: field["text"] for name, field in card["card"]["fields"].items()} == {
        name: field["text"] for name, field in told["fields"].items()
    }
