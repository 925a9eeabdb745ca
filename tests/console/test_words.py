"""Claims about what the pages say."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from shizi.console.words import LANGUAGES, choose_language, load_words
from shizi.core import errors
from shizi.documents import quality
from shizi.documents.spec import load_spec

CONSOLE = resources.files("shizi.console")
TEMPLATES = list((CONSOLE / "templates").iterdir())
SAID = re.compile(r'w\("([\w.-]+)"(?! ?~)')
# Looked up by the name of what is told; each is tested below or where it is told.
LOOKED_UP = {"act", "api", "done", "error", "field", "sample", "warning"}
# Put together in the templates from a section and what is shown.
JOINED = {
    *(f"try.{kind}" for kind in ("auto", "text", "licence")),
    *(f"site.{page}" for page in ("try", "apps", "plans", "usage", "health", "audit")),
    *(f"result.{side}" for side in ("front", "back")),
    *(f"result.{level}" for level in ("sure", "likely", "check")),
}


def templates() -> str:
    return "".join(file.read_text("utf-8") for file in TEMPLATES)


def code() -> str:
    """Return the console's Python."""
    files = (file for file in CONSOLE.iterdir() if file.name.endswith(".py"))
    return "".join(file.read_text("utf-8") for file in files)


def errors_of(kind: type[BaseException]) -> set[type[BaseException]]:
    return {kind}.union(*(errors_of(each) for each in kind.__subclasses__()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_says_something(language: str) -> None:
    assert all(text.strip() for text in load_words(language).texts.values())


def test_both_languages_have_the_same_places_for_values() -> None:
    english, chinese = (load_words(language).texts for language in LANGUAGES)
    place = re.compile(r"\{\w+\}")
    assert english.keys() == chinese.keys()
    for name, text in english.items():
        assert set(place.findall(text)) == set(place.findall(chinese[name])), name


@pytest.mark.parametrize("name", sorted(set(SAID.findall(templates()))))
def test_what_a_template_says_is_there(name: str) -> None:
    assert name in load_words("en").texts


def test_nothing_is_there_that_no_page_says() -> None:
    said = set(re.findall(r'"(\w+\.[\w.-]+)"', templates() + code()))
    for name in load_words("en").texts:
        assert name in said | JOINED or name.partition(".")[0] in LOOKED_UP, name


def test_every_act_has_its_words() -> None:
    verbs = re.findall(r'case "(\w+)":', code())
    assert verbs
    names = load_words("en").texts
    for verb in verbs:
        assert {f"act.app.{verb}", f"done.{verb}"} <= names.keys()
    acts = re.findall(r'"((?:app|plan|login)[.\w]*)"', code())
    assert {"app.add", "app.rotate", "login", "login.refused"} <= set(acts)
    for act in ("app.add", "app.rotate", "plan.set", "plan.remove", "login.refused"):
        assert f"act.{act}" in names


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "kind", sorted(errors_of(errors.ShiziError), key=lambda kind: kind.__name__)
)
def test_every_error_is_told(kind: type[BaseException], language: str) -> None:
    error = kind(0, "") if kind is errors.CloudError else kind("private words")
    text = load_words(language).of(error)
    assert text
    assert "private" not in text


def test_an_error_of_nobody_is_told() -> None:
    assert "log" in load_words("en").of(ZeroDivisionError("private"))


def test_every_error_with_words_exists() -> None:
    names = {kind.__name__ for kind in errors_of(errors.ShiziError)} | {"Exception"}
    for name in load_words("en").texts:
        section, _, rest = name.partition(".")
        assert section != "error" or rest in names


def test_every_field_and_warning_of_a_licence_has_a_name() -> None:
    spec = load_spec("vehicle_licence")
    fields = {field.name for page in spec.pages for field in page.fields}
    fields |= {part.name for part in spec.parts}
    told = {
        quality.BLURRED,
        quality.GLARE,
        quality.CUT_OFF,
        quality.TOO_SMALL,
        quality.COPY,
    }
    names = load_words("en").texts
    assert {f"field.{name}" for name in fields} <= names.keys()
    assert {f"warning.{name}" for name in told} <= names.keys()


@pytest.mark.parametrize(
    ("wished", "accepted", "language"),
    [
        (None, "", "en"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "zh-TW", "zh"),
        (None, "en-US,en;q=0.9,zh;q=0.8", "en"),
        (None, "fr, zh;q=0.5, en;q=0.7", "en"),
        (None, "fr", "en"),
        (None, "zh;q=0, en;q=0.1", "en"),
        (None, "zh;q=often", "en"),
        ("zh", "en", "zh"),
        ("en", "zh", "en"),
        ("tlh", "zh", "zh"),
    ],
)
def test_a_visitor_is_addressed_in_the_best_language(
    wished: str | None, accepted: str, language: str
) -> None:
    assert choose_language(wished, accepted) == language
