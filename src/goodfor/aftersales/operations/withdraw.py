"""A buyer takes a claim back: the code worked after all."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import states
from goodfor.aftersales.case_queries import case_view
from goodfor.aftersales.errors import CaseMoved
from goodfor.aftersales.evidence import KEPT, NO_VOID, look
from goodfor.aftersales.operations.steps import ended_without, hold_case
from goodfor.aftersales.types import CaseView
from goodfor.orders import claim_states
from goodfor.orders.operations.withdraw_claim import withdraw_claim
from goodfor.supply import queries as supply


@transaction.atomic
def withdraw(*, shop_id: UUID, case_id: UUID, actor: str, now: datetime) -> CaseView:
    """Close it without effect. Raises CaseNotFound, CaseMoved (over, decided, or its code is being taken back)."""
    case = hold_case(shop_id, case_id, now)
    if case.state not in states.LIVE or case.decided_at is not None:
        raise CaseMoved
    evidence = look(case, now)
    # A code that the supplier may take back yet would be nobody's.
    asked = any(one.kind == "void" and not one.said for one in supply.inquiries(shop_id, case_id))
    if evidence.claim_state != claim_states.OPEN or asked or evidence.void not in (NO_VOID, KEPT):
        raise CaseMoved
    withdraw_claim(shop_id=shop_id, order_id=case.order_id, claim_id=case_id, actor=actor, now=now)
    ended_without(case, by="buyer", cause="withdrawn", now=now)
    return case_view(shop_id, case_id)
