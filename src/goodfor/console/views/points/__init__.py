"""Pages of points and tiers."""
