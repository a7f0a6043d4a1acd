"""Plans that members are charged for again and again, and what they pick of them."""
