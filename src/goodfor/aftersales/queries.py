"""Reads of aftersales, as values."""

from goodfor.aftersales.desk import (
    claim_figures,
    count_cases,
    desk_case,
    desk_cases,
    late,
    policy_version,
    search_case_ids,
    search_cases,
    similar_cases,
    snippets,
    waiting,
    walk_cases,
    why_choices,
    why_of_case,
    why_words,
)
from goodfor.aftersales.desk_types import (
    SNIPPET_PLACES,
    CaseSearch,
    ClaimFigures,
    DeskCase,
    Effect,
    Outcomes,
    SnippetText,
)
from goodfor.aftersales.effects import compensation_of, effects_of
from goodfor.aftersales.promise_wording import promise_lines
from goodfor.aftersales.promises import BUILT_IN, history, promise_for, promise_of_shop, promises_of
from goodfor.aftersales.rules import read as rules_from_json
from goodfor.aftersales.rules import to_json as rules_to_json
from goodfor.aftersales.rules import validate as validate_rules

__all__ = [
    "BUILT_IN",
    "SNIPPET_PLACES",
    "CaseSearch",
    "ClaimFigures",
    "DeskCase",
    "Effect",
    "Outcomes",
    "SnippetText",
    "claim_figures",
    "compensation_of",
    "count_cases",
    "desk_case",
    "desk_cases",
    "effects_of",
    "history",
    "late",
    "policy_version",
    "promise_for",
    "promise_lines",
    "promise_of_shop",
    "promises_of",
    "rules_from_json",
    "rules_to_json",
    "search_case_ids",
    "search_cases",
    "similar_cases",
    "snippets",
    "validate_rules",
    "waiting",
    "walk_cases",
    "why_choices",
    "why_of_case",
    "why_words",
]
