"""What a field says: the texts of a grammar, scored on every view of it.

A text is sought in each view by prefix beam search through the grammar's automaton,
guided by what the rest of the strip can still give each state, so that a prefix that
leads nowhere is dropped however likely it is by itself. What is found is then scored
exactly, on every view.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shizi.documents.ctc import find_spans, forward_rows, greedy, spell
from shizi.documents.lattice import gather
from shizi.documents.search import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from typing import TypeAlias

    from numpy.typing import NDArray

    from shizi.core.posterior import Posterior
    from shizi.documents.grammar import Grammar

    Floats: TypeAlias = NDArray[np.float64]

# How many prefixes are followed.
_BEAM = 16
# How many candidates are kept, and how far below the best, in nats.
_KEPT, _WIDTH = 8, 10.0
# Of how many texts of a view it is asked what else they may be; how far below the best
# such a text and others that are given may be.
_REPAIRED, _WIDE = 4, 30.0
# A view that the grammar has to bend by so many nats counts half.
_BENT = 4.0
_LEAST = -1000.0


class Candidate(NamedTuple):
    """One thing that the views of a field may say.

    Attributes:
        text: The characters.
        score: `acoustic` and the weights of grammar and checks, in nats.
        acoustic: Logarithm of the CTC probability, the views' weighted mean.
        free: The same for what each view says without a grammar; `acoustic - free` is
            by how much the grammar had to bend the reading.
        probabilities: Of each character, 0 to 1, the views' weighted mean.
    """

    text: str
    score: float
    acoustic: float
    free: float
    probabilities: tuple[float, ...]


def decode(
    views: Sequence[Posterior],
    grammar: Grammar,
    *,
    beam: int = _BEAM,
    extra: Iterable[str] = (),
    near: Callable[[str], Iterable[str]] | None = None,
) -> list[Candidate]:
    """Return what the views of one field may say, best first.

    A candidate that any view brings is scored on all of them. Their logarithms are
    averaged, not added, as views show the same ink; a view counts less, the more the
    grammar has to bend what it says.

    Args:
        views: Strips of the same field, of any lengths.
        beam: How many prefixes are followed.
        extra: Texts to be scored too, if the grammar allows them.
        near: What else a text may be read as, to be scored too.
    """
    views = [view for view in views if len(view.log_probs) and view.classes]
    if not views:
        return []
    found: dict[tuple[int, ...], float] = {}
    others = list(extra)
    for view in views:
        likely = search(view, grammar, beam)
        found.update(likely)
        if near is not None:
            for symbols in islice(likely, _REPAIRED):
                others += near("".join(map(grammar.characters.__getitem__, symbols)))
    given = dict(filter(None, map(grammar.spell, others)))
    return _score(views, grammar, found | given, set(given))


def _score(
    views: Sequence[Posterior],
    grammar: Grammar,
    found: Mapping[tuple[int, ...], float],
    given: AbstractSet[tuple[int, ...]],
) -> list[Candidate]:
    """Return the best of some texts, given as symbols, scored on all views.

    Args:
        given: Those that were not found by searching.
    """
    if not found:
        return []
    texts, weights = list(found), np.array(list(found.values()))
    used = sorted({symbol for text in texts for symbol in text})
    column = {symbol: place for place, symbol in enumerate(used, 1)}
    rows = [[column[symbol] for symbol in text] for text in texts]
    characters = [grammar.characters[symbol] for symbol in used]
    kinds = [0, *(1 + characters.index(character) for character in characters)]
    matrices = [gather(view, grammar, np.array(used, np.int64)) for view in views]
    logs = np.array(
        [
            _forward(view, matrix, rows, kinds, grammar.dropped)
            for view, matrix in zip(views, matrices, strict=True)
        ]
    )
    frees, scores = logs[:, -1], logs[:, :-1]
    scores = np.maximum(scores, _LEAST)
    shares = 1 / (_BENT + np.maximum(0, frees - scores.max(axis=1)))
    shares /= shares.sum()
    acoustic: Floats = shares @ scores
    total = acoustic + weights
    best = total.max()
    if best < _LEAST:
        return []
    ranked: list[int] = np.argsort(-total).tolist()
    order = [
        number
        for rank, number in enumerate(ranked)
        if (rank < _KEPT and total[number] > best - _WIDTH)
        or (texts[number] in given and total[number] > best - _WIDE)
    ]
    probabilities = _probabilities(matrices, shares, [rows[number] for number in order])
    return [
        Candidate(
            "".join(grammar.characters[symbol] for symbol in texts[number]),
            total.item(number),
            acoustic.item(number),
            float(shares @ frees),
            each,
        )
        for number, each in zip(order, probabilities, strict=True)
    ]


def _forward(
    view: Posterior,
    matrix: Floats,
    rows: Sequence[Sequence[int]],
    kinds: Sequence[int],
    dropped: AbstractSet[str],
) -> Floats:
    """Return how likely a view says some texts and, last, what it says by itself.

    Args:
        matrix: float64, (T, 1 + N), the view's blank, with it all that is dropped, and
            columns.
        rows: The columns of each text.
        kinds: What character each column is of.
    """
    free = [glyph.character for glyph in greedy(view)]
    own, row = spell(view, [each for each in free if each not in dropped])
    first = matrix.shape[1] - 1
    columns = np.concatenate([matrix, own[:, 1:]], axis=1)
    # Equal characters have the same column there, so that the column tells the kind.
    kinds = [*kinds, *range(len(kinds), columns.shape[1])]
    return forward_rows(columns, [*rows, [first + each for each in row]], kinds)


def _probabilities(
    matrices: Sequence[Floats], shares: Floats, rows: Sequence[Sequence[int]]
) -> list[tuple[float, ...]]:
    """Return for each text the mean probability of each character over the views."""
    totals = [np.zeros(len(row)) for row in rows]
    for matrix, share in zip(matrices, shares, strict=True):
        for number, spans in enumerate(find_spans(matrix, rows)):
            if spans is not None:
                totals[number] += share * np.array(
                    [
                        matrix[start:end, column].max()
                        for column, (start, end) in zip(
                            rows[number], spans, strict=True
                        )
                    ]
                )
    return [tuple(np.minimum(total, 1.0).tolist()) for total in totals]
