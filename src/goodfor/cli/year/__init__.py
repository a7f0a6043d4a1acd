"""A year of a shop in told time: sold, refunded, shared, billed, settled, paid out, closed and checked."""
