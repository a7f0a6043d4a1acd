"""Campaigns, bundles and plays: what a price is made of, what it may cost, and who has had it."""
