"""Pages of the mall: rewards, what was redeemed, and draws."""
