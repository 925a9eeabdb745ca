"""What a recogniser believes of one strip: a probability for every class and step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Posterior:
    """The output of a CTC recogniser for one strip, left to right.

    Attributes:
        log_probs: float32, (T, C), natural logarithms; class 0 is the blank.
        classes: The class of each character; one per recogniser, not per strip.
        step: Columns of pixels of the strip that one of the T steps stands for.
        width: Columns of the strip that hold the line; steps beyond are of padding.
    """

    log_probs: NDArray[np.float32]
    classes: Mapping[str, int]
    step: int
    width: float
