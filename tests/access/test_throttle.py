from contextlib import suppress

import pytest

from shizi.access import throttle
from shizi.access.throttle import Throttle
from shizi.core.errors import ThrottledError


def fail(brake: Throttle, address: str, *, times: int = 10, now: float = 0) -> None:
    for _ in range(times):
        brake.note("wx1", address, now=now)


def is_open(brake: Throttle, address: str, app: str = "wx1", now: float = 0) -> bool:
    with suppress(ThrottledError):
        brake.check(app, address, now=now)
        return True
    return False


def test_ten_wrong_secrets_close_an_address_for_a_minute() -> None:
    brake = Throttle()
    fail(brake, "192.0.2.1", times=9)
    assert is_open(brake, "192.0.2.1")
    fail(brake, "192.0.2.1", times=1)
    assert not is_open(brake, "192.0.2.1", now=59.9)
    assert is_open(brake, "192.0.2.1", now=60)


def test_other_addresses_and_other_apps_stay_open() -> None:
    brake = Throttle()
    fail(brake, "192.0.2.1")
    assert is_open(brake, "192.0.2.2")
    assert is_open(brake, "192.0.2.1", app="wx2")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("unknown", "unknown", True),
    ],
)
def test_one_place_is_told_by_its_network(one: str, other: str, same: bool) -> None:
    brake = Throttle()
    fail(brake, one)
    assert is_open(brake, other) is not same


def test_long_words_of_strangers_take_no_memory() -> None:
    brake = Throttle()
    brake.note("x" * 60_000, "y" * 60_000, now=0)
    [key] = brake._failures
    assert [len(part) for part in key] == [64, 64]


def test_places_are_forgotten_before_memory_fills(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(throttle, "_PLACES", 3)
    brake = Throttle()
    for number in range(4):
        fail(brake, f"192.0.2.{number}")
    assert [is_open(brake, f"192.0.2.{number}") for number in range(4)] == [
        True,
        False,
        False,
        False,
    ]
    assert len(brake._failures) == 3
