"""Truths about promotions."""

from goodfor.promotions import group_invariants

INVARIANTS = [*group_invariants.INVARIANTS]
