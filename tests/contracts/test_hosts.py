"""Claims about clients whose host is fixed: a hosts entry and a CA of one's own."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.contracts.examples import RUNNING, Example
from tests.contracts.island import WECHAT, Island, island
from tests.contracts.stand import CASES, Stand
from tests.contracts.test_documents import LINES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def place(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Island]:
    folder = tmp_path_factory.mktemp("island")
    with island(folder, stand.data, stand.pictures) as running:
        yield running


@pytest.fixture(scope="module")
def trust(place: Island, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what makes each client believe the CA, as the documents tell."""
    folder = tmp_path_factory.mktemp("trust")
    (folder / "own-ca.ini").write_text(f"curl.cainfo = {place.certificate}\n")
    store, password = folder / "own-ca.p12", "changeit"
    command = ["keytool", "-importcert", "-noprompt", "-alias", "own-ca"]
    options = ["-file", place.certificate, "-keystore", store, "-storepass", password]
    subprocess.run([*command, *options], check=True, capture_output=True)
    java = {"trustStore": store, "trustStorePassword": password}
    return {
        "CURL_CA_BUNDLE": str(place.certificate),
        "JAVA_TOOL_OPTIONS": " ".join(
            f"-Djavax.net.ssl.{name}={value}" for name, value in java.items()
        ),
        "NODE_EXTRA_CA_CERTS": str(place.certificate),
        "PHP_INI_SCAN_DIR": f":{folder}",
        "REQUESTS_CA_BUNDLE": str(place.certificate),
    }


@pytest.mark.parametrize("example", RUNNING.values(), ids=RUNNING)
def test_a_client_reaches_the_server_by_wechat_s_own_name(
    example: Example, stand: Stand, place: Island, trust: dict[str, str], tmp_path: Path
) -> None:
    environment = stand.environment() | trust | {"SHIZI_URL": f"https://{WECHAT}"}
    picture = stand.pictures / CASES["comm"].picture
    reply = example.reply(tmp_path, environment, "comm", picture, inside=place.inside)
    assert CASES["comm"].told(reply) == CASES["comm"].expected


def test_a_client_that_does_not_know_the_ca_refuses(
    stand: Stand, place: Island, tmp_path: Path
) -> None:
    environment = stand.environment() | {"SHIZI_URL": f"https://{WECHAT}"}
    picture = stand.pictures / CASES["comm"].picture
    done = RUNNING["curl"].run(
        tmp_path, environment, "comm", picture, inside=place.inside
    )
    assert done.returncode != 0
    assert "certificate" in done.stderr


@pytest.mark.parametrize(
    "call", [(api, line) for api, lines in LINES.items() for line in lines]
)
def test_a_documents_curl_line_works_with_its_own_host(
    stand: Stand,
    place: Island,
    trust: dict[str, str],
    call: tuple[str, str],
    tmp_path: Path,
) -> None:
    api, line = call
    case = CASES[api]
    (tmp_path / "test.jpg").symlink_to(stand.pictures / case.picture)
    line = line.replace("http://", "https://").replace("ACCESS_TOCKEN", stand.token)
    line = line.replace("ENCODE_URL", f"http%3A%2F%2Flocalhost%3A8000%2F{case.picture}")
    done = subprocess.run(
        [*place.inside, "env", f"--chdir={tmp_path}", "sh", "-c", line],
        env=os.environ | trust,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert case.told(json.loads(done.stdout)) == case.expected
