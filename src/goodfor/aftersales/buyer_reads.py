"""Reads of cases for those whose they are. Reached through `queries`."""

from datetime import datetime
from uuid import UUID

from goodfor.aftersales import clocks, facts
from goodfor.aftersales.case_queries import cases_of_order
from goodfor.aftersales.evidence import latest
from goodfor.aftersales.types import CaseView
from goodfor.orders import claim_states
from goodfor.supply import queries as supply


def case_in(shop_id: UUID, order_id: UUID, case_id: UUID) -> CaseView | None:
    """A case, where it is one of this order."""
    return next((case for case in cases_of_order(shop_id, order_id) if case.id == case_id), None)


def may_object(shop_id: UUID, case: CaseView, now: datetime) -> bool:
    """Whether its buyer may object: rejected lately, and not objected to before."""
    if case.claim_state != claim_states.REJECTED or case.closed_at is None:
        return False
    return now <= case.closed_at + clocks.OBJECT_WITHIN and facts.OBJECTION not in latest(shop_id, case.id)


def supplier_answers(shop_id: UUID, case_id: UUID) -> list[datetime]:
    """When suppliers said something of its codes, oldest first."""
    asked = [one for one in supply.inquiries(shop_id, case_id) if one.kind in ("ask", "void") and one.said]
    return sorted({one.ended_at for one in asked if one.ended_at})
