"""Pages of cards: programs, batches, and one card."""
