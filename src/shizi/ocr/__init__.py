"""Pixels to pages: finding, reading and ordering lines of text."""
