"""Writes of insights, one use case a file."""
