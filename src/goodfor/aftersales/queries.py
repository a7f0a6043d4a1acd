"""Reads of aftersales, as values. Every one names the shop."""

from goodfor.aftersales.buyer_reads import case_in, may_object, supplier_answers
from goodfor.aftersales.case_queries import (
    QueueSearch,
    cases_by_ids,
    cases_of_order,
    decisions,
    facts_of,
    findings,
    queue,
    recent,
    replies,
    trial,
    waiting,
    why_words,
)
from goodfor.aftersales.case_queries import case_view as case
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
from goodfor.aftersales.picture_reads import picture_content, pictures_of
from goodfor.aftersales.policies import policies, policy
from goodfor.aftersales.promise_wording import promise_lines
from goodfor.aftersales.promises import BUILT_IN, history, promise_for, promise_of_shop, promises_of

__all__ = [
    "BUILT_IN",
    "QueueSearch",
    "case",
    "case_in",
    "cases_by_ids",
    "cases_of_order",
    "decisions",
    "facts_of",
    "findings",
    "grants_of_case",
    "grants_of_order",
    "hand_count",
    "history",
    "may_object",
    "owed_grants",
    "owed_sum",
    "picture_content",
    "pictures_of",
    "policies",
    "policy",
    "promise_for",
    "promise_lines",
    "promise_of_shop",
    "promises_of",
    "queue",
    "recent",
    "recent_grants",
    "recourse",
    "recoveries",
    "recoveries_of_case",
    "recovery",
    "recovery_sums",
    "replies",
    "reserve",
    "reserve_days",
    "supplier_answers",
    "trial",
    "waiting",
    "why_words",
]
