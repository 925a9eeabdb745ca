"""What the simulation is fed and checked with: figures of two real nodes here.

Needs Debian's PostgreSQL and nginx; writes `measured.json` beside this module. The
nodes are servers whose workers sleep in place of reading, so that two cores are enough
for both; the database writes to the disk as in earnest.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from PIL import Image

from benchmarks.report import DATA, machine
from shizi.access.apps import add_app, find_app
from shizi.access.quotas import shanghai_day, spend
from shizi.access.store import open_store
from shizi.access.tokens import issue_token
from shizi.core.api import Api
from shizi.ocr.null import NullEngine
from shizi.reader import Reader
from shizi.reading import read_text
from shizi.sandbox.keeper import Sandbox
from shizi.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MEASURED = Path(__file__).with_name("measured.json")
ROOT = Path(__file__).parents[2]
NODES, WORKERS = 2, 2
# Seconds of a read: long against what a busy machine adds to it by chance.
READ = 0.8
CALLERS = 12
SECONDS = 80
# Of what the workers can do; and with how long pauses calls come, by chance.
LOAD = 0.7
_RATES = 10
# Of PostgreSQL's clients: as many as two nodes hold.
_CLIENTS = 16


def main() -> None:
    """Measure, print and keep."""
    # The tests' own server, by name: they are typed by nothing.
    postgresql: Any = import_module("tests.postgresql")
    with (
        postgresql.running_cluster("fsync=on") as server,
        tempfile.TemporaryDirectory() as temporary,
    ):
        folder = Path(temporary)
        folder.chmod(0o755)
        bench = postgresql.find_program("pgbench")
        found = {
            "machine": machine(1),
            "database": _measure_database(bench, server.create(), folder),
            "reading": _measure_reading(),
            "nodes": _measure_nodes(server.create(), folder),
        }
    MEASURED.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    shown = {**found, "nodes": {**found["nodes"], "arrivals": "..."}}  # type: ignore[dict-item] # a mapping
    print(json.dumps(shown, indent=1, ensure_ascii=False))


def _measure_reading() -> dict[str, float]:
    """Return the seconds of each of the repository's pictures on one core."""
    reader = Reader(threads=1)
    found: dict[str, float] = {}
    for path in sorted(DATA.glob("*.jpg")):
        times: list[float] = []
        for _ in range(4):
            # Time of the processor, for others may use it, too.
            began = time.process_time()
            reader.read_text(path)
            times.append(time.process_time() - began)
        found[path.stem] = round(statistics.median(times[1:]), 4)
    return found


def _measure_database(bench: str, url: str, folder: Path) -> dict[str, float]:
    """Return counts and looks a second, and the seconds that a count takes a node."""

    async def fill() -> float:
        async with await open_store(folder / "data", database=url) as store:
            for number in range(64):
                await add_app(store, "a", app_id=f"a{number}", now=time.time())
            app = await find_app(store, "a0")
            day = shanghai_day(time.time())
            times: list[float] = []
            for _ in range(200):
                began = time.perf_counter()
                await spend(store, app, Api.PRINTED_TEXT, day=day)
                times.append(time.perf_counter() - began)
            return statistics.median(times)

    seconds = asyncio.run(fill())
    count = (
        "INSERT INTO usage (app_id, api, day, used, resets)"
        " VALUES ('a' || :app, 'printed_text', '2026-11-21', 1, 0)"
        " ON CONFLICT (app_id, api, day) DO UPDATE SET used = usage.used + 1"
        " WHERE usage.used < 2000000000 RETURNING resets;\n"
    )
    look = (
        "SELECT apps.*, tokens.expires_at FROM apps JOIN tokens"
        " ON tokens.app_id = apps.id WHERE tokens.digest = sha256('x'::bytea);\n"
    )
    rates: dict[str, float] = {}
    scripts = {"one_app_counts": (1, count), "many_apps_counts": (64, count)}
    for name, (apps, text) in {**scripts, "looks": (1, look)}.items():
        script = folder / f"{name}.sql"
        script.write_text(f"\\set app random(0, {apps - 1})\n{text}")
        rates[f"{name}_a_second"] = _run_pgbench(bench, url, script)
    return {"count_seconds": round(seconds, 5), **rates}


def _run_pgbench(bench: str, url: str, script: Path) -> float:
    base, _, options = url.partition("?")
    schema = options.removeprefix("search_path=")
    done = subprocess.run(
        [bench, "-n", "-M", "prepared", "-f", script, "-c", str(_CLIENTS), "-T",
         str(_RATES), base],
        env={**os.environ, "PGOPTIONS": f"-c search_path={schema}"},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    assert found is not None, done.stdout
    return round(float(found[1]))


def _measure_nodes(url: str, folder: Path) -> dict[str, Any]:
    """Return what two nodes behind nginx did: saturated, and with calls by chance."""

    async def issue() -> str:
        async with await open_store(folder / "data", database=url) as store:
            made = await add_app(store, "a", now=time.time())
            return (await issue_token(store, made.app_id, now=time.time())).token

    with contextlib.ExitStack() as stack:
        ports = [stack.enter_context(_node(url, folder)) for _ in range(NODES)]
        address = stack.enter_context(_proxy(folder, ports))
        token = asyncio.run(issue())
        call = _Caller(address, token)
        alone = [call() for _ in range(30)]
        rate, _ = _saturate(call)
        arrivals = _draw_arrivals()
        taken = _replay(call, arrivals)
    taken.sort()
    return {
        "read_seconds": READ,
        "workers": WORKERS,
        "nodes": NODES,
        "callers": CALLERS,
        "alone_seconds": round(statistics.median(alone), 4),
        "worker_seconds": round(_measure_worker(), 4),
        "saturated_calls_a_second": round(rate, 3),
        "p50": round(taken[len(taken) // 2], 4),
        "p95": round(taken[int(0.95 * len(taken))], 4),
        "arrivals": arrivals,
    }


def _measure_worker() -> float:
    """Return the seconds that one call keeps a worker busy: the read, and around it."""
    worker = Worker(partial(NullEngine, seconds=READ), Sandbox, memory=1 << 30)
    worker.start()
    data, times = _draw_blank(), []
    for number in range(1, 31):
        began = time.perf_counter()
        worker.call(number, read_text, data, 60)
        times.append(time.perf_counter() - began)
    worker.leave()
    return statistics.median(times)


def _draw_blank() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(file, "PNG")
    return file.getvalue()


class _Caller:
    """Calls, each thread on a connection of its own."""

    def __init__(self, address: str, token: str) -> None:
        self._address, self._token = address, token
        self._own = threading.local()
        self._picture = _draw_blank()

    def __call__(self) -> float:
        """Return the seconds of one call that was answered."""
        client: httpx.Client | None = getattr(self._own, "client", None)
        if client is None:
            client = self._own.client = httpx.Client(timeout=60)
        began = time.perf_counter()
        reply = client.post(
            f"{self._address}/cv/ocr/comm",
            params={"access_token": self._token},
            files={"img": ("a.jpg", self._picture)},
        )
        assert reply.json()["errcode"] == 0, reply.text
        return time.perf_counter() - began


def _saturate(call: _Caller) -> tuple[float, list[float]]:
    """Return calls a second of callers who call without a pause, and their seconds."""
    end = time.perf_counter() + SECONDS
    done: list[float] = []

    def go() -> None:
        while time.perf_counter() < end:
            done.append(call())

    began = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as threads:
        for each in [threads.submit(go) for _ in range(CALLERS)]:
            each.result()
    return len(done) / (time.perf_counter() - began), done


def _draw_arrivals() -> list[float]:
    """Return moments by chance, at a share of what the workers can do."""
    chance = random.Random(20261121)
    now, moments = 0.0, []
    while (now := now + chance.expovariate(LOAD * NODES * WORKERS / READ)) < SECONDS:
        moments.append(round(now, 4))
    return moments


def _replay(call: _Caller, arrivals: Sequence[float]) -> list[float]:
    """Return the seconds of calls that come at given moments."""
    with ThreadPoolExecutor(64) as threads:
        # Connections are made before the clock runs.
        for each in [threads.submit(call) for _ in range(64)]:
            each.result()
        began, calls = time.perf_counter(), []
        for at in arrivals:
            time.sleep(max(0.0, began + at - time.perf_counter()))
            calls.append(threads.submit(call))
        return [each.result() for each in calls]


@contextlib.contextmanager
def _node(url: str, folder: Path) -> Iterator[int]:
    """Run a server whose workers sleep; yield its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.null_server", "serve", "--data", folder / "data",
         "--database", url, "--port", "0", "--workers", str(WORKERS)],
        cwd=ROOT, env={**os.environ, "NULL_SECONDS": str(READ)},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        found = re.search(r"ready on http://.*:(\d+)", process.stdout.readline())
        assert found is not None
        yield int(found[1])
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


@contextlib.contextmanager
def _proxy(folder: Path, ports: Sequence[int]) -> Iterator[str]:
    """Run nginx with the recipe for several nodes, without TLS; yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    recipe = (ROOT / "deploy" / "nginx-nodes.conf").read_text("utf-8")
    for number, each in enumerate(ports, 1):
        recipe = recipe.replace(f"10.0.0.1{number}:8000", f"127.0.0.1:{each}")
    recipe = recipe.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    recipe = recipe.replace("/var/log/nginx", str(folder))
    recipe = re.sub(r"^ *ssl_certificate.*$", "", recipe, flags=re.MULTILINE)
    (folder / "shizi.conf").write_text(recipe)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}"
        f"http {{ {places} include {folder}/shizi.conf; }}"
    )
    process = subprocess.Popen(
        ["nginx", "-e", folder / "error.log", "-c", folder / "nginx.conf"]
    )
    try:
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
