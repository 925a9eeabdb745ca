"""Posteriors made by hand: what a recogniser would believe of a strip."""

from __future__ import annotations

import string

import numpy as np

from shizi.core.posterior import Posterior
from shizi.documents.ctc import forward_rows, spell

# Of the recogniser's classes, those that the tests speak of; "blank" is class 0.
CHARACTERS = (
    string.digits
    + string.ascii_letters
    + "-—–_一×〇Ø ·+*/()（）０Ａ:人"
    + "京粤粵渝车車小大中型普通客轿货重半挂牵引普半非营运租赁警用学教练奇怪东名"
    + "省市区北重庆"
)
CLASSES = {each: number for number, each in enumerate(dict.fromkeys(CHARACTERS), 1)}


def strip(*places: str | dict[str, float], floor: float = 1e-5) -> Posterior:
    """Return the strip that says one place after the other.

    Args:
        places: A character, or what share of the probability each of some has; the
            rest is the blank's. A text of several characters stands for all of them.
        floor: What any other class has.
    """
    rows: list[np.ndarray] = []
    for place in places:
        for shares in [place] if isinstance(place, dict) else list(place):
            given = shares if isinstance(shares, dict) else {shares: 0.999}
            row = np.full(len(CLASSES) + 1, floor)
            for character, share in given.items():
                row[CLASSES[character]] = share
            row[0] = max(floor, 1 - sum(given.values()))
            rows += [row, _blank(floor)]
    table = np.array([_blank(floor), *rows])
    table /= table.sum(axis=1, keepdims=True)
    return Posterior(np.log(table).astype(np.float32), CLASSES, 8, 8 * len(table))


def forward(posterior: Posterior, text: str) -> float:
    """Return the logarithm of a text's CTC probability."""
    columns, row = spell(posterior, text)
    return float(forward_rows(columns, [row])[0])


def _blank(floor: float) -> np.ndarray:
    row = np.full(len(CLASSES) + 1, floor)
    row[0] = 1
    return row
