"""Pages of subscriptions: plans, and who has them."""
