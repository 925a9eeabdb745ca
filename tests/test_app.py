"""The whole server as a process: the commands, the API, the signals."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.running import NULL, SHIZI, Running, serving, shizi
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
        wait_for_calls(running, 6)
        running.process.send_signal(signal.SIGTERM)
        assert [call.result()["errcode"] for call in calls] == [0] * 6
        assert running.process.wait(30) == 0


def test_a_stopping_server_says_so_until_the_last_call_is_answered(
    tmp_path: Path,
) -> None:
    slow = {"NULL_SECONDS": "1.5"}
    with (
        serving(tmp_path / "data", program=NULL, environment=slow) as running,
        ThreadPoolExecutor(2) as threads,
    ):
        token = running.token()
        sample = SAMPLE.read_bytes()
        assert httpx.get(f"{running.url}/readyz").status_code == 200
        calls = [threads.submit(running.call, token, sample) for _ in range(2)]
        wait_for_calls(running, 2)
        running.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 10
        while httpx.get(f"{running.url}/readyz").status_code == 200:
            assert time.monotonic() < deadline
        assert httpx.get(f"{running.url}/healthz").status_code == 200
        assert running.call(token, sample)["errcode"] == -1
        assert [call.result()["errcode"] for call in calls] == [0, 0]
        assert running.process.wait(30) == 0


def wait_for_calls(running: Running, count: int) -> None:
    """Return when so many calls are being read or wait for it."""
    deadline = time.monotonic() + 60
    while True:
        figures = httpx.get(f"{running.url}/metrics").text
        found = re.findall(
            r"^shizi_pool_(?:running|waiting) (\d+)", figures, re.MULTILINE
        )
        if sum(map(int, found)) == count:
            return
        assert time.monotonic() < deadline


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
        check_password(printed)
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


def check_password(printed: str) -> None:
    """See that the console lets in who has read the password."""
    found = re.search(
        r"console is on (\S+)\s+password of its operator\s+(\S+)", printed
    )
    assert found
    with httpx.Client(base_url=found[1]) as browser:
        page = browser.get("console/login").text
        stamp = re.search(r'name="stamp" value="(\w+)"', page)
        assert stamp
        form = {"as": "operator", "stamp": stamp[1], "password": found[2]}
        reply = browser.post("console/login", data=form)
        assert (reply.status_code, reply.headers["location"]) == (303, "/console/apps")


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


def wrong_secrets(url: str, app_id: str, *addresses: str) -> list[int]:
    """Return what one wrong secret from each address is answered with."""
    query = {"grant_type": "client_credential", "appid": app_id, "secret": "wrong"}
    return [
        httpx.get(
            f"{url}/cgi-bin/token", params=query, headers={"X-Forwarded-For": address}
        ).json()["errcode"]
        for address in addresses
    ]


def test_a_made_up_address_does_not_pass_the_brake_on_guessing(
    server: Running,
) -> None:
    app_id = json.loads(shizi("app", "add", "t", "--data", server.data, "--json"))
    made_up = [f"192.0.2.{number}" for number in range(11)]
    codes = wrong_secrets(server.url, app_id["appid"], *made_up)
    assert codes == [40125] * 10 + [45011]


def test_an_open_server_behind_a_proxy_knows_its_callers(tmp_path: Path) -> None:
    environment = {
        "SHIZI_TOKEN_MODE": "open",
        "SHIZI_TRUSTED_PROXIES": '["127.0.0.0/8"]',
    }
    with serving(tmp_path / "data", environment=environment) as running:
        reply = httpx.post(
            f"{running.url}/cv/ocr/comm",
            files={"img": SAMPLE.read_bytes()},
            headers={"X-Forwarded-For": "198.51.100.9, 192.0.2.7, 127.0.0.9"},
            timeout=60,
        )
        assert reply.json()["errcode"] == 0
        shown = shizi("quota", "show", "guest", "--json", "--data", running.data)
        assert json.loads(shown)["printed_text"]["used"] == 1
        codes = wrong_secrets(running.url, "guest", *["192.0.2.1"] * 11, "192.0.2.2")
        assert codes == [40125] * 10 + [45011, 40125]
        log = (tmp_path / "log").read_text().splitlines()
        call = next(line for line in map(json.loads, log) if line["event"] == "call")
        assert (call["app"], call["address"]) == ("guest", "192.0.2.7")


@pytest.mark.parametrize(
    ("environment", "path", "status"),
    [
        ({}, "/metrics", 200),
        ({"SHIZI_METRICS": "false"}, "/metrics", 404),
        ({}, "/", 200),
        ({"SHIZI_CONSOLE": "login"}, "/", 303),
        ({"SHIZI_TRUSTED_PROXIES": '["10.0.0.0/8"]'}, "/", 303),
        ({"SHIZI_CONSOLE": "off"}, "/", 404),
        ({"SHIZI_CONSOLE": "off"}, "/console/login", 404),
        ({"SHIZI_HOST": "0.0.0.0"}, "/", 303),
    ],
    ids=str,
)
def test_pages_and_metrics_are_open_to_whom_the_settings_say(
    tmp_path: Path, environment: dict[str, str], path: str, status: int
) -> None:
    data = tmp_path / "data"
    with serving(data, environment=environment, program=NULL) as running:
        port = running.url.rpartition(":")[2]
        reply = httpx.get(f"http://127.0.0.1:{port}{path}")
        assert reply.status_code == status


def test_metrics_are_told_at_an_address_of_their_own(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    environment = {"SHIZI_METRICS_ADDRESS": place}
    data = tmp_path / "data"
    with serving(data, environment=environment, program=NULL) as running:
        assert httpx.get(f"{running.url}/metrics").status_code == 404
        assert "shizi_pool_workers" in httpx.get(f"http://{place}/metrics").text
        assert httpx.get(f"http://{place}/healthz").status_code == 404
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(30) == 0
