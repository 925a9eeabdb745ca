from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.contracts.stand import PictureHost, Stand, draw_pictures
from tests.running import serving, shizi

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    draw_pictures(folder)
    return folder


@pytest.fixture(scope="session")
def host(pictures: Path) -> Iterator[PictureHost]:
    with PictureHost(pictures) as running:
        yield running


@pytest.fixture(scope="session")
def stand(
    host: PictureHost, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stand]:
    data = tmp_path_factory.mktemp("stand") / "data"
    with serving(data, "--fetch-allow", "127.0.0.1") as running:
        app = json.loads(shizi("app", "add", "contract", "--data", data, "--json"))
        issue = ("token", "issue", app["appid"], "--data", data)
        yield Stand(
            url=running.url,
            app_id=app["appid"],
            secret=app["secret"],
            data=data,
            pictures=host.folder,
            host=host.url,
            token=shizi(*issue).strip(),
            expired=shizi(*issue, "--seconds", "0").strip(),
        )
