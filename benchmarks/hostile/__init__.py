"""Files that nobody should send, made here from nothing: damaged, lying, outsized."""
