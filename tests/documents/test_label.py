from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shizi.core.geometry import Quad
from shizi.core.text import TextLine
from shizi.documents.label import find_labels, guess_labels, spans

LABELS = [
    "号牌号码",
    "所有人",
    "住址",
    "总质量",
    "准牵引总质量",
    "注册日期",
    "发证日期",
]


def line(text: str, left: float, top: float, right: float, bottom: float) -> TextLine:
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return TextLine(text, Quad.of(corners), 1.0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("号牌号码", [("号牌号码", 0, 4)]),
        ("号牌号码粤B12345", [("号牌号码", 0, 4)]),
        ("所 有 人", [("所有人", 0, 5)]),
        ("号脾号码", [("号牌号码", 0, 4)]),
        ("号牌码", [("号牌号码", 0, 3)]),
        ("准牵引总质量--", [("准牵引总质量", 0, 6)]),
        ("注册日期2020-01-02发证日期", [("注册日期", 0, 4), ("发证日期", 14, 18)]),
        ("所有者", []),
        ("一行别的字", []),
    ],
)
def test_labels_are_found_in_a_text(text: str, found: list[tuple[object, ...]]) -> None:
    assert [tuple(span) for span in spans(text, LABELS)] == found


def test_a_title_must_be_read_letter_by_letter() -> None:
    title = "中华人民共和国机动车行驶证"
    assert spans(title, [title])
    assert not spans("中华人民共和国机动车驾驶证", [title])


def test_a_label_lies_in_its_part_of_the_line() -> None:
    (hit,) = find_labels([line("号牌号码12345678", 100, 50, 260, 70)], LABELS)
    assert hit.text == "号牌号码"
    np.testing.assert_allclose(hit.left, (100, 60))
    np.testing.assert_allclose(hit.right, (180, 60))
    assert hit.height == 20


def test_characters_set_far_apart_are_one_label() -> None:
    lines = [line("住", 10, 10, 30, 30), line("址", 80, 11, 100, 31)]
    (hit,) = find_labels(lines, LABELS)
    assert hit.text == "住址"
    np.testing.assert_allclose(hit.left, (10, 20))
    np.testing.assert_allclose(hit.right, (100, 21))


def test_characters_of_two_rows_are_no_label() -> None:
    lines = [line("住", 10, 10, 30, 30), line("址", 80, 60, 100, 80)]
    assert not find_labels(lines, LABELS)


def test_a_label_lies_where_its_characters_are() -> None:
    wide = line("总质量1234kg", 0, 0, 400, 20)
    wide = replace(wide, places=(0.02, 0.05, 0.08, *np.linspace(0.7, 0.98, 6)))
    (hit,) = find_labels([wide], LABELS)
    np.testing.assert_allclose(hit.left, (0, 10))
    np.testing.assert_allclose(hit.right, (40, 10))


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("号牌香明", ["号牌号码"]),
        ("然有人北联司", ["所有人"]),
        ("推单引总质量", ["准牵引总质量"]),
        ("号牌号码", []),
        ("小型轿车", []),
        ("住所", []),
    ],
)
def test_half_of_a_label_is_a_guess(text: str, labels: list[str]) -> None:
    hits = guess_labels([line(text, 0, 0, 100, 20)], LABELS)
    assert [hit.text for hit in hits] == labels
    assert not any(hit.sure for hit in hits)


def test_a_title_is_guessed_by_most_of_its_characters() -> None:
    title = "中华人民共和国机动车行驶证"
    read = line("中华人民共和国机幼车行驶证", 0, 0, 100, 20)
    assert [hit.text for hit in guess_labels([read], [title])] == [title]
    assert not guess_labels([line("中华人民共和国居民身份证", 0, 0, 100, 20)], [title])


def test_the_title_of_another_document_is_none_misread() -> None:
    titles = ["中华人民共和国机动车行驶证", "中华人民共和国机动车驾驶证"]
    other, misread = titles[1], "中华人民共和国机动车行破证"
    assert guess_labels([line(other, 0, 0, 390, 30)], titles[:1])
    assert not guess_labels([line(other, 0, 0, 390, 30)], titles)
    (hit,) = guess_labels([line(misread, 0, 0, 390, 30)], titles)
    assert hit.text == titles[0]
