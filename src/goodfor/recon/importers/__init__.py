"""Where the rows of the house come from: each area's own rows, normalised."""
