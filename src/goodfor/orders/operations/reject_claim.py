"""A claim is refused, or looked at once more."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.orders import claim_states
from goodfor.orders.claims import held_codes
from goodfor.orders.errors import ClaimExists
from goodfor.orders.events import OrderClaimOpened
from goodfor.orders.models import Claim, ClaimUnit
from goodfor.orders.operations.move_claim import (
    check_open,
    end_units,
    keep_trail,
    locked_claim,
    move_claim,
    tell_closed,
)


@transaction.atomic
def reject_claim(*, shop_id: UUID, claim_id: UUID, cause: str, actor: str, now: datetime) -> None:
    """Close an open claim with nothing; its codes may be claimed again. Harmless when repeated.

    Codes that a failed replacement has set aside stay so. Raises ClaimNotFound, ClaimMoved, WrongState.
    """
    order, claim = locked_claim(shop_id, claim_id)
    if claim.state == claim_states.REJECTED:
        return
    check_open(order, claim)
    end_units(claim, now)
    move_claim(claim, claim_states.REJECTED, actor=actor, cause=cause, now=now)
    tell_closed(order, claim, now)
    keep_trail(order, claim, "claim_rejected", actor, now, cause=cause[:80])


@transaction.atomic
def reopen_claim(*, shop_id: UUID, claim_id: UUID, actor: str, now: datetime) -> None:
    """The buyer objects: a rejected claim is open again, to be answered anew. Harmless when repeated.

    Raises ClaimNotFound, ClaimMoved, WrongState (the order was refunded), ClaimExists (one of its codes is in another
    claim by now, or had its remedy).
    """
    order, claim = locked_claim(shop_id, claim_id)
    if claim.state == claim_states.OPEN:
        return
    check_open(order, claim, claim_states.REJECTED)
    _check_free(claim)
    units = ClaimUnit.objects.filter(shop_id=shop_id, claim_id=claim.id, state=claim_states.UNIT_NONE)
    units.update(state=claim_states.UNIT_LIVE, at=now)
    answer_by = now + claim_states.ANSWER_WITHIN
    move_claim(claim, claim_states.OPEN, actor=actor, cause="objection", now=now, answer_by=answer_by)
    event = OrderClaimOpened(claim.id, order.id, order.number, claim.line_id, claim.reason, len(claim.code_ids))
    publish(shop_id=shop_id, event=event, cause=("order", order.id), now=now)
    keep_trail(order, claim, "claim_reopened", actor, now)


def _check_free(claim: Claim) -> None:
    """Raise ClaimExists unless its codes are still the line's, and in no other claim."""
    others = ClaimUnit.objects.filter(shop_id=claim.shop_id, line_id=claim.line_id).exclude(claim_id=claim.id)
    if not claim.code_ids:
        taken = others.filter(code_id__isnull=True).exclude(state=claim_states.UNIT_NONE).exists()
    else:
        held = {code.code_id for code in held_codes(claim.shop_id, [claim.line_id])}
        live = others.filter(code_id__in=claim.code_ids, state=claim_states.UNIT_LIVE)
        taken = not held.issuperset(claim.code_ids) or live.exists()
    if taken:
        raise ClaimExists
