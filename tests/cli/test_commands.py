from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from shizi import __version__
from tests.samples import SAMPLE, SAMPLE_LINES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real


def run(
    *arguments: object, stdin: bytes = b"", **options: object
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "shizi", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=120,
        **options,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def test_the_version_is_told() -> None:
    assert run("--version").stdout == f"shizi {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["read"], id="no picture"),
        pytest.param(["read", "--format", "docx", SAMPLE], id="no such format"),
        pytest.param(["read", "--format", "txt,json", SAMPLE], id="two to stdout"),
        pytest.param(["read", "--resume", SAMPLE], id="nothing to resume"),
        pytest.param(["read", "--draw", SAMPLE], id="no place for a picture"),
        pytest.param(["read", "--profile", "quick", SAMPLE], id="no such profile"),
        pytest.param(["read", "/nowhere/*.jpg"], id="no match"),
        pytest.param(["read", "--from-file", "/nowhere", SAMPLE], id="no list"),
        pytest.param(["nothing"], id="no such command"),
        pytest.param(["serve", "--port", "70000"], id="no such port"),
        pytest.param(["serve", "--log-level", "loud"], id="no such level"),
        pytest.param(["serve", "--tls-cert", SAMPLE], id="a certificate without key"),
        pytest.param(["serve", "--fetch-allow", "a/b/c"], id="no such network"),
        pytest.param(["token", "issue", "nobody"], id="no such app"),
        pytest.param(["app", "remove", "nobody"], id="no such app to remove"),
        pytest.param(["app", "add", "t", "--plan", "gold"], id="no such plan"),
        pytest.param(["app", "add", "t", "--limit", "printed_text"], id="no number"),
        pytest.param(["app", "add", "t", "--limit", "faces=1"], id="no such API"),
        pytest.param(["app", "add", "t", "--limit", "printed_text=-2"], id="below -1"),
        pytest.param(["app", "add", "t", "--token-seconds", "0"], id="no lifetime"),
        pytest.param(["app", "add", "t", "--id", "a b"], id="an id with a space"),
        pytest.param(
            ["app", "add", "t", "--limit", f"printed_text={10**22}"], id="too many"
        ),
        pytest.param(["app", "add", "t", "--token-seconds", 10**20], id="too long"),
        pytest.param(
            ["serve", "--tls-cert", "/absent", "--tls-key", "/absent"],
            id="no certificate",
        ),
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[object], tmp_path: Path) -> None:
    done = run(
        *arguments, env={"SHIZI_DATA": str(tmp_path / "data"), "LANG": "C.UTF-8"}
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("SHIZI_FETCH_ALLOW", "no list"), ("SHIZI_QUEUE", "many"), ("SHIZI_PORT", "-1")],
)
def test_a_wrong_setting_ends_with_2_and_its_name(name: str, value: str) -> None:
    done = run("serve", env={name: value, "LANG": "C.UTF-8", "HOME": "/nonexistent"})
    assert done.returncode == 2
    assert name.removeprefix("SHIZI_").lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_an_empty_variable_is_no_setting(tmp_path: Path) -> None:
    env = {"SHIZI_DATA": "", "LANG": "C.UTF-8", "HOME": str(tmp_path / "home")}
    mode = tmp_path.stat().st_mode
    assert run("app", "list", cwd=tmp_path, env=env).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert tmp_path.stat().st_mode == mode


def test_a_data_folder_that_cannot_be_made_ends_with_4(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("app", "list", "--data", tmp_path / "file" / "data")
    assert done.returncode == 4
    assert "Traceback" not in done.stderr


def test_doctor_tells_what_runs_and_reads_once(tmp_path: Path) -> None:
    done = run("doctor", "--data", tmp_path / "data")
    assert done.returncode == 0
    told = dict(line.split(": ", 1) for line in done.stdout.splitlines()[1:])
    assert done.stdout.startswith(f"shizi {__version__}, Python 3.")
    assert re.fullmatch(r"\d+ cores, \d+ usable(, bounded to [\d.]+)?, .+", told["cpu"])
    assert re.fullmatch(r"[\d.]+ GiB(, bounded to [\d.]+)?", told["memory"])
    assert told["openvino"] == metadata.version("openvino")
    assert told["onnxruntime"] == metadata.version("onnxruntime")
    assert re.fullmatch(
        r"openvino on cpu, (f32|bf16), profile balanced", told["session"]
    )
    model = told["model detector small"]
    assert model.startswith("sha256 090f04abcd9d... ok, /")
    assert model.endswith("/PP-OCRv6_det_small.onnx")
    assert told["read"].startswith(f"{len(SAMPLE_LINES)} lines; ")
    assert told["store"] == f"{tmp_path / 'data'}, nothing made yet"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SHIZI_SESSION", "onnxruntime", "onnxruntime on cpu, f32, profile balanced"),
        ("SHIZI_PROFILE", "exact", "openvino on cpu, f32, profile exact"),
    ],
)
def test_doctor_tells_the_arithmetic_that_is_set(
    name: str, value: str, told: str, tmp_path: Path
) -> None:
    done = run("doctor", "--data", tmp_path, env={**os.environ, name: value})
    assert f"\nsession: {told}\n" in done.stdout


def test_doctor_ends_with_4_where_the_database_is_away() -> None:
    url = "postgresql://shizi:the-password@127.0.0.1:1/shizi"
    done = run("doctor", "--database", url)
    assert done.returncode == 4
    assert f"read: {len(SAMPLE_LINES)} lines" in done.stdout
    assert "database shizi on 127.0.0.1" in done.stderr
    assert "the-password" not in done.stdout + done.stderr


def test_apps_are_added_listed_and_removed(tmp_path: Path) -> None:
    data = ["--data", tmp_path / "data"]
    made = json.loads(
        run("app", "add", "店", "--id", "mine", "--secret", "s", "--plan", "documented",
            "--limit", "printed_text=7", "--json", *data).stdout
    )  # fmt: skip
    assert made == {"appid": "mine", "secret": "s"}
    assert run("app", "list", *data).stdout == (
        "mine\t店\tdocumented\tprinted_text=7 vehicle_licence=500\n"
    )
    assert run("app", "remove", "mine", *data).returncode == 0
    assert run("app", "list", *data).stdout == ""


def test_an_id_is_given_once(tmp_path: Path) -> None:
    data = ["--data", tmp_path / "data"]
    assert run("app", "add", "t", "--id", "mine", *data).returncode == 0
    done = run("app", "add", "t", "--id", "mine", *data)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_only_the_token_is_printed(tmp_path: Path) -> None:
    data = ["--data", tmp_path / "data"]
    run("app", "add", "t", "--id", "mine", *data)
    printed = run("token", "issue", "mine", *data).stdout
    assert len(printed.split()) == 1
    assert printed.endswith("\n")
