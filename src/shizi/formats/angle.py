"""How a line lies."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shizi.core.geometry import Quad

# Degrees below which a line is level: boxes are drawn to a pixel or two.
_LEVEL = 0.5


def angle_of(quad: Quad) -> float:
    """Return how far a line is turned: degrees with the clock, -180 to 180.

    0 for lines that are level but for a pixel or two.
    """
    rise = quad.right_top.y - quad.left_top.y + quad.right_bottom.y - quad.left_bottom.y
    run = quad.right_top.x - quad.left_top.x + quad.right_bottom.x - quad.left_bottom.x
    angle = math.degrees(math.atan2(rise, run))
    return 0.0 if abs(angle) < _LEVEL else round(angle, 2)
