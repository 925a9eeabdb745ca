from __future__ import annotations

import pytest

from shizi.ocr.lookalike import settle


def yes(_place: int, _other: str) -> bool:
    return True


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("1 FO0D", "1 FOOD"),
        ("fo0d", "food"),
        ("8O1.5O", "801.5O"),
        ("20l8", "2018"),
        ("2O26年", "2026年"),
        ("账户—一这个", "账户——这个"),
        ("1998一2002年", "1998—2002年"),
    ],
)
def test_neighbours_settle_a_lookalike(text: str, settled: str) -> None:
    assert settle(text, yes) == settled


@pytest.mark.parametrize(
    "text",
    [
        "A0",
        "B8O1C",
        "IO",
        "0",
        "账户——一个",
        "第一",
        "一一",
        "2一",
        "HO-66105",
        "5G",
        "O2",
    ],
)
def test_where_neighbours_say_nothing_the_text_stays(text: str) -> None:
    assert settle(text, yes) == text


def test_what_the_recogniser_does_not_allow_is_not_taken() -> None:
    assert settle("FO0D—一", lambda _place, _other: False) == "FO0D—一"


def test_the_recogniser_is_asked_about_the_place_of_the_character() -> None:
    asked: list[tuple[int, str]] = []

    def note(place: int, other: str) -> bool:
        asked.append((place, other))
        return False

    settle("1 FO0D", note)
    assert asked == [(4, "O")]
