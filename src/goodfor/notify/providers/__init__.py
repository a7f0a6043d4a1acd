"""Channels by vendor: everything about one is in its folder."""
