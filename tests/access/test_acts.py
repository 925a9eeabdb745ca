from shizi.access.acts import Act, list_acts, record_act
from shizi.access.store import Store

DAY = 86_400.0


async def test_the_newest_act_comes_first(store: Store) -> None:
    first = Act(10 * DAY, "console", "app.add", "wx1")
    last = Act(11 * DAY, "shell", "password", None)
    await record_act(store, first)
    await record_act(store, last)
    assert await list_acts(store, limit=9) == (last, first)
    assert await list_acts(store, limit=1) == (last,)


async def test_what_was_done_long_ago_is_forgotten(store: Store) -> None:
    old, new = (Act(at * DAY, "console", "login", None) for at in (1, 402))
    await record_act(store, old)
    await record_act(store, new)
    assert await list_acts(store, limit=9) == (new,)
