"""Shops, their staff and roles, API clients and guests: who is asking, and what they may do."""
