"""Writes of cards, one use case a file."""
