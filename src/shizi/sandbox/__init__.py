"""Decoding in a process that can do nothing else."""
