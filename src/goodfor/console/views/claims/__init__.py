"""Claims: one of them, and the table that decides about most."""
