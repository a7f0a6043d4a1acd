"""What points buy: rewards of a shop, and draws whose odds are published."""
