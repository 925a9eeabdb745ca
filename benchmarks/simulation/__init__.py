"""Fleets that nobody has at hand: simulated, with what was measured of two nodes."""
