"""Pages of supply: suppliers, what they offer, purchases, and those whose end nobody knows."""
