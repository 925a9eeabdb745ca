from __future__ import annotations

from benchmarks import systems
from benchmarks.neighbour import Neighbour

HEAD = "level\tblock_num\tpar_num\tline_num\tleft\ttop\twidth\theight\ttext"
ROWS = (
    "4\t1\t1\t1\t10\t20\t90\t12\t",
    "5\t1\t1\t1\t10\t20\t30\t12\tone",
    "5\t1\t1\t1\t50\t18\t50\t10\ttwo",
    "5\t1\t1\t2\t10\t40\t30\t12\tthree",
    "5\t1\t2\t1\t10\t60\t30\t12\t ",
)


def test_words_of_one_line_are_one_line_with_the_corners_around_them() -> None:
    table = "\n".join([HEAD, *ROWS])
    lines = systems._lines_of(table)
    assert [line.text for line in lines] == ["one two", "three"]
    assert lines[0].quad == ((10, 18), (100, 18), (100, 32), (10, 32))


def test_what_our_own_processes_do_is_not_other_work() -> None:
    neighbour = Neighbour()
    # As if we had done five minutes of work less than we have, and then more.
    neighbour._own -= 300
    assert neighbour.share() == 0
    neighbour._own += 600
    assert neighbour.share() == 1
