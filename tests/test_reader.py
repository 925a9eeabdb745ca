from __future__ import annotations

import doctest

import pytest

from shizi import reader

pytestmark = pytest.mark.real


def test_the_example_in_the_docstring_runs() -> None:
    failed, tried = doctest.testmod(reader)
    assert (failed, tried) == (0, 5)
