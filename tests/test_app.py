"""The whole server as a process: the commands, the API, the signals."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.running import SHIZI, Running, serving, shizi
from tests.samples import SAMPLE, SAMPLE_LINES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("server") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def token(server: Running) -> str:
    made = json.loads(shizi("app", "add", "t", "--data", server.data, "--json"))
    return shizi("token", "issue", made["appid"], "--data", server.data).strip()


def test_the_sample_is_read_as_it_is_printed(server: Running, token: str) -> None:
    reply = server.call(token, SAMPLE.read_bytes())
    assert (reply["errcode"], reply["errmsg"]) == (0, "ok")
    assert [item["text"] for item in reply["items"]] == SAMPLE_LINES


def test_a_token_from_the_endpoint_opens_the_call(server: Running) -> None:
    made = json.loads(shizi("app", "add", "t", "--data", server.data, "--json"))
    issued = httpx.get(
        f"{server.url}/cgi-bin/token",
        params={"grant_type": "client_credential", **made},
    ).json()
    assert issued["expires_in"] == 7200
    assert server.call(issued["access_token"], SAMPLE.read_bytes())["errcode"] == 0


def test_an_expired_token_is_told_apart(server: Running) -> None:
    made = json.loads(shizi("app", "add", "t", "--data", server.data, "--json"))
    token = shizi(
        "token", "issue", made["appid"], "--seconds", "0", "--data", server.data
    )
    assert server.call(token.strip(), b"")["errcode"] == 42001


def test_the_days_calls_are_counted_and_only_the_answered_ones(server: Running) -> None:
    limit = ["--limit", "printed_text=2"]
    made = json.loads(shizi("app", "add", "t", *limit, "--data", server.data, "--json"))
    token = shizi("token", "issue", made["appid"], "--data", server.data).strip()
    sample = SAMPLE.read_bytes()
    codes = [
        server.call(token, data)["errcode"]
        for data in (b"no picture", sample, b"no picture", sample, sample)
    ]
    assert codes == [101002, 0, 101002, 0, 101003]


def test_parallel_calls_get_the_same_answer(server: Running, token: str) -> None:
    sample = SAMPLE.read_bytes()
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda _: server.call(token, sample), range(16)))
    assert all(reply == replies[0] for reply in replies)


def test_health_readiness_and_figures_are_told(server: Running) -> None:
    assert httpx.get(f"{server.url}/healthz").status_code == 200
    assert httpx.get(f"{server.url}/readyz").status_code == 200
    assert "shizi_pool_workers 1.0" in httpx.get(f"{server.url}/metrics").text


def test_logs_hold_no_token_and_no_text(server: Running, token: str) -> None:
    server.call(token, SAMPLE.read_bytes())
    log = (server.data.parent / "log").read_text()
    assert '"path": "/cv/ocr/comm"' in log
    assert token not in log
    assert not any(line in log for line in SAMPLE_LINES)


def test_sigterm_answers_the_calls_in_flight_and_ends_with_0(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as running, ThreadPoolExecutor(6) as threads:
        app = shizi("app", "list", "--data", running.data).split("\t")[0]
        token = shizi("token", "issue", app, "--data", running.data).strip()
        sample = SAMPLE.read_bytes()
        calls = [threads.submit(running.call, token, sample) for _ in range(6)]
        deadline = time.monotonic() + 30
        while "shizi_pool_running 1.0" not in httpx.get(f"{running.url}/metrics").text:
            assert time.monotonic() < deadline
        running.process.send_signal(signal.SIGTERM)
        assert [call.result()["errcode"] for call in calls] == [0] * 6
        assert running.process.wait(30) == 0


def test_a_token_survives_a_kill(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as running:
        app = shizi("app", "list", "--data", running.data).split("\t")[0]
        token = shizi("token", "issue", app, "--data", running.data).strip()
        running.process.kill()
    with serving(tmp_path / "data") as running:
        assert running.call(token, SAMPLE.read_bytes())["errcode"] == 0


def test_without_a_terminal_no_secret_is_printed_or_logged(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as running:
        assert running.process.stdout is not None
        printed = running.process.stdout.readline()
        assert printed.startswith("issue a token: shizi token issue APPID")
        log = (tmp_path / "log").read_text()
        assert not re.search(r"\b[0-9a-f]{32}\b|access_token=", printed + log)


def test_on_a_terminal_the_printed_curl_line_reads_the_sample(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*SHIZI, "serve", "--data", tmp_path / "data", "--port", "0", "--workers", "1"],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    try:
        printed = ""
        while "access_token=" not in printed or not printed.endswith("\n"):
            printed += os.read(ours, 4096).decode()
        assert re.search(r"appid\s+wx[0-9a-f]{16}\s+secret\s+[0-9a-f]{32}", printed)
        line = next(line for line in printed.splitlines() if "curl" in line)
        curl, option, form, url = shlex.split(line)
        assert (curl, option, form) == ("curl", "-F", f"img=@{SAMPLE}")
        files = {"img": SAMPLE.read_bytes()}
        items = httpx.post(url, files=files, timeout=60).json()["items"]
        assert [item["text"] for item in items] == SAMPLE_LINES
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_a_taken_port_is_a_usage_error(server: Running, tmp_path: Path) -> None:
    port = server.url.rpartition(":")[2]
    done = subprocess.run(
        [*SHIZI, "serve", "--data", tmp_path, "--port", port],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
