"""A second evaluator, written from docs/promotions.md alone: slow, plain, and nothing in common with the first."""
