"""Memory that the C library keeps for later."""

from __future__ import annotations

import ctypes


def trim() -> None:
    """Give free memory back to the system, where the C library can."""
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if give_back is not None:
        give_back(0)
