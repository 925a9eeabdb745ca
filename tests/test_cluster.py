"""Claims about what of a cluster needs no Ray."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from shizi.cluster import check
from shizi.core.errors import ClusterError
from shizi.settings import Settings
from tests.running import SHIZI

if TYPE_CHECKING:
    from pathlib import Path

KEY = "c2hpemktc2hpemktc2hpemktc2hpemktc2hpemktc2g="
SHARED = {"database": "postgresql://h/d", "seal_key": KEY}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"seal_key": KEY}, "needs PostgreSQL"),
        ({"database": "postgresql://h/d"}, "need one key"),
        ({**SHARED, "tls_cert": "a", "tls_key": "b"}, "plain HTTP"),
        ({**SHARED, "token_mode": "open"}, "one machine's loopback"),
        ({**SHARED, "port": 0}, "a port of its own"),
    ],
)
def test_settings_of_one_machine_are_refused(
    given: dict[str, object], told: str
) -> None:
    with pytest.raises(ClusterError, match=told):
        check(Settings(**given))  # type: ignore[arg-type]


def test_settings_that_nodes_can_share_are_taken() -> None:
    check(Settings(**SHARED))  # type: ignore[arg-type]


def test_the_command_tells_what_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        [*SHIZI, "cluster", "up"],
        env={"SHIZI_DATA": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "a cluster needs PostgreSQL" in done.stderr
    assert not list(tmp_path.iterdir())


def test_libraries_of_extras_are_not_imported_unasked() -> None:
    extras = "ray", "pyarrow", "s3fs", "fsspec", "asyncpg", "moto"
    code = (
        "import sys, shizi.cli, shizi.bulk.ray, shizi.cluster;"
        f"sys.exit(', '.join(n for n in {extras} if n in sys.modules) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
