"""Many pictures: from folders, archives, lists and stores to one table of text."""
