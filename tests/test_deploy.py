"""The files that put the server on machines, held to linters and to the program."""

from __future__ import annotations

import fnmatch
import json
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from shizi.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
DOCKERFILE = DEPLOY / "Dockerfile"
IGNORED = DEPLOY / "Dockerfile.dockerignore"
COMPOSE = DEPLOY / "compose.yaml"
UNIT = DEPLOY / "shizi.service"
USERS = DEPLOY / "shizi.sysusers.conf"
EXAMPLE = DEPLOY / "shizi.env.example"
WHEELHOUSE = DEPLOY / "wheelhouse.sh"

# What a machine that runs the unit has at this place.
PROGRAM = "/opt/shizi/bin/shizi"
# The sum of what systemd-analyze counts against a unit, of 10; below 2 it says "OK".
EXPOSURE = 1.5

_SETTING = re.compile(r"\bSHIZI_([A-Z_]+)\b")


def linter(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a linter that stands beside Python."""
    return call(Path(sys.executable).parent / name, *arguments)


def call(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions, each on one line, by their names."""
    lines = DOCKERFILE.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    joined = text.replace("\\\n", " ").splitlines()
    parts = (line.split(maxsplit=1) for line in joined if line.strip())
    return [(name, " ".join(rest.split())) for name, rest in parts]


def of_kind(name: str) -> list[str]:
    return [rest for kind, rest in instructions() if kind == name]


def service(name: str) -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"][name]


def test_the_dockerfile_passes_its_linter() -> None:
    done = linter("hadolint", DOCKERFILE)
    assert done.returncode == 0, done.stdout


def test_the_linter_finds_what_is_wrong_with_a_dockerfile(tmp_path: Path) -> None:
    bad = tmp_path / "Dockerfile"
    bad.write_text("FROM python\nRUN cd /tmp && pip install shizi\n", encoding="utf-8")
    assert linter("hadolint", bad).returncode == 1


def test_the_image_runs_as_nobody_in_particular() -> None:
    last = [kind for kind, _ in instructions()].index("USER")
    assert of_kind("USER") == ["10001:10001"]
    assert all(kind not in {"RUN", "COPY"} for kind, _ in instructions()[last:])


def test_the_image_is_of_a_tagged_slim_python() -> None:
    (base,) = of_kind("ARG")
    assert re.fullmatch(r"PYTHON=python:3\.11-slim-[a-z]+", base)
    assert {source.split()[0] for source in of_kind("FROM")} == {"${PYTHON}"}


def test_what_the_image_installs_is_locked_or_our_own() -> None:
    assert not of_kind("ADD")
    runs = "\n".join(of_kind("RUN"))
    installs = re.findall(r"pip install (.+?)(?: &&|$)", runs, re.MULTILINE)
    assert len(installs) == 3
    locked = [options for options in installs if "--requirement" in options]
    assert [options.split()[-1] for options in locked] == [
        "requirements.lock",
        "requirements-build.lock",
    ]
    assert all("--require-hashes" in options for options in locked)
    assert [options for options in installs if options not in locked] == [
        "--no-deps --no-index dist/*.whl"
    ]


def test_what_the_image_copies_is_there_and_not_left_out() -> None:
    lines = IGNORED.read_text(encoding="utf-8").splitlines()
    assert lines[1] == "*"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    copied = {
        source
        for copy in of_kind("COPY")
        if not copy.startswith("--from=")
        for source in copy.split()[:-1]
    }
    assert copied == let_in
    assert all((ROOT / source).exists() for source in copied)


def test_the_wheel_can_be_built_of_what_is_copied() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = {"README.md", "LICENSE", "NOTICE"}
    assert all(f'"{name}"' in project for name in wanted)
    assert wanted <= set(" ".join(of_kind("COPY")).split())


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Serve a readiness page with a status, and give the port."""
    asked: list[str] = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()
    assert asked == ["/readyz"]


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_image_is_healthy_when_the_server_is_ready(status: int, code: int) -> None:
    (check,) = of_kind("HEALTHCHECK")
    command = json.loads(check.partition(" CMD ")[2])
    assert command[0] == "python"
    with answering(status) as port:
        done = subprocess.run(
            [sys.executable, *command[1:]],
            env={"SHIZI_PORT": str(port)},
            timeout=60,
            check=False,
        )
    assert done.returncode == code


def test_the_application_has_the_page_that_health_is_asked_of() -> None:
    source = (ROOT / "src" / "shizi" / "app.py").read_text(encoding="utf-8")
    assert 'Route("/readyz"' in source


def test_the_compose_file_follows_its_schema(tmp_path: Path) -> None:
    schema = ("--builtin-schema", "vendor.compose-spec")
    done = linter("check-jsonschema", *schema, COMPOSE)
    assert done.returncode == 0, done.stdout
    bad = tmp_path / "compose.yaml"
    bad.write_text("services: {shizi: {image: x, memlimit: 4g}}", encoding="utf-8")
    assert linter("check-jsonschema", *schema, bad).returncode == 1


def test_the_service_may_write_its_folder_and_nothing_else() -> None:
    shizi = service("shizi")
    assert shizi["read_only"] is True
    assert shizi["cap_drop"] == ["ALL"]
    assert "cap_add" not in shizi
    assert shizi["security_opt"] == ["no-new-privileges:true"]
    volumes = [volume.split(":")[1] for volume in shizi["volumes"]]
    assert volumes == of_kind("VOLUME")
    assert f"SHIZI_DATA={volumes[0]}" in " ".join(of_kind("ENV"))


def test_the_service_is_bounded_and_reached_on_loopback() -> None:
    shizi = service("shizi")
    assert shizi["ports"] == ["127.0.0.1:8000:8000"]
    assert {"mem_limit", "memswap_limit", "cpus", "pids_limit"} <= set(shizi)
    # 30 s: what a stopping server takes at most.
    assert int(shizi["stop_grace_period"].removesuffix("s")) > 30


def test_every_file_that_compose_names_is_there_or_told_of() -> None:
    content = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    shizi = service("shizi")
    assert (DEPLOY / shizi["build"]["context"]).resolve() == ROOT
    assert (ROOT / shizi["build"]["dockerfile"]).is_file()
    made = [shizi["env_file"], *(each["file"] for each in content["secrets"].values())]
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert all(f"deploy/{name}" in guide for name in made)
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert all(f"/deploy/{name}" in ignored for name in made)


def test_postgresql_is_there_when_its_profile_is() -> None:
    database = service("postgresql")
    assert database["profiles"] == ["postgresql"]
    assert "ports" not in database
    waits = service("shizi")["depends_on"]["postgresql"]
    assert waits == {"condition": "service_healthy", "required": False}


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(DEPLOY.iterdir()) if path.is_file()],
    ids=lambda path: path.name,
)
def test_every_setting_that_is_named_is_one(path: Path) -> None:
    named = set(_SETTING.findall(path.read_text(encoding="utf-8")))
    assert named <= {field.upper() for field in Settings.model_fields}


def test_the_example_of_settings_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    given = [line.lstrip("#") for line in lines if _SETTING.match(line.lstrip("#"))]
    assert len(given) >= 5
    for line in given:
        monkeypatch.setenv(*line.split("=", 1))
    settings = Settings()
    assert settings.workers == 2
    assert settings.fetch is False


def unit_of_here(folder: Path) -> Path:
    """Return a copy of the unit whose program is there."""
    text = UNIT.read_text(encoding="utf-8")
    here = Path(sys.executable).with_name("shizi")
    assert text.count(PROGRAM) == 1
    assert here.is_file()
    copy = folder / UNIT.name
    copy.write_text(text.replace(PROGRAM, str(here)), encoding="utf-8")
    return copy


@pytest.mark.real
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    done = call("systemd-analyze", "verify", "--man=no", unit_of_here(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.real
def test_systemd_calls_the_unit_well_locked(tmp_path: Path) -> None:
    done = call(
        "systemd-analyze",
        "security",
        "--offline=true",
        f"--threshold={EXPOSURE * 10:.0f}",
        "--no-pager",
        unit_of_here(tmp_path),
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.real
def test_systemd_makes_the_unit_s_user(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    done = subprocess.run(
        ["systemd-sysusers", f"--root={tmp_path}", "-"],
        input=USERS.read_bytes(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = (tmp_path / "etc" / "passwd").read_text(encoding="utf-8")
    assert re.match(
        r"shizi:x:\d+:\d+:shizi OCR server:/var/lib/shizi:\S+nologin\n", made
    )
    assert "User=shizi\n" in UNIT.read_text(encoding="utf-8")


def test_the_unit_gives_up_on_what_trying_again_does_not_mend() -> None:
    text = UNIT.read_text(encoding="utf-8")
    assert "RestartPreventExitStatus=2 3\n" in text
    assert int(re.search(r"TimeoutStopSec=(\d+)", text)[1]) > 30


@pytest.mark.parametrize(
    "path", sorted(DEPLOY.glob("*.sh")), ids=lambda path: path.name
)
def test_a_script_passes_its_linter(path: Path) -> None:
    done = linter("shellcheck", path)
    assert done.returncode == 0, done.stdout


def test_a_wheelhouse_is_not_laid_over_something_else(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    done = call("sh", WHEELHOUSE, tmp_path)
    assert (done.returncode, "not empty" in done.stderr) == (2, True)


@pytest.mark.slow
def test_a_wheelhouse_installs_without_a_network(tmp_path: Path) -> None:
    house, venv = tmp_path / "house", tmp_path / "venv"
    done = call("sh", WHEELHOUSE, house)
    assert done.returncode == 0, done.stderr
    assert call(sys.executable, "-m", "venv", venv).returncode == 0
    # A network of its own has no way out.
    alone = ["unshare", "--map-root-user", "--net"]
    assert shutil.which(alone[0])
    done = call(*alone, house / "install.sh", venv)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^read: \d+ lines", done.stdout, re.MULTILINE)
    (wheel,) = (house / "wheels").glob("rapidocr-*.whl")
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    assert call(*alone, house / "install.sh", venv).returncode != 0


@pytest.mark.real
def test_caddy_takes_what_the_guide_shows(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    (shown,) = (text for language, text in blocks if not language)
    place = tmp_path / "Caddyfile"
    place.write_text(shown, encoding="utf-8")
    done = call("caddy", "adapt", "--config", place, "--adapter", "caddyfile")
    assert done.returncode == 0, done.stderr
    assert "formatted" not in done.stderr
    (server,) = json.loads(done.stdout)["apps"]["http"]["servers"].values()
    assert server["listen"] == [":443"]


def test_what_the_guide_runs_is_there() -> None:
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", guide, re.MULTILINE | re.DOTALL)
    words = {word.strip("()") for block in blocks for word in shlex.split(block)}
    named = {word for word in words if fnmatch.fnmatch(word, "deploy/*")}
    made = {"deploy/shizi.env", "deploy/postgresql.password"}
    assert named - made
    assert all((ROOT / word).is_file() for word in named - made)
