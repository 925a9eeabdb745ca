"""What may be lost for speed: `exact`, `balanced`, `fast`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """How much work a page is worth.

    Attributes:
        precision: Arithmetic of the models where none is asked for.
        is_int8: Whether int8 models are run where they have been made.
        longest: Long side, in pixels, down to which a large picture is reduced.
        enlarge: Long side, in pixels, up to which a small one is enlarged.
    """

    precision: str = "auto"
    is_int8: bool = True
    # 2000: rapidocr's limit. 1280: strips must not explode; without enlarging whole
    # lines go from .982 to .968 on 45 real pictures.
    longest: int = 2000
    enlarge: int = 1280


PROFILES = {
    "exact": Profile(precision="f32", is_int8=False),
    "balanced": Profile(),
    # 1440: with 1280 lines of small print merge (whole lines of 35 real receipts and
    # pages .835 to .826; with 1440 .832).
    "fast": Profile(longest=1440),
}
