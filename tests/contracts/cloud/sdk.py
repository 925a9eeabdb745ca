"""The versions of WeChat's SDK, and how each is pointed at a server."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from tests.contracts.stand import CLIENTS, EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLE = EXAMPLES / "wx-server-sdk.js"

_HERE = Path(__file__).parent

Step: TypeAlias = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Way:
    """One version, pointed at a server in one way.

    Attributes:
        version: Of wx-server-sdk.
        by: `init` for the arguments of `cloud.init`, `environment` for the variables
            of a cloud function, `hosts` for the names that older versions call, `scf`
            for the name that they call from inside a function.
    """

    version: str
    by: str

    def __str__(self) -> str:
        return f"{self.version}-{self.by}"


# What the oldest of the documents asks for is 0.4.0, which was never published.
WAYS = (
    Way("0.4.3", "hosts"),
    Way("1.8.3", "hosts"),
    Way("1.8.3", "scf"),
    Way("2.0.4", "init"),
    Way("2.3.3", "environment"),
    Way("2.6.3", "init"),
    Way("4.0.2", "init"),
    Way("4.0.2", "environment"),
)


@dataclass(frozen=True)
class Gateway:
    """Where calls go, and whose they are.

    Attributes:
        url: The server, by HTTP.
        tls_url: A server by HTTPS, whose certificate names Tencent's host.
        authority: The PEM file of who issued that certificate.
        app_id: An app of both.
        secret: Its secret.
    """

    url: str
    tls_url: str
    authority: Path
    app_id: str
    secret: str = field(repr=False)


def run_example(version: str, gateway: Gateway, *arguments: str | Path) -> str:
    """Return what the example prints with one version."""
    folder = CLIENTS / "cloud"
    paths = (folder / version / "node_modules", folder / "node_modules")
    done = subprocess.run(
        ["node", EXAMPLE, *arguments],
        env={
            **os.environ,
            "NODE_PATH": os.pathsep.join(map(str, paths)),
            "SHIZI_URL": gateway.url,
            "SHIZI_APPID": gateway.app_id,
            "SHIZI_SECRET": gateway.secret,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


def call(way: Way, gateway: Gateway, steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Return what each call gave: `result`, or `errCode` and `errMsg`."""
    address = f"{gateway.url}/admin"
    # Longer than its 15 s: the machine may be busy.
    init: dict[str, str | int] = {"env": "any", "timeout": 60_000}
    # It spares the SDK a look whether it runs at Tencent's.
    variables = {**os.environ, "TENCENTCLOUD": "true"}
    options: list[str | Path] = []
    keys = {
        "TENCENTCLOUD_SECRETID": gateway.app_id,
        "TENCENTCLOUD_SECRETKEY": gateway.secret,
    }
    if way.by == "init":
        init |= {"secretId": gateway.app_id, "secretKey": gateway.secret}
        init |= {"serviceUrl": address}
    else:
        variables |= keys
    if way.by == "environment":
        variables["TCB_CONTEXT_CNFG"] = json.dumps({"URL": address})
    if way.by in {"hosts", "scf"}:
        options = ["-r", _HERE / "hosts.js"]
        variables["NODE_EXTRA_CA_CERTS"] = str(gateway.authority)
        ports = {
            "tcb-open.tencentcloudapi.com": urlsplit(gateway.tls_url).port,
            "tcb-open.tencentyun.com": urlsplit(gateway.url).port,
        }
        variables["HOSTS"] = json.dumps(ports)
    if way.by == "scf":
        variables["TENCENTCLOUD_RUNENV"] = "SCF"
    done = subprocess.run(
        ["node", *options, _HERE / "call.js", CLIENTS / "cloud" / way.version],
        env=variables,
        input=json.dumps({"init": init, "steps": steps}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results: list[dict[str, Any]] = json.loads(done.stdout.rpartition("\n")[2])
    return results
