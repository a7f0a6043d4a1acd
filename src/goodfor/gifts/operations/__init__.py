"""Writes of gifts, one use case a file."""
