"""Writes of subscriptions, one use case a file."""
