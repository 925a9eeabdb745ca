from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contracts.stand import PictureHost, Stand, draw_pictures, standing

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
    with standing(tmp_path_factory.mktemp("stand"), host) as running:
        yield running
