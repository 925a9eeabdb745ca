"""Inference libraries, one a module, behind the same port."""
