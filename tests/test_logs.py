from __future__ import annotations

import json
import logging

import pytest
import structlog

from shizi.logs import set_up_logs


@pytest.fixture(autouse=True)
def _quiet_after() -> object:
    yield
    structlog.reset_defaults()
    logging.basicConfig(handlers=[], force=True)


def test_a_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("info")
    structlog.get_logger("t").info("call", code=0)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["code"], line["level"]) == ("call", 0, "info")


def test_a_line_break_in_a_value_makes_no_second_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs("info")
    structlog.get_logger("t").info("call", path="/a\r\n{}")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_an_errors_message_and_traceback_stay_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs("info")
    try:
        raise ValueError("private")  # noqa: TRY301 - what is logged
    except ValueError:
        logging.getLogger("uvicorn.error").exception("failed on private")
    written = capsys.readouterr().err
    assert "ValueError" in written
    assert "private" not in written


def test_libraries_that_print_addresses_are_quiet(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs("info")
    logging.getLogger("httpx").info("GET http://host/?token=1")
    assert capsys.readouterr().err == ""
