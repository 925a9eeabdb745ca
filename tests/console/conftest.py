from collections.abc import AsyncGenerator

import pytest

from shizi.access.store import Store
from tests.console.desk import Desk, opened


@pytest.fixture
async def desk(store: Store) -> AsyncGenerator[Desk]:
    """Return the console as one sees it who sits at the server's machine."""
    async with opened(store) as desk:
        yield desk


@pytest.fixture
async def stranger(store: Store) -> AsyncGenerator[Desk]:
    """Return the console as one sees it who comes from elsewhere."""
    async with opened(store, is_open=False, client="192.0.2.7") as desk:
        yield desk
