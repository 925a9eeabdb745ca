"""From pages to cards: documents as data, and how their fields are decoded."""
