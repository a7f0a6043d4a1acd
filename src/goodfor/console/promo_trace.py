"""Why an order costs what it costs: each campaign that was looked at, and what became of it."""

from typing import Any
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.types import TraceStep
from goodfor.promotions import queries as promotions
from goodfor.promotions.evaluating.explain import for_operator, outcome_text
from goodfor.promotions.types import APPLIED, CUT, Spec, Traced


def trace_of(shop_id: UUID, order_id: UUID, currency: str) -> list[dict[str, Any]]:
    """One row a campaign and coupon; nothing where none was looked at."""
    told = orders.trace_of_order(shop_id, order_id)
    if not told:
        return []
    specs = promotions.specs(shop_id, [one.revision_id for one in told])
    return [
        {
            "name": one.name,
            "campaign_id": one.campaign_id if one.revision_id in specs else None,
            "given": Money(one.given, currency) if one.given else None,
            "good": one.outcome in (APPLIED, CUT),
            "why": _why(one, specs.get(one.revision_id), currency),
        }
        for one in told
    ]


def _why(one: TraceStep, spec: Spec | None, currency: str) -> str:
    """In words; a revision that is none of a campaign (a bundle's own) has only its reason told."""
    if spec is None:
        return outcome_text(one.outcome)
    traced = Traced(one.campaign_id, one.revision_id, one.outcome, one.wanted, one.given, one.coupon_id)
    return for_operator(traced, spec, currency=currency)
