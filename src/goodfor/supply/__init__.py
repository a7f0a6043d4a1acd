"""What a shop sells and does not stock: suppliers, what they offer, and buying from them once."""
