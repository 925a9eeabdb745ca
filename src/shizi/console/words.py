"""What the pages say, in each language; the words themselves are in `words.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "zh": "中文"}
"""The languages by their codes, and what they call themselves."""

# As the pages' `lang` names them; a reader's voice and the fonts go by it.
TAGS: Final[Mapping[str, str]] = {"en": "en", "zh": "zh-CN"}


class Words(NamedTuple):
    """The words of one language.

    Attributes:
        language: Its code.
        texts: What is said, by a name such as `try.drop`.
    """

    language: str
    texts: Mapping[str, str]

    def __call__(self, name: str, /, **values: object) -> str:
        """Return what is said, with values put in where it has `{places}`.

        Raises:
            KeyError: Nothing has this name.
        """
        return self.texts[name].format(**values)

    def of(self, error: BaseException) -> str:
        """Return an error in words for people."""
        names = (f"error.{kind.__name__}" for kind in type(error).__mro__)
        return self.texts[next(name for name in names if name in self.texts)]


@cache
def load_words(language: str) -> Words:
    """Return the words of a language of `LANGUAGES`."""
    file = resources.files("shizi.console") / "words.toml"
    place = list(LANGUAGES).index(language)
    sections = tomllib.loads(file.read_text(encoding="utf-8"))
    return Words(
        language,
        {
            f"{section}.{name}": text[place]
            for section, members in sections.items()
            for name, text in cast("Mapping[str, list[str]]", members).items()
        },
    )


def choose_language(wished: str | None, accepted: str) -> str:
    """Return the language that a visitor reads best.

    Args:
        wished: The code that the visitor chose, if any.
        accepted: The header `Accept-Language`.
    """
    if wished is not None and wished in LANGUAGES:
        return wished
    for tag in _by_weight(accepted.split(",")):
        code = tag.partition("-")[0]
        if code in LANGUAGES:
            return code
    return next(iter(LANGUAGES))


def _by_weight(parts: Iterable[str]) -> list[str]:
    """Return tags of languages, the best first; those with the weight 0 not at all."""
    weighted: list[tuple[float, str]] = []
    for part in parts:
        tag, _, weight = part.partition(";q=")
        try:
            number = float(weight or 1)
        except ValueError:
            continue
        if number > 0:
            weighted.append((-number, tag.strip().lower()))
    return [tag for _, tag in sorted(weighted, key=lambda pair: pair[0])]
