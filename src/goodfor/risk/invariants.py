"""Truths about risk control, by what they are about."""

from goodfor.risk.door_invariants import DOORS

INVARIANTS = [*DOORS]
