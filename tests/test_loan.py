from __future__ import annotations

import threading
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from shizi.loan import Helper, Loan, answer
from shizi.ocr.null import NullEngine
from tests import fakes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


@contextmanager
def lent() -> Iterator[tuple[Helper, Loan]]:
    """Have a thread answer, as a worker does that helps."""
    loan = Loan()
    asking, helping = (
        Connection(end.detach()) for end in (loan.asking.dup(), loan.helping.dup())
    )

    def help_out() -> None:
        with helping:
            answer(NullEngine(), helping)
        loan.stop_helping()

    thread = threading.Thread(target=help_out)
    thread.start()
    with asking:
        yield Helper(asking), loan
        loan.stop_asking()
        thread.join()


def test_a_helper_says_what_its_engine_says() -> None:
    with lent() as (helper, _):
        assert helper.ask(fakes.echo, b"a") == b"a"
        assert helper.ask(fakes.read_null, b"ab") == "识字"


def test_a_helper_that_was_recalled_says_nothing_ever_after() -> None:
    with lent() as (helper, loan):
        loan.recall()
        assert helper.ask(fakes.echo, b"a") is None
        assert helper.ask(fakes.echo, b"a") is None


def test_a_helper_whose_engine_fails_says_nothing() -> None:
    with lent() as (helper, _):
        assert helper.ask(fakes.refuse, b"a") is None


def test_a_helper_that_is_stuck_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shizi.loan._ANSWER_SECONDS", 0.05)
    with lent() as (helper, _):
        assert helper.ask(fakes.hang, b"0.2") is None
