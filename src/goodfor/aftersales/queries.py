"""Reads of aftersales, as values. Every one names the shop."""

from goodfor.aftersales.grant_reads import (
    grants_of_case,
    grants_of_order,
    hand_count,
    owed_grants,
    owed_sum,
    recent_grants,
    recourse,
    recoveries,
    recoveries_of_case,
    recovery,
    recovery_sums,
    reserve,
    reserve_days,
)
from goodfor.aftersales.promise_wording import promise_lines
from goodfor.aftersales.promises import BUILT_IN, history, promise_for, promise_of_shop, promises_of

__all__ = [
    "BUILT_IN",
    "grants_of_case",
    "grants_of_order",
    "hand_count",
    "history",
    "owed_grants",
    "owed_sum",
    "promise_for",
    "promise_lines",
    "promise_of_shop",
    "promises_of",
    "recent_grants",
    "recourse",
    "recoveries",
    "recoveries_of_case",
    "recovery",
    "recovery_sums",
    "reserve",
    "reserve_days",
]
