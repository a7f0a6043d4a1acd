"""Pure: a cart and a plan in, a price with its reasons out. The rules are docs/promotions.md, section by section."""
