"""Whole documents, drawn by the project and read by the real engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from benchmarks.geometry import Outline
from benchmarks.licence.looks import REPORT, TUNE
from benchmarks.licence.pictures import Picture, draw
from benchmarks.render.fonts import Face, installed, load
from shizi.core.errors import CardNotFoundError
from shizi.core.image import decode_image
from shizi.documents.interpret import read_document
from shizi.documents.spec import load_spec, parse_spec
from shizi.ocr.engine import TextEngine
from shizi.wechat.replies import card_reply

if TYPE_CHECKING:
    from shizi.core.card import Card

pytestmark = pytest.mark.real

# The card of the guide: an invented one, with labels above no grid that any other
# document has.
GUIDE = Path(__file__).parents[2] / "docs" / "add-a-document.md"
PASS = GUIDE.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]


@pytest.fixture(scope="module")
def engine() -> TextEngine:
    return TextEngine(threads=2)


def read(engine: TextEngine, image: np.ndarray, kind: str = "vehicle_licence") -> Card:
    spec = parse_spec(PASS) if kind == "library_pass" else load_spec(kind)
    return read_document(
        engine, image, engine.read(image), spec, today=date(2026, 12, 31)
    )


@pytest.fixture(scope="module")
def picture() -> Picture:
    drawn = (draw(REPORT, "easy", 3, number) for number in range(9))
    return next(each for each in drawn if each.pages == "both")


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_drawn_licence_is_read_in_any_turn(
    engine: TextEngine, picture: Picture, turns: int
) -> None:
    image = np.ascontiguousarray(np.rot90(decode_image(picture.jpeg), turns))
    card = read(engine, image)
    reply = card_reply(card, detail=True)
    told = {name: text.replace("×", "x") for name, text in picture.fields.items()}
    right = [name for name, text in told.items() if reply[name] == text]
    wrong = [name for name, text in told.items() if reply[name] not in {text, ""}]
    assert not wrong
    assert len(right) >= len(picture.fields) - 1
    if not turns:
        for name, quad in picture.quads.items():
            found = Outline(tuple(map(tuple, np.array(card.pages[name]).tolist())))
            true = Outline(tuple(map(tuple, quad.tolist())))
            assert found.overlap(true) >= 0.9


def test_a_page_in_the_dark_is_found_by_its_sheet(
    engine: TextEngine, picture: Picture
) -> None:
    corners = np.array([[0, 0], [520, 0], [520, 355], [0, 355]], float)
    corners = corners @ np.array([[0.97, 0.22], [-0.22, 0.97]]) + (350, 200)
    onto = cv2.getPerspectiveTransform(
        picture.quads["front"].astype(np.float32), corners.astype(np.float32)
    )
    page = cv2.warpPerspective(decode_image(picture.jpeg), onto, (1100, 900))
    sheet = np.zeros((900, 1100, 1), np.uint8)
    cv2.fillConvexPoly(sheet, corners.round().astype(np.int32), (1,))
    light = cv2.GaussianBlur(np.where(sheet > 0, page, 40) * 0.1, (0, 0), 0.7)
    noise = np.random.default_rng(1).normal(0, 6, light.shape)
    dark = np.clip(light + cv2.GaussianBlur(noise, (0, 0), 0.6), 0, 255)
    image = dark.astype(np.uint8)
    assert len(engine.read(image).lines) < 3
    card = read(engine, image)
    found = Outline(tuple(map(tuple, np.array(card.pages["front"]).tolist())))
    assert found.overlap(Outline(tuple(map(tuple, corners.tolist())))) >= 0.85


def test_a_page_without_legible_labels_is_found_by_title_and_values(
    engine: TextEngine, picture: Picture
) -> None:
    image = decode_image(picture.jpeg).copy()
    flat = np.array([[0, 0], [88, 0], [88, 60], [0, 60]], np.float32)
    quad = picture.quads["front"].astype(np.float32)
    to_image = cv2.getPerspectiveTransform(flat, quad)
    for label in load_spec("vehicle_licence").pages[0].labels:
        x, y = np.array(label.at) * (0.88, 0.6)
        half = label.width * 0.44
        patch = [[x - half, y - 2.2], [x + half, y - 2.2]]
        patch += [[x + half, y + 3.6], [x - half, y + 3.6]]
        place = cv2.perspectiveTransform(np.array([patch], np.float32), to_image)
        paper = np.median(image[place[0, :, 1].astype(int), place[0, :, 0].astype(int)])
        cv2.fillPoly(image, place.astype(np.int32), [float(paper)] * 3)
    card = read(engine, image)
    assert set(card.pages) == {"front", "back"}
    reply = card_reply(card, detail=False)
    wanted = ("plate_num", "vin", "register_date")
    assert [reply[name] for name in wanted] == [picture.fields[name] for name in wanted]


def test_a_date_that_touches_the_next_label_is_read_to_its_end(
    engine: TextEngine,
) -> None:
    # Read as "2024-10-04证日期", of which the last digit was taken for the label's.
    picture = draw(TUNE, "hard", 101, 45)
    reply = card_reply(read(engine, decode_image(picture.jpeg)), detail=False)
    assert reply["register_date"] == picture.fields["register_date"]


def test_a_page_is_placed_by_labels_that_are_legible_only_when_it_is_flat(
    engine: TextEngine,
) -> None:
    # By what is read at first sight the second page is .889 of where it lies.
    picture = draw(TUNE, "hard", 101, 0)
    card = read(engine, decode_image(picture.jpeg))
    found = Outline(tuple(map(tuple, np.array(card.pages["back"]).tolist())))
    true = Outline(tuple(map(tuple, picture.quads["back"].tolist())))
    assert found.overlap(true) >= 0.94


@pytest.mark.slow
def test_a_page_that_stays_doubtful_is_read_anew(engine: TextEngine) -> None:
    # Read once, ten of its 16 values are right.
    picture = draw(TUNE, "hard", 101, 23)
    reply = card_reply(read(engine, decode_image(picture.jpeg)), detail=False)
    told = {name: text.replace("×", "x") for name, text in picture.fields.items()}
    assert sum(reply[name] == text for name, text in told.items()) >= 13


@pytest.mark.slow
def test_a_page_of_which_no_line_is_found_at_first_sight_is_found(
    engine: TextEngine,
) -> None:
    image = decode_image(draw(TUNE, "hard", 101, 42).jpeg)
    assert not engine.read(image).lines
    assert set(read(engine, image).pages) == {"back"}


@pytest.mark.slow
def test_a_page_beside_another_is_found_in_the_dark(engine: TextEngine) -> None:
    # At first sight one line is found, the number under the second page's barcode.
    picture = draw(TUNE, "hard", 102, 32)
    assert set(read(engine, decode_image(picture.jpeg)).pages) == {"front", "back"}


@pytest.mark.parametrize(
    ("seed", "number"),
    [
        pytest.param(1, 0, id="rows"),
        pytest.param(13, 22, id="that stand as a card's", marks=pytest.mark.slow),
    ],
)
def test_a_screenshot_is_read_by_its_rows(
    engine: TextEngine, seed: int, number: int
) -> None:
    picture = draw(REPORT, "electronic", seed, number)
    card = read(engine, decode_image(picture.jpeg))
    reply = card_reply(card, detail=False)
    told = {
        name: text.replace("×", "x") for name, text in picture.fields.items() if text
    }
    assert len(told) > 5
    assert sum(reply[name] == text for name, text in told.items()) >= len(told) - 1
    assert not card.pages


@pytest.mark.parametrize("number", range(4))
def test_what_is_no_licence_is_not_found(engine: TextEngine, number: int) -> None:
    image = decode_image(draw(REPORT, "none", 1, number).jpeg)
    with pytest.raises(CardNotFoundError):
        read(engine, image)


def test_a_blank_picture_shows_no_licence(engine: TextEngine) -> None:
    with pytest.raises(CardNotFoundError):
        read(engine, np.full((600, 800, 3), 230, np.uint8))


def test_another_document_needs_only_another_file(engine: TextEngine) -> None:
    face = installed([Face("fonts-noto-cjk", "opentype/noto/NotoSansCJK-Regular.ttc")])
    canvas = Image.new("RGB", (1000, 700), (90, 70, 60))
    pencil = ImageDraw.Draw(canvas)
    pencil.rectangle((100, 100, 900, 600), fill=(240, 240, 235))
    font = load(face[0], 36)
    pencil.text((300, 140), "市图书馆借阅证", (20, 20, 20), load(face[0], 57))
    values = ["林小满", "T204817", "12册", "2024-03-09"]
    labels = ["读者姓名", "证件编号", "可借册数", "办证日期"]
    for row, (label, value) in enumerate(zip(labels, values, strict=True)):
        y = 100 + 500 * (0.35 + 0.17 * row) - 24
        pencil.text((140, y), label, (40, 40, 40), font)
        pencil.text((350, y + 4), value, (10, 10, 10), font)
    card = read(engine, np.asarray(canvas, np.uint8), "library_pass")
    assert [
        card.fields[name].text for name in ("reader", "number", "books", "since")
    ] == (values)
    assert set(card.pages) == {"face"}
