"""Pages of accounts with suppliers and of their statements."""
