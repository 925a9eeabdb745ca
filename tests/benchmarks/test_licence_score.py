"""The licences' scorer on answers made by hand."""

import json

import pytest

from benchmarks.licence import accuracy, score
from benchmarks.licence.licences import FIELDS
from benchmarks.licence.score import Answer, Truth


def box(x, y, width=880, height=600):
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def truth(quads=None, condition="easy", **fields):
    said = dict.fromkeys(FIELDS, "") | fields
    return Truth("a", condition, "photo", said, quads or {})


def judged(true, fields, **rest):
    tally, slips = score.judge(true, Answer(fields, **rest))
    return tally.counts, slips


@pytest.mark.parametrize(
    ("field", "raw", "plain"),
    [
        ("owner", "张 三", "张三"),
        ("owner", "买买提・艾力", "买买提·艾力"),
        ("addr", "（东侧）１２号", "(东侧)12号"),
        ("passengers_num", "—", "--"),
        ("engine_num", "----", "--"),
        ("vin", "----", "----"),
        ("overall_size", "4500×1800X1500mm", "4500x1800x1500mm"),
        ("model", "a×b", "a×b"),
        ("register_date", "2020–01–02", "2020-01-02"),
    ],
)
def test_values_are_compared_without_what_says_nothing(field, raw, plain):
    assert score.normalise(field, raw) == plain


def test_values_are_right_empty_wrong_or_ghosts():
    true = truth(vin="L1", owner="张三", addr="某市")
    counts, slips = judged(true, {"vin": "L1", "owner": "张二", "model": "X"})
    figures = ("values", "right", "empty", "wrong", "ghosts", "absent")
    assert [counts[figure] for figure in figures] == [3, 1, 1, 1, 1, 13]
    assert {(slip.field, slip.wanted, slip.given) for slip in slips} == {
        ("owner", "张三", "张二"),
        ("addr", "某市", ""),
        ("model", "", "X"),
    }
    assert (counts["whole"], counts["with wrong"]) == (0, 1)


def test_a_plate_may_stand_in_both_of_its_fields():
    true = truth(plate_num="京A12345")
    counts, _ = judged(true, {"plate_num": "京A12345", "plate_num_b": "京A12345"})
    assert (counts["whole"], counts["ghosts"]) == (1, 0)
    counts, _ = judged(true, {"plate_num": "京A12345", "plate_num_b": "京A12346"})
    assert (counts["whole"], counts["ghosts"]) == (0, 1)


def test_an_empty_value_spoils_a_document_but_is_not_wrong():
    counts, _ = judged(truth(vin="L1"), {})
    assert (counts["whole"], counts["with wrong"], counts["empty"]) == (0, 0, 1)


def test_a_page_is_placed_where_it_overlaps_by_nine_tenths():
    true = truth({"front": box(0, 0), "back": box(0, 700)})
    for shift, placed in ((0, 1), (20, 1), (60, 0)):
        counts, _ = judged(true, {}, quads={"front": box(shift, 0)})
        assert counts["placed"] == placed
        assert (counts["pages"], counts["pages found"]) == (2, 1)
    counts, _ = judged(truth({"front": box(0, 0)}), {}, quads={"back": box(0, 0)})
    assert (counts["pages found"], counts["page ghosts"]) == (0, 1)


def test_only_sure_values_are_held_to_their_confidence():
    true = truth(vin="L1", owner="张三", addr="某市")
    said = {"vin": "L1", "owner": "张二", "addr": "某"}
    sure = {"vin": 0.99, "owner": 0.95, "addr": 0.9, "model": 1.0}
    counts, _ = judged(true, said, confidences=sure)
    assert (counts["sure"], counts["sure right"]) == (2, 1)


def test_a_picture_without_a_licence_is_to_be_refused():
    other = truth(condition="none")
    assert judged(other, {}, found=False)[0] == {"others": 1, "refused": 1}
    assert judged(other, {"vin": "L1"})[0] == {"others": 1, "refused": 0}


def test_a_licence_that_was_not_found_is_missed():
    counts, _ = judged(truth(vin="L1"), {}, found=False)
    assert (counts["documents"], counts["missed"], counts["empty"]) == (1, 1, 1)


def test_groups_add_up():
    tallies = [
        (condition, score.judge(truth(condition=condition, vin="L1"), answer)[0])
        for condition in ("easy", "hard")
        for answer in (Answer({"vin": "L1"}), Answer({}))
    ]
    groups = score.by_condition(tallies)
    assert list(groups) == ["easy", "hard", "ALL"]
    assert groups["easy"].share("right", "values") == 0.5
    assert groups["ALL"].counts["documents"] == 4
    assert groups["ALL"].by_field["vin"] == {"values": 4, "right": 2, "empty": 2}
    assert groups["easy"].share("refused", "others") is None


def test_a_reply_is_read_under_either_spelling():
    reply = {
        "errcode": 0,
        "vhicle_type": "小型轿车",
        "totalprepare_quality_quality": "1500kg",
        "plate_num_b": "京A12345",
        "owner": " ",
        "card_position_front": {
            "pos": {
                "left_top": {"x": 1, "y": 2},
                "right_top": {"x": 9, "y": 2},
                "right_bottom": {"x": 9, "y": 7},
                "left_bottom": {"x": 1, "y": 7},
            }
        },
        "detail": {"fields": {"vin": {"text": "L1", "confidence": 0.97}}},
    }
    answer = score.read_answer(reply)
    assert answer.fields == {
        "vehicle_type": "小型轿车",
        "prepare_quality": "1500kg",
        "plate_num": "京A12345",
        "plate_num_b": "京A12345",
    }
    assert answer.quads == {"front": ((1, 2), (9, 2), (9, 7), (1, 7))}
    assert answer.confidences == {"vin": 0.97}
    assert answer.found
    assert not score.read_answer({"errcode": 101001, "errmsg": "x"}).found


def test_a_folder_without_truths_is_refused(tmp_path):
    row = {"image": "a.jpg", "condition": "easy", "type": "photo", "quads": {}}
    (tmp_path / "a.json").write_text(json.dumps(row | {"fields": {"vin": "L1"}}))
    with pytest.raises(ValueError, match=r"a\.jpg: no truth of a licence"):
        score.read_truths(tmp_path)


def test_tables_tell_shares_in_percent():
    tally, _ = score.judge(truth(vin="L1", owner="张三"), Answer({"vin": "L1"}))
    groups = score.by_condition([("easy", tally)])
    head, _, easy, every = accuracy.tell(groups).splitlines()
    assert head.startswith("| pictures | n | right | empty | wrong | ghosts | whole |")
    assert easy.startswith("| easy | 1 | 50.00 | 50.00 | 0.00 | 0.00 | 0.00 |")
    assert every.startswith("| ALL | 1 |")
    rows = accuracy.tell_fields(groups).splitlines()
    assert "| vin | 100.00 | 100.00 | 0 | 0 | 0 |" in rows
    assert "| owner | 0.00 | 0.00 | 1 | 0 | 0 |" in rows
    assert "| addr | - | - | 0 | 0 | 0 |" in rows


def test_a_folder_without_pictures_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["accuracy", "--data", str(tmp_path)])
    assert accuracy.main() == 1
    assert "no picture with its truth" in capsys.readouterr().err


@pytest.mark.real
def test_what_is_drawn_is_read_and_told(tmp_path, monkeypatch, capsys):
    document, answers = tmp_path / "figures.md", tmp_path / "answers"
    counts = tmp_path / "counts.json"
    document.write_text("<!-- licences:begin -->\n<!-- licences:end -->\n", "utf-8")
    options = "--family tune --condition electronic none --count 1 --seed 2"
    files = ["--answers", str(answers), "--write", str(document)]
    files += ["--json", str(counts)]
    monkeypatch.setattr("sys.argv", ["accuracy", *options.split(), *files])
    assert accuracy.main() == 0
    told = capsys.readouterr().out
    assert "| electronic | 1 |" in told
    assert "| none | 1 |" in told
    assert "| vin | " in document.read_text("utf-8")
    kept = json.loads(counts.read_text("utf-8"))
    assert kept["electronic"]["counts"]["documents"] == 1
    assert kept["electronic"]["by_field"]["vin"]["values"] == 1
    assert sorted(file.name for file in answers.iterdir()) == [
        "tune-2-electronic-0000.json",
        "tune-2-none-0000.json",
    ]
