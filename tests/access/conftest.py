from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests.places import KINDS, Place, make_place

from shizi.access.store import Store


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, data_dir: Path) -> Place:
    return make_place(request, data_dir)


@pytest.fixture
async def store(place: Place) -> AsyncGenerator[Store]:
    async with await place.open() as store:
        yield store
