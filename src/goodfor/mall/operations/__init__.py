"""Writes of the mall, one use case a file."""
