"""How each example is run, and where its client keeps a token."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.contracts.stand import CLIENTS, EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_JARS = ("httpclient", "httpcore", "httpmime", "commons-logging", "commons-codec")
_CLASSES = ":".join(
    [*(f"/usr/share/java/{jar}.jar" for jar in (*_JARS, "gson")), str(CLIENTS / "java")]
)


@dataclass(frozen=True, slots=True)
class Example:
    """One of the examples, as a command.

    Attributes:
        program: The file in the examples' folder.
        command: What runs it.
        keep: Puts a token where the client finds one of an earlier run.
    """

    program: str
    command: tuple[str | Path, ...]
    keep: Callable[[Path, dict[str, str], str], None]

    def run(
        self,
        folder: Path,
        environment: Mapping[str, str],
        *arguments: str | Path,
        token: str | None = None,
        inside: tuple[str, ...] = (),
    ) -> subprocess.CompletedProcess[str]:
        """Run the example.

        Args:
            folder: Where it runs; clients that keep tokens in files keep them here.
            environment: What it finds in the environment, beside the usual.
            arguments: Name of the call, and file or address of the picture.
            token: One that it has from before.
            inside: A command before the command.
        """
        variables = {**os.environ, "NODE_PATH": str(CLIENTS / "node" / "node_modules")}
        variables.update(environment)
        if token is not None:
            self.keep(folder, variables, token)
        return subprocess.run(
            [*inside, "env", f"--chdir={folder}", *self.command, *arguments],
            env=variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def reply(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        """Return the reply that the example prints, run as by `run`."""
        done = self.run(*arguments, **options)
        assert done.returncode == 0, done.stderr
        reply: dict[str, Any] = json.loads(done.stdout)
        return reply


def _in_environment(_: Path, variables: dict[str, str], token: str) -> None:
    variables["SHIZI_TOKEN"] = token


def _in_token_file(folder: Path, _: dict[str, str], token: str) -> None:
    expires = (time.time() + 7000) * 1000
    kept = {"accessToken": token, "expireTime": expires}
    (folder / "token.json").write_text(json.dumps(kept))


def _in_file_cache(folder: Path, variables: dict[str, str], token: str) -> None:
    app = f"{variables['SHIZI_APPID']}.{variables['SHIZI_SECRET']}"
    kept = {"data": token, "lifeTime": int(time.time()) + 7000}
    (folder / f"mini_app.access_token.{app}.0.cache").write_text(json.dumps(kept))


def _script(
    program: str,
    keep: Callable[[Path, dict[str, str], str], None],
    *interpreter: str | Path,
) -> Example:
    return Example(program, (*interpreter, EXAMPLES / program), keep)


def _wechatpy(version: str) -> Example:
    python = CLIENTS / f"wechatpy-{version}" / "bin" / "python"
    return _script("wechatpy_adapter.py", _in_environment, python)


RUNNING = {
    "wechatpy-1.8": _wechatpy("1.8"),
    "wechatpy-2.0": _wechatpy("2.0"),
    "co-wechat-api": _script("co-wechat-api.js", _in_token_file, "node"),
    "node-easywechat": _script("node-easywechat.js", _in_file_cache, "node"),
    "curl": _script("curl.sh", _in_environment, "sh"),
    "php-curl": _script("php-curl.php", _in_environment, "php"),
    "apache-httpclient": Example(
        "ApacheHttpClient.java",
        ("java", "-cp", _CLASSES, "ApacheHttpClient"),
        _in_environment,
    ),
}
