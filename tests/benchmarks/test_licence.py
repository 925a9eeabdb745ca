"""Made licences: what is true of every picture, and of the two families of looks."""

import json
from datetime import date

import cv2
import numpy as np
import pytest

from benchmarks.geometry import Outline
from benchmarks.licence import albums, ink, numbers
from benchmarks.licence.chance import STOCK, Chance
from benchmarks.licence.lettering import Layer, Type, broken
from benchmarks.licence.licences import BACK, FIELDS, FRONT, any_licence
from benchmarks.licence.looks import REPORT, TUNE
from benchmarks.licence.pictures import CONDITIONS, draw
from benchmarks.render import fonts

BOTH = pytest.mark.parametrize("family", [TUNE, REPORT], ids=["tune", "report"])


def licences(count, half=0):
    return [
        any_licence(Chance(np.random.default_rng([7, i]), half)) for i in range(count)
    ]


@pytest.mark.parametrize(
    ("vin", "right"), [("1M8GDM9AXKP042788", "X"), ("11111111111111111", "1")]
)
def test_check_characters_are_those_of_the_standard(vin, right):
    assert numbers.check_character(vin) == right


def test_vins_fail_their_check_only_where_it_is_said():
    made = licences(300)
    for licence in made:
        vin = licence.fields["vin"]
        assert len(vin) == 17
        assert set(vin) <= set(numbers.VIN_CHARACTERS)
        assert (numbers.check_character(vin) != vin[8]) == licence.failing
    assert 3 <= sum(licence.failing for licence in made) <= 35


def test_facts_of_a_licence_fit_together():
    for licence in licences(300, half=1):
        said = licence.fields
        assert said["plate_num"] == said["plate_num_b"]
        first, then = (
            date.fromisoformat(said[name]) for name in ("register_date", "issue_date")
        )
        assert first <= then
        total, curb = (
            int(said[name].removesuffix("kg"))
            for name in ("total_quality", "prepare_quality")
        )
        assert total > curb
        if licence.role == "trailer":
            assert said["plate_num"].endswith("挂")
            assert said["vehicle_type"].endswith(("挂车", "旅居挂车", "车辆运输车"))
            assert said["passengers_num"] == "--"
            assert said["engine_num"] in {"无", "--", ""}
        else:
            assert said["engine_num"]


def test_many_kinds_of_plates_are_made():
    ends = {licence.fields["plate_num"][-1] for licence in licences(700)}
    assert set("挂学警") <= ends
    assert {len(licence.fields["plate_num"]) for licence in licences(50)} >= {7, 8}


def test_families_share_no_look():
    assert not set(TUNE.faces) & set(REPORT.faces)
    for name in (
        "tints",
        "patterns",
        "holograms",
        "grounds",
        "wallets",
        "seals",
        "jitters",
        "spreads",
        "gammas",
        "sharpenings",
        "vignettes",
        "screens",
        "blurs",
    ):
        assert not set(getattr(TUNE, name)) & set(getattr(REPORT, name)), name


@BOTH
def test_a_family_can_draw_every_character_that_it_says(family):
    said = "".join(
        (STOCK / name).read_text("utf-8")
        for name in ("places.txt", "words.txt", "brands.txt")
    )
    made = (
        any_licence(Chance(np.random.default_rng(i), family.half)) for i in range(99)
    )
    said += "".join("".join(one.fields.values()) + one.authority for one in made)
    last = family.hei[-1]
    han = {character for character in said if character > "\u02ff"}
    assert not {character for character in han if not fonts.covers(last, character)}
    for face in (*family.latin, *family.struck):
        assert fonts.covers(face, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-()/*:xkgm#"), (
            face
        )


def test_a_line_too_wide_is_set_closer_and_smaller_but_whole():
    face = TUNE.hei[0]
    kind = Type((face,), face, 40)
    layer = Layer(900, 80)
    left, _, right, _ = layer.set("5600×1900×1800mm", 10, 40, kind, most=260)
    assert (left, right <= 271) == (10, True)
    assert layer.mask[:, 272:].max() == 0
    lines = broken("一二三四五六七八九十", kind, 165, 3)
    assert ["".join(lines), len(lines)] == ["一二三四五六七八九十", 3]


def test_a_struck_zero_is_another_zero():
    face = REPORT.hei[0]
    marks = set()
    for zero in ("plain", "slash", "inner", "dot"):
        layer = Layer(60, 60)
        layer.set("0", 10, 30, Type((face,), face, 40, zero=zero))
        marks.add(layer.mask.tobytes())
    assert len(marks) == 4


@pytest.mark.parametrize("printer", ["laser", "jet", "dots"])
def test_a_printer_keeps_the_thinnest_stroke(printer):
    mask = np.zeros((60, 200), np.uint8)
    mask[30:32, 20:180] = 255
    for seed in range(5):
        chance = Chance(np.random.default_rng(seed), 0)
        cover = ink.printed(mask, printer, chance, faded=0.0)
        assert cover[26:36, 20:180].max(axis=0).mean() > 0.4


@pytest.mark.parametrize(
    ("family", "condition"), list(zip([TUNE, REPORT] * 4, CONDITIONS, strict=False))
)
def test_a_seed_gives_one_picture(family, condition):
    first, again = (draw(family, condition, 5, 1) for _ in range(2))
    assert first.jpeg == again.jpeg
    assert first.fields == again.fields


@BOTH
def test_the_truth_is_of_what_is_on_the_picture(family):
    for number in range(3):
        picture = draw(family, "medium", 11, number)
        pages = {"front", "back"} if picture.pages == "both" else {picture.pages}
        assert set(picture.quads) == pages
        assert set(picture.fields) == set(FIELDS)
        absent = {
            "front": BACK,
            "back": FRONT,
            "both": (),
        }[picture.pages]
        assert not any(picture.fields[name] for name in absent)
        width, height = picture.size
        for quad in picture.quads.values():
            assert ((quad > -0.02 * width) & (quad < 1.02 * max(width, height))).all()
            # Clockwise from the page's own top left: never mirrored.
            assert cv2.contourArea(quad.astype(np.float32), oriented=True) > 0
        for name, box in picture.boxes.items():
            page = "front" if name in FRONT else "back"
            inside = Outline(box).shared(Outline(picture.quads[page]))
            assert inside > 0.97 * Outline(box).area, name


@BOTH
def test_the_electronic_licence_says_what_its_rows_say(family):
    for number in range(3):
        picture = draw(family, "electronic", 2, number)
        assert picture.quads == {}
        assert picture.fields["vin"]
        assert picture.fields["plate_num_b"] == ""
        said = {name for name, value in picture.fields.items() if value}
        assert said | set(picture.extra) == set(picture.boxes)
        width, height = picture.size
        for box in picture.boxes.values():
            assert (box >= 0).all()
            assert (box <= (width, height)).all()


@BOTH
def test_a_picture_of_something_else_has_no_field(family):
    kinds = set()
    for number in range(5):
        picture = draw(family, "none", 4, number)
        assert not any(picture.fields.values())
        assert (picture.quads, picture.pages, picture.extra) == ({}, "", {})
        kinds.add(picture.meta["what"])
    assert len(kinds) >= 2


def test_a_folder_holds_a_truth_for_each_picture(tmp_path):
    albums.write(tmp_path, "tune", "easy", [0, 1], seed=3)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name.split(".")[-1] for name in names] == ["jpg", "json"] * 2
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 4
    truth = json.loads((tmp_path / names[1]).read_text("utf-8"))
    assert truth["image"] == names[0]
    assert truth["condition"] == "easy"
    assert truth["type"] == "photo"
    picture = cv2.imread(str(tmp_path / names[0]))
    assert picture.shape[:2] == tuple(truth["meta"]["size"][::-1])
