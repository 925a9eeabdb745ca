"""What the documents show on a command line is run, or there is a reason why not."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.running import NULL, serving
from tests.samples import SAMPLE_LINES

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
PROGRAM = Path(sys.executable).with_name("shizi")

DOCKER = "builds and runs images; tests/test_deploy.py holds the files to their linters"
SYSTEM = "changes the system as root; tests/test_deploy.py has systemd take the files"
PACKED = "fetches 250 MB; run by the slow test of tests/test_deploy.py"
MEASURES = "a target of its own, for minutes or hours; .ci/run has it in short"
SERVES = "serves until it is ended; .ci/run installs so, tests start the server"
OUTSIDE = "asks a host of the network; tests/wechat/ has a host of its own"
CLUSTER = "starts a cluster on several machines; tests/cluster/ starts one on one"
MANY = "reads folders and stores that readers have; tests/bulk/ has its own"
ASKS = "asks a person twice; tests/cli/ gives it a line"
# The first lines of what is shown and not run here, and why.
REASONS = {
    "README.md": {
        "make serve": SERVES,
        "shizi read page.jpg --format wechat": "run by tests/cli/test_read.py",
    },
    "add-a-document.md": {
        "python -m pytest tests/documents/test_spec.py": "the tests are running",
    },
    "console.md": {"shizi console password": ASKS},
    "deploy.md": {
        "install -m 0600 deploy/shizi.env.example deploy/shizi.env": DOCKER,
        "(umask 077 && openssl rand -hex 24 > deploy/postgresql.password)": DOCKER,
        "install -D -m 0644 deploy/shizi.sysusers.conf /etc/sysusers.d/shizi.conf": (
            SYSTEM
        ),
        "python3 -m venv /opt/shizi": SYSTEM,
        "runuser -u shizi -- /opt/shizi/bin/shizi app add mini-program"
        " --data /var/lib/shizi": SYSTEM,
        "systemd-run --pipe --wait --uid shizi"
        " --property EnvironmentFile=/etc/shizi/shizi.env"
        " --setenv SHIZI_DATA=/var/lib/shizi /opt/shizi/bin/shizi app list": SYSTEM,
        "deploy/wheelhouse.sh wheelhouse": PACKED,
    },
    "quickstart.md": {
        "make serve": SERVES,
        'make serve ARGS="--port 9000 --workers 2"': SERVES,
        'curl -X POST "http://127.0.0.1:8000/cv/ocr/comm?access_token=TOKEN'
        '&img_url=https%3A%2F%2Fexample.com%2Fpage.jpg"': OUTSIDE,
    },
    "release.md": {
        ".ci/run": MEASURES,
        ".venv/bin/python -m pip wheel --no-deps --no-build-isolation"
        " --wheel-dir dist .": PACKED,
        'make test ARGS="-m slow tests/test_deploy.py"': PACKED,
    },
    "scale.md": {
        "export RAY_USAGE_STATS_ENABLED=0": CLUSTER,
        "SHIZI_DATABASE=postgresql://shizi:PASSWORD@10.0.0.5/shizi": CLUSTER,
        "shizi bulk scans/ -o text.jsonl": MANY,
    },
    "settings.md": {
        "openssl rand -base64 32 | tr '+/' '-_'": "run by test_a_key_is_made_as_told",
        "shizi models add medium-rec PP-OCRv6_rec_medium.onnx --sha256 HEX": (
            "a file that is fetched elsewhere; tests/cli/test_models.py adds one"
        ),
        "pip uninstall --yes onnxruntime": "changes the environment; needs a GPU",
    },
}
# Shown and run below, whole pages or single blocks by their first lines.
RUN = {
    "README.md": ("TOKEN=$(.venv/bin/shizi token issue APPID)",),
    "deploy.md": (
        "shizi backup shizi-backup.gz",
        "shizi restore shizi-backup.gz --replace",
    ),
    "plans.md": None,
    "quickstart.md": (
        ".venv/bin/shizi app add mini-program",
        (
            'curl "http://127.0.0.1:8000/cgi-bin/token?grant_type=client_credential'
            '&appid=APPID&secret=SECRET"'
        ),
        ".venv/bin/shizi read src/shizi/samples/page.jpg",
    ),
    "release.md": ("shizi backup before.gz",),
}

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page(name: str) -> Path:
    return ROOT / name if name == "README.md" else ROOT / "docs" / name


def blocks(name: str) -> list[tuple[str, str]]:
    return _BLOCK.findall(page(name).read_text(encoding="utf-8"))


def commands(name: str) -> list[str]:
    return [text for language, text in blocks(name) if language == "sh"]


def first_line(text: str) -> str:
    return text.splitlines()[0]


def run(
    script: str, folder: Path, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a block as a person would, in a folder that looks like a clone."""
    here = folder / ".venv" / "bin"
    here.mkdir(parents=True, exist_ok=True)
    for link, goal in ((here / "shizi", PROGRAM), (folder / "src", ROOT / "src")):
        if not link.exists():
            link.symlink_to(goal)
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{here}:{os.environ['PATH']}",
            "SHIZI_DATA": str(folder / "data"),
            **(variables or {}),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize("name", sorted(REASONS.keys() | RUN.keys()))
def test_whatever_is_shown_is_run_or_has_its_reason(name: str) -> None:
    shown = [first_line(text) for text in commands(name)]
    known = set(REASONS.get(name, ()))
    ran = RUN.get(name, ())
    known |= set(shown if ran is None else ran)
    assert set(shown) == known


@pytest.mark.real
def test_the_guide_to_plans_does_what_it_shows(tmp_path: Path) -> None:
    shown = blocks("plans.md")
    printed = ""
    for language, text in shown:
        if language == "sh":
            printed = run(text, tmp_path).stdout
        else:
            assert printed.endswith(text)
    assert [language for language, _ in shown].count("") == 2


@pytest.mark.real
def test_a_store_is_saved_and_brought_back_as_told(tmp_path: Path) -> None:
    run("shizi app add mini-program --id mine", tmp_path)
    backup, restore = (
        text for text in commands("deploy.md") if "shizi-backup.gz" in text
    )
    run(backup, tmp_path)
    run("shizi app remove mine", tmp_path)
    run(restore, tmp_path)
    assert run("shizi app list", tmp_path).stdout.startswith("mine\t")


@pytest.mark.real
def test_a_store_is_tried_before_a_release_as_told(tmp_path: Path) -> None:
    run("shizi app add mini-program", tmp_path)
    (script,) = (text for text in commands("release.md") if "before.gz" in text)
    told = run(script, tmp_path).stdout
    assert re.search(r"^store: upgraded, revision \d+$", told, re.MULTILINE)
    table = page("release.md").read_text(encoding="utf-8").split("## 5.")[1]
    named = re.findall(
        r"`([a-z]+)`", " ".join(re.findall(r"^\| ([^|]+)\|", table, re.MULTILINE))
    )
    lines = {re.match(r"[a-z]+", line)[0] for line in told.splitlines()}
    assert set(named) - {"shizi"} <= lines


@pytest.mark.real
def test_the_first_steps_work_as_told(tmp_path: Path) -> None:
    make, call, read = (
        next(text for text in commands("quickstart.md") if first_line(text) == line)
        for line in RUN["quickstart.md"] or ()
    )
    made = run(make, tmp_path).stdout
    app_id, secret = re.findall(r"^\S+\s+(\S+)$", made, re.MULTILINE)[:2]
    assert app_id in made.splitlines()[-1]
    with serving(tmp_path / "data", program=NULL) as server:
        ask, send = call.splitlines()
        filled = ask.replace("APPID", app_id).replace("SECRET", secret)
        told = json.loads(run(_here(filled, server.url), tmp_path).stdout)
        filled = send.replace("TOKEN", told["access_token"])
        reply = json.loads(run(_here(filled, server.url), tmp_path).stdout)
        assert (reply["errcode"], reply["errmsg"]) == (0, "ok")
        (both,) = (text for text in commands("README.md") if "TOKEN=$" in text)
        filled = both.replace("APPID", app_id)
        reply = json.loads(run(_here(filled, server.url), tmp_path).stdout)
        assert reply["errcode"] == 0
    plain, as_json = read.splitlines()
    assert run(plain, tmp_path).stdout.split("\n")[0] == SAMPLE_LINES[0]
    assert json.loads(run(as_json, tmp_path).stdout)


@pytest.mark.real
def test_a_key_is_made_as_told(tmp_path: Path) -> None:
    (script,) = (text for text in commands("settings.md") if "openssl" in text)
    key = run(script, tmp_path).stdout.strip()
    run("shizi app add t --id mine", tmp_path, {"SHIZI_SEAL_KEY": key})
    assert not (tmp_path / "data" / "seal.key").exists()


def _here(script: str, url: str) -> str:
    assert "http://127.0.0.1:8000" in script
    return script.replace("http://127.0.0.1:8000", url)
