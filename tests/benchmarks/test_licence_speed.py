"""What reading a card costs against printed text, on readers made by hand."""

import pytest

from benchmarks.licence import speed
from benchmarks.licence.speed import Cost, Pair


def test_the_medians_and_their_ratio_are_told():
    pairs = [
        Pair(Cost(1.0, 2.0), Cost(2.0, 3.0)),
        Pair(Cost(1.0, 2.0), Cost(2.5, 5.0)),
        Pair(Cost(4.0, 2.0), Cost(9.0, 9.0)),
    ]
    easy, every = speed.tell({"easy": pairs}).splitlines()[2:]
    assert easy == "| easy | 3 | 1.00 | 2.50 | 2.50 | 2.00 | 5.00 | 2.50 |"
    assert every == easy.replace("easy", "ALL")


@pytest.mark.real
def test_both_ways_of_reading_are_measured(tmp_path, monkeypatch, capsys):
    document = tmp_path / "figures.md"
    marks = "<!-- licence-speed:begin -->\n<!-- licence-speed:end -->\n"
    document.write_text(marks, "utf-8")
    options = "--family tune --condition easy --count 2 --write"
    monkeypatch.setattr("sys.argv", ["speed", *options.split(), str(document)])
    assert speed.main() == 0
    assert "| easy | 2 |" in capsys.readouterr().out
    row = document.read_text("utf-8").partition("| ALL | 2 |")[2]
    figures = [float(each) for each in row.split("\n")[0].split("|")[:6]]
    assert all(figure > 0 for figure in figures)
