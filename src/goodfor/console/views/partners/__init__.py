"""Pages of partners in points."""
