"""What formats write: the pages of one file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shizi.core.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a file.

    Attributes:
        number: Which page, from 1 on.
        sheet: What was read of it.
    """

    number: int
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Scan:
    """All that was read of one file.

    Attributes:
        source: The file, as it was given.
        leaves: Its pages, in order; one of a picture. Pages that failed are not there.
    """

    source: str
    leaves: tuple[Leaf, ...]

    @property
    def title(self) -> str:
        """Return the source as text, whatever bytes its name is made of."""
        return os.fsencode(self.source).decode("utf-8", "replace")
