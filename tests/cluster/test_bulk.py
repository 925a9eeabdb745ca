"""Claims about `shizi bulk` with the libraries of its extras, and under kill -9."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
import time
from collections import Counter
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from PIL import Image

from shizi.bulk.item import Item, load
from shizi.bulk.source import find_items
from shizi.bulk.writer import Parquet
from shizi.core.errors import SourceError
from shizi.journal import Entry, Journal
from tests.running import SHIZI
from tests.samples import SAMPLE, SAMPLE_LINES

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.cluster

PICTURES = 200
BAD = "bad.jpg"
# The sample's headline: a small picture of one line is read in a tenth of the time.
_HEADLINE = (440, 230, 1060, 360)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return pictures of one line, each of its own width, and one that is bad."""
    folder = tmp_path_factory.mktemp("pictures")
    left, top, right, bottom = _HEADLINE
    with Image.open(SAMPLE) as sample:
        for number in range(PICTURES):
            place = (left - number, top, right + number, bottom)
            sample.crop(place).save(folder / f"{number:02}.jpg", quality=90)
    (folder / BAD).write_bytes(b"no picture")
    return folder


def rows_of(table: Path) -> list[dict[str, Any]]:
    if table.suffix == ".jsonl":
        # A last line may not be whole while the table is written.
        lines = table.read_bytes().split(b"\n")[:-1] if table.exists() else []
        return [json.loads(line) for line in lines]
    parquet: Any = import_module("pyarrow.parquet")
    return [
        row
        for path in sorted(table.glob("part-*.parquet"))
        for row in parquet.read_table(path).to_pylist()
    ]


def begin(source: str | Path, table: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*SHIZI, "bulk", str(source), "-o", str(table), *options],
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    """Return what a run told; its exit code is the one of failed pictures."""
    told = process.communicate(timeout=400)[1]
    assert process.returncode == 1, told
    return told


def check_rows(rows: list[dict[str, Any]]) -> None:
    names = Counter(row["id"] for row in rows)
    assert names == {f"{number:02}.jpg": 1 for number in range(PICTURES)}
    assert {row["id"]: row["width"] for row in rows} == {
        f"{number:02}.jpg": 620 + 2 * number for number in range(PICTURES)
    }
    assert {row["text"] for row in rows} == {SAMPLE_LINES[0]}


@pytest.mark.parametrize(
    ("table", "options"),
    [
        ("out.jsonl", ()),
        pytest.param("out", ("--part", "4"), marks=pytest.mark.slow, id="parquet"),
        pytest.param("out.jsonl", ("--ray", "local"), marks=pytest.mark.slow, id="ray"),
    ],
)
def test_a_run_killed_at_half_and_resumed_has_each_picture_once(
    pictures: Path, tmp_path: Path, table: str, options: tuple[str, ...]
) -> None:
    path = tmp_path / table
    journal = path.with_name("out.jsonl.journal") if path.suffix else path / "_journal"
    process = begin(pictures, path, *options)
    deadline = time.monotonic() + 300
    # Rows that the journal does not tell of yet are read again.
    while not journal.exists() or journal.read_bytes().count(b'"id"') < PICTURES // 2:
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.02)
    children = psutil.Process(process.pid).children(recursive=True)
    workers = [child for child in children if "attend" in " ".join(child.cmdline())]
    assert workers
    process.kill()
    process.communicate()
    try:
        # Workers leave by themselves; what is Ray's own does so after minutes.
        _, alive = psutil.wait_procs(workers, timeout=60)
        assert not alive
    finally:
        for child in children:
            if child.is_running():
                child.kill()
    before = len(rows_of(path))
    assert PICTURES // 2 <= before < PICTURES
    told = finish(begin(pictures, path, "--resume", *options))
    check_rows(rows_of(path))
    assert f"shizi: {BAD}: " in told
    last = told.splitlines()[-1]
    assert last.endswith(" a second")
    assert ", 1 failed" in last
    assert " before" in last


def test_a_run_that_is_interrupted_says_how_to_go_on(
    pictures: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out.jsonl"
    process = begin(pictures, path)
    while not rows_of(path):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    told = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "--resume" in told
    assert rows_of(path)


def test_a_table_is_not_written_over(tmp_path: Path, pictures: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("mine\n")
    process = begin(pictures, path)
    told = process.communicate(timeout=60)[1]
    assert process.returncode == 2
    assert "is there already" in told
    assert path.read_text() == "mine\n"


def test_rows_of_parquet_that_the_journal_does_not_tell_of_are_cut(
    tmp_path: Path,
) -> None:
    def row(name: str) -> dict[str, Any]:
        return {"id": name, "width": 1, "height": 1, "text": "", "lines": []}

    log = tmp_path / "_journal"
    table = Parquet(tmp_path, rows=3, fields=False)
    with Journal(log, run={}) as journal:
        for names in ("abc", "def"):
            ends = table.write([row(name) for name in names])
            for name, end in list(zip(names, ends, strict=True))[
                : 3 if names == "abc" else 1
            ]:
                journal.add(Entry(name, ends=end))
        table.write([row("x")])
    with Journal(log, run={}, resume=True) as journal:
        again = Parquet(tmp_path, rows=3, fields=False)
        again.cut(journal)
        again.write([row("y")])
    assert [each["id"] for each in rows_of(tmp_path)] == ["a", "b", "c", "d", "y"]


@contextmanager
def _store() -> Iterator[str]:
    """Run a store that speaks S3's language on loopback; yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            assert time.monotonic() < deadline
            try:
                socket.create_connection(("127.0.0.1", port)).close()
            except OSError:
                time.sleep(0.1)
            else:
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


@pytest.fixture(scope="module")
def store(pictures: Path) -> Iterator[str]:
    """Fill a store with pictures, an archive and lists; yield its address."""
    with _store() as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", url)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        fsspec: Any = import_module("fsspec")
        files = fsspec.filesystem("s3")
        files.mkdir("shop")
        names = ["00.jpg", "01.jpg", "02.jpg"]
        for name in names[:2]:
            files.pipe(f"shop/scans/{name}", (pictures / name).read_bytes())
        files.pipe("shop/scans/notes.txt", b"notes")
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            archive.add(pictures / "02.jpg", "02.jpg")
        files.pipe("shop/scans/more/0.tar", packed.getvalue())
        listed = [{"id": n, "path": f"scans/{n}"} for n in names[:2]]
        files.pipe("shop/list.jsonl", "\n".join(map(json.dumps, listed)).encode())
        arrow: Any = import_module("pyarrow")
        parquet: Any = import_module("pyarrow.parquet")
        with files.open("shop/list.parquet", "wb") as file:
            urls = [{"url": f"s3://shop/scans/{n}", "rest": 1} for n in names[:2]]
            parquet.write_table(arrow.Table.from_pylist(urls), file)
        yield url


def test_pictures_in_a_store_are_found_and_loaded(store: str, pictures: Path) -> None:
    del store
    loaded = {item.id: load(item) for item in find_items("s3://shop/scans")}
    assert loaded == {
        "00.jpg": (pictures / "00.jpg").read_bytes(),
        "01.jpg": (pictures / "01.jpg").read_bytes(),
        "more/0.tar/02.jpg": (pictures / "02.jpg").read_bytes(),
    }


@pytest.mark.parametrize("name", ["list.jsonl", "list.parquet"])
def test_lists_lie_in_a_store(store: str, pictures: Path, name: str) -> None:
    del store
    loaded = [load(item) for item in find_items(f"s3://shop/{name}")]
    assert loaded == [(pictures / f"0{n}.jpg").read_bytes() for n in range(2)]


def test_what_a_store_has_not_is_told(store: str) -> None:
    del store
    with pytest.raises(SourceError):
        load(Item("a", "s3://shop/none.jpg"))
    with pytest.raises(SourceError, match="s3://nowhere"):
        list(find_items("s3://nowhere/scans"))


def test_a_run_reads_a_store(store: str, tmp_path: Path) -> None:
    del store
    path = tmp_path / "out.jsonl"
    process = begin("s3://shop/scans", path)
    told = process.communicate(timeout=200)[1]
    assert process.returncode == 0, told
    names = {row["id"] for row in rows_of(path)}
    assert names == {"00.jpg", "01.jpg", "more/0.tar/02.jpg"}
    assert (
        os.environ["AWS_SECRET_ACCESS_KEY"] not in Path(f"{path}.journal").read_text()
    )
