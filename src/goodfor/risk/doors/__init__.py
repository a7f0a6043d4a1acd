"""Doors at which people guess: limits by key, a breaker, challenges, planted codes. Writes are in `operations/`."""
