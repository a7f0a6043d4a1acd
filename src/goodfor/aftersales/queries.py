"""Reads of this room, as dataclasses. Every one names the shop."""

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

__all__ = [
    "grants_of_case",
    "grants_of_order",
    "hand_count",
    "owed_grants",
    "owed_sum",
    "recent_grants",
    "recourse",
    "recoveries",
    "recoveries_of_case",
    "recovery",
    "recovery_sums",
    "reserve",
    "reserve_days",
]
