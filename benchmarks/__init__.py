"""What measures shizi: made pictures, a scorer, and comparisons with a peer."""
