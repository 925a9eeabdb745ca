"""Pictures of printed text whose every line is known, drawn from a seed."""

from benchmarks.render.families import FAMILIES, Family
from benchmarks.render.fonts import FontMissingError
from benchmarks.render.scene import Picture, draw

__all__ = ["FAMILIES", "Family", "FontMissingError", "Picture", "draw"]
