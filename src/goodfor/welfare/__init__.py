"""Companies that give their people units to spend in the shop: prepaid, granted, spent, returned."""
