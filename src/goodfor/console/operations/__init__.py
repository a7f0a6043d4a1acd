"""Writes of the console, one use case a file."""
