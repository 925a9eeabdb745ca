"""How a field is read: a grammar, the checks on what it allows, the way out of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from shizi.documents.checks import CHECKS
from shizi.documents.compiler import compile_grammar
from shizi.documents.decode import decode
from shizi.documents.lexicon import load_lexicon
from shizi.documents.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from shizi.core.posterior import Posterior
    from shizi.documents.decode import Candidate
    from shizi.documents.grammar import Grammar
    from shizi.documents.lexicon import Lexicon
    from shizi.documents.table import Table
    from shizi.documents.words import Words

_BEAM = 16
# Free text has no dead ends: few prefixes find what is there.
_FREE_BEAM = 8
# So many readings of a text, less one, are tried for the names and words near to it.
_NEAR = 25
# A text whose characters are each likelier, and that the grammar bends by fewer nats,
# is tried with no name put right: such a value is not looked at again, either. With
# all of them tried a licence took 2.65 times the CPU of its printed text, so 2.35.
_PLAIN, _STRAIGHT = 0.9, 1.0
# What is outside a grammar must be e to the power of 10 as likely as its best.
_MARGIN = 10.0
_SURE = 0.8


class Outside(NamedTuple):
    """How a text that the grammar excludes is let through.

    Attributes:
        grammar: What such a text may be.
        margin: By how many nats it must be likelier than the best of the grammar.
        sure: The least probability that each of its characters must have.
        but: The list of which no mere part is such a text, if there is one.
    """

    grammar: Grammar
    margin: float
    sure: float
    but: Grammar | None


class Names(NamedTuple):
    """Names that texts begin or end with, or words that they are made of.

    Attributes:
        lexicon: The names or words.
        bonus: By how many nats a text is likelier for each name, or for each character
            behind another one of its word.
    """

    lexicon: Lexicon | Words
    bonus: float


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """How one kind of field is read.

    Attributes:
        name: Its name in the specification.
        grammar: What the field may say.
        checks: Names of `CHECKS` that the text is held to.
        beam: How many prefixes are followed.
        outside: The way out of the grammar.
        replaced: What is given instead of some texts.
        prefixes: What is taken off the beginning of a text.
        lexicons: Names that a text likely begins or ends with; words in it.
    """

    name: str
    grammar: Grammar
    checks: tuple[str, ...] = ()
    beam: int = _BEAM
    outside: Outside | None = None
    replaced: Mapping[str, str] = field(default_factory=dict[str, str])
    prefixes: tuple[str, ...] = ()
    lexicons: tuple[Names, ...] = ()

    def read(
        self, views: Sequence[Posterior], *, today: date, extra: Iterable[str] = ()
    ) -> list[Candidate]:
        """Return what a field may say, best first; nothing if nothing fits.

        Args:
            views: Strips of the same field, of any lengths.
            today: No date is later.
            extra: Texts to be scored too, as those read on another page.
        """
        extra = list(extra)
        found = decode(views, self.grammar, beam=self.beam, extra=extra)
        if self.lexicons and not _is_sure(found):
            found = decode(
                views, self.grammar, beam=self.beam, extra=extra, near=self._near
            )
        if self.outside:
            found = _let_out(found, views, self.outside)
        return _checked(self._normalised(found), self.checks, today)

    def allows(self, text: str) -> bool:
        """Return whether the grammar has a text, what is outside of it apart."""
        return self.grammar.spell(text) is not None

    def _near(self, text: str) -> list[str]:
        """Return what else a text may be, with the names in it put right."""
        found = [text]
        for names in self.lexicons:
            found += [other for each in found for other in names.lexicon.near(each)]
        return found[1:_NEAR]

    def _normalised(self, found: list[Candidate]) -> list[Candidate]:
        """Return the candidates as they are given, each text once."""
        texts: dict[str, Candidate] = {}
        for each in found:
            text = each.text
            for prefix in self.prefixes:
                text = text.removeprefix(prefix)
            text = self.replaced.get(text, text)
            if text not in texts:
                bonus = sum(
                    names.bonus * names.lexicon.depth(text) for names in self.lexicons
                )
                texts[text] = each._replace(text=text, score=each.score + bonus)
        return sorted(texts.values(), key=lambda each: -each.score)


def make_rule(
    name: str,
    table: Table,
    sets: Mapping[str, frozenset[str]],
    aliases: Mapping[str, str],
) -> Rule:
    """Return the rule that a specification's table describes.

    Raises:
        SpecError: The table is malformed.
    """
    kind = table.text("kind")
    if kind not in _KINDS:
        raise table.fault(f"no kind of rule is named {kind!r}")
    dropped = table.text("drop", "")
    checks = table.texts("checks", ())
    for check in checks:
        if check not in CHECKS:
            raise table.fault(f"no check is named {check!r}")
    replaced = table.table("replace")
    replacements = {text: replaced.text(text) for text in replaced.names()}
    prefixes = table.texts("prefixes", ())
    beam = int(table.number("beam", _FREE_BEAM if kind == "free" else _BEAM))
    if beam < 1:
        raise table.fault("beam is not above nought")
    patterns = _free(table) if kind == "free" else _patterns(table)
    lexicons = tuple(_names(each) for each in table.tables("lexicon"))
    grammar = table.attempt(
        compile_grammar, patterns, sets=sets, aliases=aliases, dropped=dropped
    )
    outside = None
    if table.has("outside"):
        outside = Outside(
            table.attempt(
                compile_grammar,
                [(table.text("outside"), 0.0)],
                sets=sets,
                aliases=aliases,
                dropped=dropped,
            ),
            table.number("margin", _MARGIN),
            table.number("sure", _SURE),
            grammar if kind == "vocabulary" else None,
        )
    table.end()
    return Rule(
        name,
        grammar,
        checks,
        beam,
        outside,
        replacements,
        prefixes,
        lexicons,
    )


_KINDS = ("pattern", "vocabulary", "free")
_SIDES = ("start", "end", "inside")


def _names(table: Table) -> Names:
    """Return the names that a rule's table speaks of."""
    side = table.text("at", "start")
    if side not in _SIDES:
        raise table.fault(f"at is {side!r}, none of {', '.join(_SIDES)}")
    name = table.text("name")
    lexicon: Lexicon | Words
    if side == "inside":
        lexicon = table.attempt(load_words, name)
    else:
        lexicon = table.attempt(load_lexicon, name, from_end=side == "end")
    names = Names(lexicon, table.number("bonus"))
    table.end()
    return names


def _patterns(table: Table) -> list[tuple[str, float]]:
    """Return the patterns of a rule, each with its weight."""
    patterns: list[tuple[str, float]] = []
    for part in table.parts("patterns"):
        if isinstance(part, str):
            patterns.append((part, 0.0))
        else:
            patterns.append((part.text("pattern"), part.number("prior")))
            part.end()
    return patterns


def _free(table: Table) -> list[tuple[str, float]]:
    """Return the pattern of free text."""
    least = int(table.number("least"))
    return [(f"[{table.text('characters')}]{{{least},}}", 0.0)]


def _is_sure(found: Sequence[Candidate]) -> bool:
    """Return whether what is read needs no names to be put right."""
    if not found:
        return False
    bent = found[0].free - found[0].acoustic
    return min(found[0].probabilities, default=0.0) > _PLAIN and bent < _STRAIGHT


def _let_out(
    found: list[Candidate], views: Sequence[Posterior], outside: Outside
) -> list[Candidate]:
    """Return the candidates and those outside the grammar that beat its best."""
    best = found[0].score if found else -math.inf
    if found and found[0].acoustic >= found[0].free - outside.margin:
        return found
    others = [
        each._replace(score=each.score - outside.margin)
        for each in decode(views, outside.grammar, beam=_FREE_BEAM)
        if min(each.probabilities, default=0.0) >= outside.sure
        and not (outside.but and outside.but.has_part(each.text))
    ]
    beating = [each for each in others if each.score > best]
    return [*beating, *found]


def _checked(
    found: list[Candidate], checks: Sequence[str], today: date
) -> list[Candidate]:
    """Return the candidates with the checks' bonuses, in their new order.

    What was best before stays so if two others would pass it: then the checks do not
    tell which character was misread, and those two score as much as the first.
    """
    rated = [
        each._replace(
            score=each.score + sum(CHECKS[check](each.text, today) for check in checks)
        )
        for each in found
    ]
    rated = [each for each in rated if each.score > -math.inf]
    if not rated:
        return []
    first = rated[0]
    if sum(each.score > first.score for each in rated) > 1:
        rated = [each._replace(score=min(each.score, first.score)) for each in rated]
    return sorted(rated, key=lambda each: -each.score)
