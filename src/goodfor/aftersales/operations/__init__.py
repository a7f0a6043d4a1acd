"""Writes of aftersales, one use case a file."""
