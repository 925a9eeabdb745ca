from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from shizi.access.store import Store, open_store


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def store(data_dir: Path) -> AsyncGenerator[Store]:
    async with await open_store(data_dir) as store:
        yield store
