"""Stripe, API version 1, as a merchant sees it."""
