"""Claims about the commands of apps, tokens, plans and quotas, run in this process."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

from shizi.access.acts import Act, list_acts
from shizi.access.operator import check_password
from shizi.access.store import open_store
from shizi.cli import main

ROOT = Path(__file__).parents[2]


class Run(Protocol):
    """Runs one command line and returns how it ended."""

    def __call__(
        self, *arguments: object, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def run(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run commands on a folder of the test's own."""
    monkeypatch.setenv("SHIZI_DATA", str(data))

    def call(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["shizi", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        return subprocess.CompletedProcess(
            arguments, int(code or 0), *capsys.readouterr()
        )

    return call


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["app", "add", "t", "--api", "faces"], id="no such API to allow"),
        pytest.param(["app", "set", "nobody", "--plan", "documented"], id="set nobody"),
        pytest.param(
            ["app", "set", "a", "--every-api", "--api", "printed_text"], id="both"
        ),
        pytest.param(["app", "rotate", "nobody"], id="no such app to rotate"),
        pytest.param(["token", "revoke", "unknown"], id="no such token"),
        pytest.param(["token", "revoke"], id="no token to revoke"),
        pytest.param(["token", "revoke", "x", "--app", "y"], id="token and app"),
        pytest.param(["plan", "set", "documented", "printed_text=1"], id="it ships"),
        pytest.param(["plan", "set", "gold", "printed_text=x"], id="no number"),
        pytest.param(["plan", "remove", "gold"], id="no such plan to remove"),
        pytest.param(["quota", "show", "nobody"], id="no such app's quota"),
        pytest.param(["quota", "set", "a", "printed_text=many"], id="no limit"),
        pytest.param(["quota", "grant", "a", "faces=1"], id="no API to grant"),
        pytest.param(["quota", "grant", "a", "printed_text=0"], id="nothing granted"),
    ],
)
def test_wrong_usage_ends_with_2(run: Run, arguments: list[object]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


def test_an_apps_plan_and_its_apis_can_change(run: Run) -> None:
    run("app", "add", "店", "--id", "mine", "--plan", "documented", "--limit",
        "printed_text=7", "--api", "printed_text")  # fmt: skip
    assert run("app", "list").stdout == "mine\t店\tdocumented\tprinted_text=7\n"
    assert run("app", "set", "mine", "--plan", "unlimited").returncode == 0
    assert run("app", "set", "mine", "--every-api").returncode == 0
    [app] = json.loads(run("app", "list", "--json").stdout)
    assert (app["plan"], app["limits"]) == (
        "unlimited",
        {"printed_text": 7, "vehicle_licence": -1},
    )


def test_a_rotated_secret_is_printed(run: Run) -> None:
    run("app", "add", "t", "--id", "mine", "--secret", "old")
    made = json.loads(run("app", "rotate", "mine", "--json").stdout)
    assert made["appid"] == "mine"
    assert len(made["secret"]) == 32
    done = run("app", "rotate", "mine", "--secret", "new")
    assert done.stdout == "appid   mine\nsecret  new\n"


def test_tokens_are_revoked_without_being_seen(run: Run) -> None:
    run("app", "add", "t", "--id", "mine")
    token = run("token", "issue", "mine").stdout
    assert run("token", "revoke", "-", stdin=token).returncode == 0
    assert run("token", "revoke", "-", stdin=token).returncode == 2
    assert run("token", "revoke", "--app", "mine").returncode == 0


def test_plans_are_made_listed_and_removed(run: Run) -> None:
    assert run("plan", "set", "gold", "printed_text=9").returncode == 0
    assert run("plan", "list").stdout.splitlines() == [
        "documented\tprinted_text=100 vehicle_licence=500",
        "unlimited\tprinted_text=-1 vehicle_licence=-1",
        "gold\tprinted_text=9",
    ]
    assert json.loads(run("plan", "list", "--json").stdout)["gold"] == {
        "printed_text": 9
    }
    run("app", "add", "t", "--id", "mine", "--plan", "gold")
    assert run("plan", "remove", "gold").returncode == 2
    run("app", "remove", "mine")
    assert run("plan", "remove", "gold").returncode == 0


def test_quotas_are_shown_set_granted_and_cleared(run: Run) -> None:
    run("app", "add", "t", "--id", "mine", "--plan", "documented")
    for arguments in (
        ["set", "mine", "printed_text=7", "vehicle_licence=1"],
        ["set", "mine", "vehicle_licence=plan"],
        ["grant", "mine", "printed_text=30"],
        ["grant", "mine", "printed_text=3"],
        ["clear", "mine"],
    ):
        assert run("quota", *arguments).returncode == 0
    assert json.loads(run("quota", "show", "mine", "--json").stdout) == {
        "printed_text": {"limit": 7, "used": 0, "granted": 33, "remain": 40},
        "vehicle_licence": {"limit": 500, "used": 0, "granted": 0, "remain": 500},
    }
    assert run("quota", "show", "mine").stdout.splitlines()[0] == (
        "printed_text\tlimit 7\tused 0\tgranted 33\tremain 40"
    )


@pytest.mark.real
def test_every_command_takes_a_database(run: Run, database: str, data: Path) -> None:
    for arguments in (
        ["app", "add", "t", "--id", "mine", "--secret", "s"],
        ["app", "set", "mine", "--plan", "documented"],
        ["app", "rotate", "mine"],
        ["token", "issue", "mine"],
        ["token", "revoke", "--app", "mine"],
        ["plan", "set", "gold", "printed_text=9"],
        ["plan", "list"],
        ["plan", "remove", "gold"],
        ["quota", "set", "mine", "printed_text=7"],
        ["quota", "grant", "mine", "printed_text=1"],
        ["quota", "clear", "mine"],
        ["quota", "show", "mine"],
        ["app", "list"],
        ["app", "remove", "mine"],
    ):
        done = run(*arguments, "--database", database)
        assert (done.returncode, done.stderr) == (0, ""), arguments
    assert [path.name for path in data.iterdir()] == ["seal.key"]


@pytest.mark.real
def test_the_database_may_be_a_setting(
    run: Run, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("app", "add", "t", "--id", "mine", "--database", database)
    assert run("app", "list").stdout == ""
    monkeypatch.setenv("SHIZI_DATABASE", database)
    assert run("app", "list").stdout.startswith("mine\tt\tunlimited\t")


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_an_open_door_is_for_loopback_alone(
    run: Run, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIZI_TOKEN_MODE", "open")
    done = run("serve", "--host", host, "--port", "0")
    assert done.returncode == 2
    assert f"token_mode open is for loopback alone, and {host} is not" in done.stderr


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"TOKEN_MODE": "static"}, "needs static_tokens"),
        (
            {"TOKEN_MODE": "static", "STATIC_TOKENS": '{"abc": "nobody"}'},
            "no app has the id nobody",
        ),
        ({"TOKEN_MODE": "foreign"}, "needs foreign_networks or foreign_word"),
        ({"SEAL_KEY": "a", "SEAL_KEY_FILE": "b"}, "give one"),
        ({"TRUSTED_PROXIES": '["everyone"]'}, "trusted_proxies"),
        ({"GUEST_APP": "a b"}, "guest_app"),
        ({"DATABASE": "mysql://root:hidden@here/x"}, "begins with postgresql://"),
        ({"SEAL_KEY": "short"}, "32 bytes"),
        ({"SEAL_KEY_FILE": "/absent"}, "seal_key_file: No such file"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else "",
)
def test_settings_of_the_door_that_cannot_be_are_told(
    run: Run,
    settings: dict[str, str],
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"SHIZI_{name}", value)
    done = run("serve", "--port", "0")
    assert done.returncode in {2, 4}
    assert reason in done.stderr
    assert "hidden" not in done.stderr


def test_a_key_made_as_the_documents_tell_is_one(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    line = next(line for line in settings.splitlines() if line.startswith("openssl"))
    made = subprocess.run(line, shell=True, check=True, capture_output=True, text=True)
    key = data.with_name("key")
    key.write_text(made.stdout)
    monkeypatch.setenv("SHIZI_SEAL_KEY_FILE", str(key))
    done = run("app", "list")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("options", [[], ["--without-key"]])
def test_a_backup_can_be_restored(run: Run, data: Path, options: list[str]) -> None:
    file = data.with_name("file")
    run("app", "add", "t", "--id", "mine", "--secret", "s")
    done = run("backup", file, *options)
    assert (done.returncode, done.stdout) == (0, "")
    told = "the key is not in it" if options else "and the key of the secrets"
    assert told in done.stderr
    done = run("restore", file)
    assert (done.returncode, done.stderr) == (
        4,
        "shizi: there are apps already: --replace removes them\n",
    )
    run("app", "add", "t", "--id", "other")
    assert run("restore", file, "--replace").returncode == 0
    assert run("app", "list").stdout.split("\t")[0] == "mine"
    assert run("app", "list").stdout.count("\n") == 1


def test_a_key_of_the_settings_is_not_in_a_backup(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "A" * 43 + "="
    monkeypatch.setenv("SHIZI_SEAL_KEY", key)
    file = data.with_name("file")
    done = run("backup", file)
    assert "keep the one of your settings" in done.stderr
    assert key.encode() not in gzip.decompress(file.read_bytes())


async def acts_of(data: Path) -> tuple[Act, ...]:
    """Return what was done, the newest first."""
    async with await open_store(data) as store:
        return await list_acts(store, limit=20)


async def opens(data: Path, password: str) -> bool:
    """Return whether a password is the operator's; raises where it is not."""
    async with await open_store(data) as store:
        return bool(await check_password(store, password))


def test_what_commands_do_is_written_down(run: Run, data: Path) -> None:
    for line in (
        "app add t --id a",
        "app set a --plan documented --api printed_text",
        "app rotate a",
        "quota set a printed_text=5",
        "quota grant a printed_text=2",
        "quota clear a",
        "plan set gold printed_text=5",
        "plan remove gold",
        "app remove a",
    ):
        assert run(*line.split()).returncode == 0
    acts = asyncio.run(acts_of(data))
    assert [(act.what, act.whom) for act in reversed(acts)] == [
        ("app.add", "a"),
        ("app.plan", "a"),
        ("app.allow", "a"),
        ("app.rotate", "a"),
        ("app.limits", "a"),
        ("app.grant", "a"),
        ("app.clear", "a"),
        ("plan.set", "gold"),
        ("plan.remove", "gold"),
        ("app.remove", "a"),
    ]
    assert {act.door for act in acts} == {"shell"}


def test_a_password_is_set_from_standard_input(run: Run, data: Path) -> None:
    done = run("console", "password", "--stdin", stdin="correct horse\n")
    assert (done.returncode, done.stdout) == (0, "")
    assert asyncio.run(opens(data, "correct horse"))


def test_a_password_that_is_too_short_is_a_usage_error(run: Run) -> None:
    done = run("console", "password", "--stdin", stdin="short\n")
    assert done.returncode == 2
    assert "10 to 1024" in done.stderr
