"""Writes of promotions, one use case a file."""
