"""Claims about the tasks, with an engine that reads nothing."""

from __future__ import annotations

import numpy as np
import pytest

from shizi.core.errors import CardNotFoundError
from shizi.core.geometry import Size
from shizi.ocr.null import NullEngine
from shizi.reading import read_card, read_text

IMAGE = np.zeros((1600, 800, 3), np.uint8)

# What is printed on a licence, each label above a value.
LICENCE = (
    "中华人民共和国机动车行驶证",
    "号牌号码",
    "粤B12345",
    "车辆类型",
    "小型轿车",
    "所有人",
    "张三",
    "使用性质",
    "非营运",
)


def test_the_lines_of_an_engine_are_the_text() -> None:
    page = read_text(NullEngine(texts=("识", "字")), IMAGE)
    assert (page.text, page.size) == ("识\n字", Size(800, 1600))


def test_an_engine_that_shows_labels_alone_gives_a_card_without_fields() -> None:
    card = read_card(NullEngine(texts=LICENCE), IMAGE)
    assert (card.kind, card.size) == ("vehicle_licence", Size(800, 1600))
    assert card.fields == {}


def test_a_page_of_other_text_is_no_licence() -> None:
    with pytest.raises(CardNotFoundError):
        read_card(NullEngine(), IMAGE)
