"""`shizi read`, with an engine that reads nothing where that is enough."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pikepdf
import psutil
import pypdfium2
import pytest
from PIL import Image

from tests.running import NULL, SHIZI
from tests.samples import SAMPLE, SAMPLE_LINES

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
# What the null engine says of every picture.
SAID = "识字"


def picture(width: int = 40) -> bytes:
    return cv2.imencode(".png", np.full((30, width, 3), 255, np.uint8))[1].tobytes()


def folder_of(path: Path, *names: str) -> Path:
    """Return a folder with pictures."""
    for name in names:
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(picture())
    return path


def run(
    *arguments: object,
    program: Sequence[str] = NULL,
    stdin: bytes = b"",
    **options: object,
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*program, "read", *map(str, arguments)],
        # Where the tests are, whatever folder it runs in.
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=stdin,
        capture_output=True,
        check=False,
        timeout=120,
        **options,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def tree(folder: Path) -> set[str]:
    """Return the files below a folder, all but the journal."""
    files = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert not {name for name in files if name.endswith(".part")}
    return files - {"journal.jsonl"}


def journal_of(folder: Path) -> list[dict[str, object]]:
    rows = (folder / "journal.jsonl").read_text().splitlines()
    return [json.loads(row) for row in rows[1:]]


@pytest.mark.real
def test_text_json_and_wechat_s_form_are_printed() -> None:
    done = run(SAMPLE, program=SHIZI)
    assert (done.returncode, done.stdout.splitlines()) == (0, SAMPLE_LINES)
    assert done.stderr == ""
    (page,) = json.loads(run(SAMPLE, "--format", "json", program=SHIZI).stdout)["pages"]
    assert [line["text"] for line in page["lines"]] == SAMPLE_LINES
    for line in page["lines"]:
        assert all(0 <= x <= page["width"] for x, _ in line["quad"])
        assert 0 < line["score"] <= 1
    done = run("-", "--format", "wechat", program=SHIZI, stdin=SAMPLE.read_bytes())
    reply = json.loads(done.stdout)
    assert reply["errcode"] == 0
    assert [item["text"] for item in reply["items"]] == SAMPLE_LINES


@pytest.mark.real
def test_documents_are_told_from_pages(tmp_path: Path) -> None:
    licence = ROOT / "tests" / "data" / "vehicle-licence.jpg"
    out = tmp_path / "out"
    done = run(
        SAMPLE, licence, "-o", out, "--card", "auto", "--draw",
        "--format", "jsonl,txt,hocr,alto", program=SHIZI,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = map(json.loads, (out / "all.jsonl").read_text().splitlines())
    page, card = rows
    assert "card" not in page
    assert card["card"]["kind"] == "vehicle_licence"
    plate = card["card"]["fields"]["plate_number"]["text"]
    (text,) = out.rglob("vehicle-licence.jpg.txt")
    assert f"plate_number: {plate}" in text.read_text().splitlines()
    for drawn in out.rglob("*.boxes.jpg"):
        assert cv2.imread(str(drawn)).shape[0] > 100
    assert len(list(out.rglob("*.boxes.jpg"))) == 2
    done = run(
        SAMPLE, licence, "--card", "vehicle-licence", "--format", "csv", program=SHIZI
    )
    assert done.returncode == 1
    assert f"{SAMPLE}: no vehicle_licence in the picture" in done.stderr
    (row,) = csv.DictReader(done.stdout.removeprefix("\ufeff").splitlines())
    assert row["plate_number"] == plate


def test_a_missing_model_ends_with_3() -> None:
    program = (
        "import sys, shizi.batch.local; from shizi.core.errors import ModelError\n"
        "from tests.cli.broken import NoModel; from shizi.cli import main\n"
        "shizi.batch.local.TextEngine = NoModel; main()"
    )
    done = run(SAMPLE, program=[sys.executable, "-c", program])
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "shizi: none.onnx: cannot be read\n"


def test_output_that_cannot_be_written_ends_with_4(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [*NULL, "read", SAMPLE], stdout=full, stderr=subprocess.PIPE, check=False,
            timeout=120,
        )  # fmt: skip
    assert done.returncode == 4
    assert done.stderr == b"shizi: cannot write: No space left on device\n"
    (tmp_path / "file").touch()
    done = run(SAMPLE, "-o", tmp_path / "file" / "out")
    assert done.returncode == 4
    assert "cannot write" in done.stderr
    (tmp_path / "out" / "page.jpg.txt").mkdir(parents=True)
    done = run(SAMPLE, "-o", tmp_path / "out")
    assert done.returncode == 4
    assert "Traceback" not in done.stderr


def test_files_folders_patterns_and_lists_are_read_each_once(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", "a.jpg", "a.png", "b/a.jpg", "b/note.txt")
    (tmp_path / "list").write_text("in/a.png\n\nin/b/a.jpg\n")
    out = tmp_path / "out"
    done = run("in/a.jpg", "in/*.png", "--from-file", "list", "-o", out, cwd=tmp_path)
    assert (done.returncode, tree(out)) == (
        0,
        {"a.jpg.txt", "a.png.txt", "b/a.jpg.txt"},
    )
    assert run(folder, "-o", tmp_path / "flat").returncode == 0
    assert tree(tmp_path / "flat") == {"a.jpg.txt", "a.png.txt"}
    assert run("-r", folder, "-o", tmp_path / "deep").returncode == 0
    assert tree(tmp_path / "deep") == tree(out)


def test_a_file_that_is_named_in_several_ways_is_read_once(tmp_path: Path) -> None:
    folder_of(tmp_path, "a.png", "b/c.png")
    ways = ["a.png", "./a.png", "b/../a.png", tmp_path / "a.png", tmp_path]
    done = run(*ways, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"{SAID}\n")


def test_a_file_may_be_called_as_standard_input_is(tmp_path: Path) -> None:
    folder_of(tmp_path, "-")
    done = run("./-", cwd=tmp_path, stdin=b"no picture")
    assert (done.returncode, done.stdout) == (0, f"{SAID}\n")


def test_what_was_written_is_not_read_the_next_time(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "a.png")
    for out in (folder / "out", folder, folder / "out"):
        done = run("-r", folder, "-o", out, "--draw")
        assert "1 files read" in done.stderr


def test_several_texts_are_printed_under_their_names_in_order(tmp_path: Path) -> None:
    names = [f"{n}.png" for n in range(20)]
    folder_of(tmp_path, *names)
    done = run(*names, cwd=tmp_path)
    assert done.stdout == "".join(f"==> {name} <==\n{SAID}\n" for name in names)


def test_files_that_fail_are_listed_and_the_others_read(tmp_path: Path) -> None:
    folder_of(tmp_path, "good.png", "other.png")
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    (tmp_path / "empty.jpg").touch()
    out = tmp_path / "out"
    done = run(
        "bad.jpg", "good.png", "empty.jpg", "absent.jpg", "other.png", "-o", out,
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "shizi: absent.jpg: No such file or directory",
        "shizi: bad.jpg: the file is no JPEG, PNG, WebP, BMP or GIF",
        "shizi: empty.jpg: the file is no JPEG, PNG, WebP, BMP or GIF",
        f"shizi: 2 files read (2 pages), 3 failed: {out}",
    ]
    assert tree(out) == {"good.png.txt", "other.png.txt"}


def test_a_name_of_any_bytes_is_read(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\n.png")
    folder_of(tmp_path, name)
    done = run(tmp_path, "-o", tmp_path / "out", "--format", "jsonl,txt,hocr,alto,csv")
    assert done.returncode == 0, done.stderr
    assert f"{name}.txt" in tree(tmp_path / "out")
    assert run(tmp_path, "--format", "jsonl").returncode == 0


def test_a_run_taken_up_reads_what_is_new_changed_or_failed(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", "a.png", "b.png", "c.png")
    (folder / "c.png").write_bytes(b"")
    out = tmp_path / "out"
    arguments = (folder, "-o", out, "--format", "csv,txt")
    assert run(*arguments).returncode == 1
    (folder / "c.png").write_bytes(picture())
    (folder / "d.png").write_bytes(picture())
    done = run(*arguments, "--resume")
    assert done.returncode == 0
    assert "2 files read (2 pages), 2 before, 0 failed" in done.stderr
    table = (out / "all.csv").read_text("utf-8-sig")
    files = [row["file"] for row in csv.DictReader(table.splitlines())]
    assert files == [str(folder / f"{name}.png") for name in "abcd"]


def test_a_table_that_is_gone_is_missed(tmp_path: Path) -> None:
    folder, out = folder_of(tmp_path / "in", "a.png"), tmp_path / "out"
    assert run(folder, "-o", out, "--format", "csv").returncode == 0
    (out / "all.csv").unlink()
    done = run(folder, "-o", out, "--format", "csv", "--resume")
    assert done.returncode == 2
    assert done.stderr == "shizi: all.csv: shorter than the journal beside it tells\n"


def test_another_run_is_not_gone_on_with(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", "a.png")
    assert run(folder, "-o", tmp_path / "out").returncode == 0
    done = run(folder, "-o", tmp_path / "out", "--resume", "--format", "csv")
    assert done.returncode == 2
    assert "begun with formats = 'txt', not 'csv'" in done.stderr


def start(folder: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    """Start a slow run, and return when it has read a few files."""
    process = subprocess.Popen(
        [*NULL, "read", str(folder), "-o", str(out), "--format", "csv,json,txt",
         *options],
        env={**os.environ, "NULL_SECONDS": "0.05"},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )  # fmt: skip
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if (out / "journal.jsonl").exists() and len(journal_of(out)) >= 5:
            return process
        time.sleep(0.02)
    process.kill()
    raise AssertionError(process.communicate()[1])


def test_a_folder_killed_in_the_middle_is_taken_up_each_file_once(
    tmp_path: Path,
) -> None:
    names = [f"{n:02}.png" for n in range(60)]
    folder, out = folder_of(tmp_path / "in", *names), tmp_path / "out"
    process = start(folder, out)
    process.kill()
    process.communicate()
    read = len(journal_of(out))
    assert 5 <= read < 60
    # A crash may leave a row, a file and a journal's line that are not whole.
    with (out / "all.csv").open("a") as table:
        table.write("half a r")
    with (out / "journal.jsonl").open("a") as journal:
        journal.write('{"id": "ha')
    done = run(folder, "-o", out, "--format", "csv,json,txt", "--resume")
    assert done.returncode == 0, done.stderr
    assert f"{60 - read} files read" in done.stderr
    assert f"{read} before" in done.stderr
    table = (out / "all.csv").read_text("utf-8-sig")
    files = Counter(row["file"] for row in csv.DictReader(table.splitlines()))
    assert files == {str(folder / name): 1 for name in names}
    assert Counter(row["id"] for row in journal_of(out)) == files
    wanted = {f"{name}.{suffix}" for name in names for suffix in ("txt", "json")}
    assert tree(out) == {"all.csv", *wanted}


def test_ctrl_c_while_the_processes_start_reads_nothing(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", "a.png", "b.png")
    process = subprocess.Popen(
        [*NULL, "read", str(folder), "-o", str(tmp_path / "out")],
        stderr=subprocess.PIPE,
        text=True,
    )
    watched = psutil.Process(process.pid)
    while not watched.children() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "Traceback" not in told
    assert "2 files were not read; go on with --resume" in told
    assert not tree(tmp_path / "out")


def test_ctrl_c_finishes_what_runs_and_ends_with_130(tmp_path: Path) -> None:
    names = [f"{n:02}.png" for n in range(60)]
    folder, out = folder_of(tmp_path / "in", *names), tmp_path / "out"
    process = start(folder, out)
    # As a terminal does it: to all processes of the group.
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "Traceback" not in told
    assert "failed: " in told
    assert "0 failed" in told
    done = journal_of(out)
    assert 5 <= len(done) < 60
    assert not [row for row in done if "error" in row]
    assert {f"{row['id']}.txt" for row in done} == {
        str(folder / name) for name in tree(out) if name.endswith(".txt")
    }


def test_a_worker_that_ends_costs_one_file_at_most(tmp_path: Path) -> None:
    names = [f"{n:02}.png" for n in range(12)]
    folder, out = folder_of(tmp_path / "in", *names), tmp_path / "out"
    process = start(folder, out, "--workers", "1")
    for worker in psutil.Process(process.pid).children():
        worker.kill()
    _, told = process.communicate(timeout=60)
    assert "Traceback" not in told
    # One that was between two files when it ended costs none.
    assert len(tree(out)) - len({"all.csv"}) in {2 * 11, 2 * 12}
    assert process.returncode == (0 if "0 failed" in told else 1), told


def test_many_files_take_no_more_memory_than_few(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    # 12 MB each as pixels and as a file: all of them would take 720.
    noise = np.random.default_rng(1).integers(0, 255, (2000, 2000, 3), np.uint8)
    (folder / "00.bmp").write_bytes(cv2.imencode(".bmp", noise)[1].tobytes())
    for number in range(1, 60):
        os.link(folder / "00.bmp", folder / f"{number:02}.bmp")
    program = (
        "import re, pathlib, tests.fakes, shizi.batch.local\n"
        "from shizi.cli import main\n"
        "shizi.batch.local.TextEngine = tests.fakes.IdleEngine\n"
        "try:\n    main()\nfinally:\n"
        # Not getrusage: what it tells was inherited from the process that forked us.
        "    status = pathlib.Path('/proc/self/status').read_text('ascii')\n"
        "    print(int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) // 1024)"
    )
    done = run(folder, "-o", tmp_path / "out", program=[sys.executable, "-c", program])
    assert "60 files read" in done.stderr
    assert int(done.stdout) < 450


def paged(kind: str, count: int) -> bytes:
    """Return a file with pages of different widths."""
    pages = [Image.new("RGB", (40 + n, 30), "white") for n in range(count)]
    file = io.BytesIO()
    pages[0].save(file, kind, save_all=True, append_images=pages[1:])
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PDF", "TIFF"])
def test_a_file_with_pages_is_read_page_by_page(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.pdf").write_bytes(paged(kind, 7))
    out = tmp_path / "out"
    done = run(
        tmp_path, "-o", out, "--dpi", 72, "--draw",
        "--format", "txt,json,jsonl,hocr,alto,wechat",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        0, f"shizi: 1 files read (7 pages), 0 failed: {out}\n",
    )  # fmt: skip
    assert (out / "a.pdf.txt").read_text() == "\f".join(7 * [f"{SAID}\n"])
    told = json.loads((out / "a.pdf.json").read_text())
    assert [page["width"] for page in told["pages"]] == [40 + n for n in range(7)]
    assert len((out / "all.jsonl").read_text().splitlines()) == 7
    assert len((out / "a.pdf.wechat.json").read_text().splitlines()) == 7
    assert {f"a.pdf.{n}.boxes.jpg" for n in range(1, 8)} < tree(out)


def text_of(path: Path) -> list[str]:
    """Return what the text layers of a PDF's pages say."""
    document = pypdfium2.PdfDocument(path)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def test_any_file_becomes_a_searchable_pdf(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    clear = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(folder / "a.jpg", exif=exif)
    clear.save(folder / "b.png")
    clear.save(folder / "c.webp")
    clear.convert("P").save(folder / "d.gif")
    (folder / "e.pdf").write_bytes(paged("PDF", 3))
    (folder / "f.tif").write_bytes(paged("TIFF", 2))
    with pikepdf.open(folder / "e.pdf") as document:
        document.Root.AcroForm = pikepdf.Dictionary(SigFlags=3, Fields=[])
        document.save(folder / "g.pdf")
    out = tmp_path / "out"
    done = run(folder, "-o", out, "--format", "pdf,txt")
    assert done.returncode == 1
    # What is signed is read, and has no other PDF made of it.
    assert "g.pdf: no searchable PDF: " in done.stderr
    assert "6 files read" in done.stderr
    counts = {"a.jpg": 1, "b.png": 1, "c.webp": 1, "d.gif": 1, "e.pdf": 3, "f.tif": 2}
    for name, count in counts.items():
        assert text_of(out / f"{name}.ocr.pdf") == count * [SAID], name
    assert tree(out) == {
        *(f"{name}.ocr.pdf" for name in counts),
        *(f"{name}.txt" for name in (*counts, "g.pdf")),
    }


def test_a_page_that_fails_is_listed_and_the_others_read(tmp_path: Path) -> None:
    data = bytearray(paged("TIFF", 3))
    # The second page says that its pixels lie behind the end of the file.
    first = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[first : first + 2], "little")
    behind = first + 2 + 12 * count
    second = int.from_bytes(data[behind : behind + 4], "little")
    place = data.index(b"\x11\x01", second)
    data[place + 8 : place + 12] = b"\xff\xff\xff\x7f"
    (tmp_path / "a.tif").write_bytes(data)
    out = tmp_path / "out"
    done = run("a.tif", "-o", out, "--format", "jsonl", cwd=tmp_path)
    assert done.returncode == 1
    assert "a.tif: page 2: the page is damaged or cut off" in done.stderr
    rows = map(json.loads, (out / "all.jsonl").read_text().splitlines())
    assert [row["page"] for row in rows] == [1, 3]
    done = run("a.tif", "-o", out, "--format", "jsonl", "--resume", cwd=tmp_path)
    assert (done.returncode, "page 2" in done.stderr) == (1, True)
    assert len((out / "all.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-"])
def test_a_closed_stream_is_one_with_nothing_in_it(tmp_path: Path, closed: str) -> None:
    folder_of(tmp_path, "a.png")
    line = f"{' '.join(NULL)} read {tmp_path / 'a.png'} - {closed}"
    done = subprocess.run(
        ["sh", "-c", line], capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in done.stderr
    # Standard input is no picture.
    assert done.returncode == 1
    assert (SAID in done.stdout) == (closed[0] != "1")


def test_standard_input_is_a_file_too() -> None:
    done = run("-", "--format", "json", stdin=picture(50))
    told = json.loads(done.stdout)
    assert (told["source"], told["pages"][0]["width"]) == ("-", 50)


def test_nothing_but_the_results_is_on_standard_output(tmp_path: Path) -> None:
    folder_of(tmp_path, "a.png", "b.png")
    shutil.copy(tmp_path / "a.png", tmp_path / "c.png")
    done = run(tmp_path, "--format", "jsonl")
    assert [json.loads(row)["page"] for row in done.stdout.splitlines()] == [1, 1, 1]
    assert done.stderr == ""
