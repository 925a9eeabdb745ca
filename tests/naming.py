"""Tests that documents name, as `tests/path.py::name`."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


@cache
def _names(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, functions))


def is_there(test: str) -> bool:
    """Return whether a test of this name is in the file."""
    path, _, name = test.partition("::")
    return (ROOT / path).is_file() and name in _names(path)
