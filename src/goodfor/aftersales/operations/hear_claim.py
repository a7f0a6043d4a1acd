"""News of a claim from orders: it ended elsewhere, or nothing could be bought in the place of its codes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import states
from goodfor.aftersales.models import Case
from goodfor.aftersales.operations.carry_out import Plan, carry_out
from goodfor.aftersales.operations.examine import follow_claim
from goodfor.aftersales.operations.steps import SYSTEM, hold_case
from goodfor.orders import claim_states
from goodfor.orders import queries as orders


def hear_claim_closed(*, shop_id: UUID, claim_id: UUID, now: datetime) -> None:
    """Close its case, if it is not yet, with what came of the claim; nothing for a claim without a case."""
    if not Case.objects.filter(shop_id=shop_id, id=claim_id).exclude(state=states.CLOSED).exists():
        return
    with transaction.atomic():
        case = hold_case(shop_id, claim_id, now)
        state = orders.claim(shop_id, claim_id).state
        # Opened again since: what was told is old.
        if case.state != states.CLOSED and state not in claim_states.LIVE:
            follow_claim(case, state, now)


def hear_replacement_failed(*, shop_id: UUID, claim_id: UUID, now: datetime) -> None:
    """What cannot be replaced is refunded: that is what the promise says."""
    if not Case.objects.filter(shop_id=shop_id, id=claim_id).exists():
        return
    with transaction.atomic():
        case = hold_case(shop_id, claim_id, now)
        waiting = case.state == states.CARRYING and case.action == states.REPLACE
        if waiting and orders.claim(shop_id, claim_id).state == claim_states.OPEN:
            by = case.by or SYSTEM
            plan = Plan(states.REFUND, case.rule, "replace_failed", case.proven, by=by)
            carry_out(case, plan, None, (), now)
