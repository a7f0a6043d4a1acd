"""Pages of risk control's rules, lists, reviews, and what waits for a second person."""
