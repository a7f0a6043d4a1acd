"""Truths about promises, cases and what they cost."""

from goodfor.aftersales.money_invariants import MONEY

INVARIANTS = [*MONEY]
