from __future__ import annotations

import threading
import time

import pytest

from shizi.ocr.share import share

HERE = "here"


def never(_results: object) -> bool:
    return False


def test_every_result_is_there_whoever_did_it() -> None:
    done = share(range(9), lambda item, _hand: item * item, "abc", is_enough=never)
    assert done == {item: item * item for item in range(9)}


def test_each_hand_has_a_thread_of_its_own_and_the_first_is_at_home() -> None:
    meet = threading.Barrier(3)

    def do(_item: int, hand: str) -> tuple[str, int]:
        meet.wait(10)
        return hand, threading.get_ident()

    done = share(range(3), do, [HERE, "one", "two"], is_enough=never)
    assert len({ident for _, ident in done.values()}) == 3
    assert (HERE, threading.get_ident()) in done.values()


def test_what_a_hand_had_begun_that_is_gone_is_done_here() -> None:
    begun = threading.Event()

    def do(item: int, hand: str) -> str | None:
        if hand == HERE:
            begun.wait(10)
            return f"{item} {hand}"
        begun.set()
        return None

    assert share(range(2), do, [HERE, "gone"], is_enough=never) == {
        0: f"0 {HERE}",
        1: f"1 {HERE}",
    }


def test_no_item_is_begun_once_it_is_enough() -> None:
    done = share(
        range(9), lambda item, _hand: item, [HERE], is_enough=lambda done: len(done) > 2
    )
    assert list(done) == [0, 1, 2]


def test_one_item_is_not_shared() -> None:
    done = share([1], lambda _item, hand: hand, [HERE, "one"], is_enough=never)
    assert done == {0: HERE}


@pytest.mark.parametrize("failing", [HERE, "other"])
def test_an_error_rises_when_nothing_runs_any_more(failing: str) -> None:
    running: set[str] = set()

    def do(_item: int, hand: str) -> str:
        running.add(hand)
        try:
            if hand == failing:
                message = "broken"
                raise ValueError(message)
            time.sleep(0.01)
            return hand
        finally:
            running.discard(hand)

    with pytest.raises(ValueError, match="broken"):
        share(range(50), do, [HERE, "other"], is_enough=never)
    assert not running
