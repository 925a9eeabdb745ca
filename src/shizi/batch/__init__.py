"""Many files: found, read here or by a server, written, taken up again."""
