from shizi.access.recent import Recent


class Ticks:
    """A clock that is moved by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_holds_for_some_seconds_from_its_question_on() -> None:
    ticks = Ticks()
    recent: Recent[str] = Recent(3, ticks=ticks)
    asked = recent.begin()
    ticks.now += 2
    recent.keep(b"key", "answer", asked=asked)
    ticks.now += 0.9
    assert recent.find(b"key") == "answer"
    ticks.now += 0.1
    assert recent.find(b"key") is None


def test_with_no_seconds_nothing_is_kept() -> None:
    recent: Recent[str] = Recent(0)
    recent.keep(b"key", "answer", asked=recent.begin())
    assert recent.find(b"key") is None


def test_of_too_many_answers_the_first_is_forgotten() -> None:
    recent: Recent[int] = Recent(3, ticks=Ticks())
    for number in range(10_001):
        recent.keep(str(number).encode(), number, asked=100)
    assert recent.find(b"0") is None
    assert recent.find(b"1") == 1
    assert recent.find(b"10000") == 10_000
