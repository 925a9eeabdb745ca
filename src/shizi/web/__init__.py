"""HTTP as every edge takes it: bodies within bounds, callers, and records of calls."""
