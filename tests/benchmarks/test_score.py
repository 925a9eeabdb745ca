"""The scorer on cases counted by hand."""

import json
import math

import pytest

from benchmarks import score
from benchmarks.score import Line, Truth


def box(x, y, width=100, height=20):
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def truth(*lines, fold_case=False):
    return Truth("a.jpg", "doc", "zh", fold_case, lines)


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("ＡＢ　Ｃ", "ABC"),
        ("“好”", '"好"'),
        ("——", "--"),
        ("……", "......"),
        ("￥5", "¥5"),
        ("3×4", "3x4"),
        ("• 一", "一"),
        ("a·b", "a·b"),
        ("，。", ",。"),
    ],
)
def test_look_alikes_are_compared_as_one(raw, plain):
    assert score.normalise(raw) == plain


def test_letter_case_counts_unless_it_is_folded():
    assert score.normalise("Ab") == "Ab"
    assert score.normalise("Ab", fold_case=True) == "ab"


@pytest.mark.parametrize(
    ("a", "b", "count"),
    [
        ("", "", 0),
        ("", "字", 1),
        ("kitten", "sitting", 3),
        ("识字", "识宇", 1),
        ("abcd", "bcda", 2),
    ],
)
def test_edits_are_the_fewest(a, b, count):
    assert score.edits(a, b) == count
    assert score.edits(b, a) == count


def test_a_page_read_exactly_has_full_marks():
    lines = (Line("第一行", box(0, 0)), Line("第二行", box(0, 40)))
    assert set(score.judge(truth(*lines), lines).tally.shares().values()) <= {1.0}


def test_a_wrong_a_missed_and_an_extra_line_are_counted():
    page = truth(
        Line("甲乙", box(0, 0)), Line("丙丁", box(0, 40)), Line("戊", box(0, 80))
    )
    read = (
        Line("甲乙", box(2, 1)),
        Line("丙丁己", box(0, 40)),
        Line("庚辛", box(500, 300)),
    )
    judged = score.judge(page, read)
    shares = judged.tally.shares()
    assert judged.exact == (True, False, False)
    assert shares["det_P"] == shares["det_R"] == pytest.approx(2 / 3)
    assert shares["e2e_F1"] == pytest.approx(2 / 6)
    # One letter too many, one missed, two extra; of five.
    assert shares["char_acc"] == pytest.approx(1 - 4 / 5)
    assert shares["rec_char_acc"] == pytest.approx(1 - 1 / 5)
    # Four of five letters are read somewhere; as many items as lines.
    assert shares["char_R"] == pytest.approx(4 / 5)
    assert shares["items"] == 1
    # 甲乙丙丁戊 against 甲乙丙丁己庚辛: a swap and two letters too many, of seven.
    assert shares["page_NED"] == pytest.approx(1 - 3 / 7)


@pytest.mark.parametrize(("shift", "paired"), [(33, 1), (34, 0)])
def test_outlines_that_overlap_by_half_are_one_line(shift, paired):
    read = [Line("甲", box(shift, 0))]
    assert score.judge(truth(Line("甲", box(0, 0))), read).tally.paired == paired


def test_the_best_overlap_is_paired_first():
    page = truth(Line("甲", box(0, 0)))
    read = [Line("乙", box(10, 0)), Line("甲", box(1, 0))]
    assert score.judge(page, read).exact == (True,)


def test_what_is_read_in_an_ignored_region_does_not_count():
    page = truth(Line("甲", box(0, 0)), Line("", box(0, 100), ignore=True))
    region = truth(Line("甲", box(0, 0)), Line("?", box(0, 100), ignore=True))
    read = [Line("甲", box(0, 0)), Line("乱", box(5, 102, 80, 15))]
    for case in (page, region):
        assert score.judge(case, read).tally.read == 1


def test_a_page_without_text_has_no_share_but_a_likeness():
    empty = score.judge(truth(), []).tally.shares()
    noisy = score.judge(truth(), [Line("乱", box(0, 0))]).tally.shares()
    assert math.isnan(empty["e2e_F1"])
    assert (empty["page_NED"], noisy["page_NED"]) == (1.0, 0.0)


def test_what_is_read_on_a_page_without_text_counts_as_items():
    page = score.judge(truth(), [Line("乱", box(0, 0))])
    assert (page.tally.items, page.tally.read) == (1, 0)


def test_lines_of_one_row_are_ordered_from_the_left():
    lines = [Line("右", box(200, 3)), Line("下", box(0, 40)), Line("左", box(0, 0))]
    assert [line.text for line in score.in_rows(lines)] == ["左", "右", "下"]


def test_groups_are_all_then_kinds_and_languages():
    page = truth(Line("甲", box(0, 0)))
    groups = score.by_group([page], {"a.jpg": score.judge(page, page.lines)})
    assert list(groups) == ["ALL", "kind doc zh", "lang zh"]


@pytest.mark.parametrize(
    ("gained", "lost", "chance"),
    [(0, 0, 1.0), (5, 5, 1.0), (0, 5, 2 / 32), (8, 1, 20 / 512)],
)
def test_the_sign_test_tells_how_likely_chance_is(gained, lost, chance):
    assert score.sign_test(gained, lost) == pytest.approx(chance)


def test_lines_that_one_alone_reads_are_gained_or_lost():
    page = truth(Line("甲", box(0, 0)), Line("乙", box(0, 40)))
    ours = {"a.jpg": score.judge(page, page.lines[:1])}
    theirs = {"a.jpg": score.judge(page, page.lines[1:])}
    gained, lost = score.gained_and_lost(ours, theirs)
    assert (gained, lost) == ({"a.jpg": 1}, {"a.jpg": 1})


def test_labels_are_read_from_a_folder(tmp_path):
    row = {
        "image": "b.png",
        "kind": "sign",
        "lang": "en",
        "fold_case": True,
        "lines": [{"text": "EXIT", "quad": box(0, 0)}, {"text": "", "ignore": True}],
    }
    (tmp_path / "labels.jsonl").write_text(json.dumps(row) + "\n\n", "utf-8")
    (read,) = score.read_truth(tmp_path)
    assert read.fold_case
    assert read.lines == (Line("EXIT", box(0, 0)), Line("", (), ignore=True))
