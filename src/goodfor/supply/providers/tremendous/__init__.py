"""Tremendous v2: rewards by link, e-mail or message, one for each order, idempotent by our number."""
