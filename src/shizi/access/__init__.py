"""Apps, their tokens and their quotas."""
