"""Claims about what the console is told of the dialect."""

from __future__ import annotations

import shlex

import pytest

from shizi.core.api import Api
from shizi.core.errors import CardNotFoundError
from shizi.wechat.showing import Showing


@pytest.mark.parametrize(
    ("api", "path"),
    [(Api.PRINTED_TEXT, "/cv/ocr/comm"), (Api.VEHICLE_LICENCE, "/cv/ocr/driving")],
)
def test_the_commands_name_file_and_path(api: Api, path: str) -> None:
    token, call = Showing().example(api, "http://h:1", "it's; rm -rf.jpg").split("\n")
    assert shlex.split(token)[1].startswith("http://h:1/cgi-bin/token?grant_type=")
    words = shlex.split(call)
    assert words[:3] == ["curl", "-F", "img=@it's; rm -rf.jpg"]
    assert words[-1] == f"http://h:1{path}?access_token=TOKEN"
    assert ("detail=1" in words) is (api is Api.VEHICLE_LICENCE)


def test_an_error_has_its_code() -> None:
    assert Showing().code(CardNotFoundError("none")) == 101001
    assert Showing().code(ZeroDivisionError()) == -1
