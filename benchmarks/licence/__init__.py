"""Made pictures of vehicle licences whose every field is known, and their scorer."""
