"""A buyer says that something is wrong with what they bought."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.delivery import queries as delivery
from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.events import publish
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.orders import claim_states, states, store
from goodfor.orders.claims import claim_aad, claim_view
from goodfor.orders.errors import ClaimExists, CodesRevealed, InvalidClaim, WrongState
from goodfor.orders.events import OrderClaimOpened
from goodfor.orders.models import Claim
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.types import ClaimView

MAX_TEXT = 500


@transaction.atomic(savepoint=False)
def open_claim(
    *,
    shop_id: UUID,
    order_id: UUID,
    line_id: UUID,
    reason: str,
    code_ids: Sequence[UUID] = (),
    text: str = "",
    may_refund: bool = True,
    actor: str,
    now: datetime,
) -> ClaimView:
    """Write down a claim on a line of a delivered order; `code_ids` are the codes that it is about (none: all).

    While no code of the order was ever seen, the whole order is refunded at once (ADR 12), if `may_refund`: the face
    has a fresh proof of who asks. Else a person answers by `answer_by`. One open claim a line.
    Raises OrderNotFound, WrongState (not delivered), InvalidClaim, ClaimExists, CodesRevealed (mind changed too late).
    """
    text = text.strip()
    if reason not in claim_states.REASONS:
        raise InvalidClaim(field="reason")
    if len(text) > MAX_TEXT or "\x00" in text:
        raise InvalidClaim(field="text")
    order = store.lock_order(shop_id, order_id)
    if order.state != states.DELIVERED:
        raise WrongState(state=order.state)
    lines = [line.id for line in store.lines_of(shop_id, order_id)]
    if line_id not in lines:
        raise InvalidClaim(field="line_id")
    about = _codes(shop_id, line_id, code_ids)
    if Claim.objects.filter(shop_id=shop_id, line_id=line_id, state=claim_states.OPEN).exists():
        raise ClaimExists
    seen = bool(delivery.revealed(shop_id, lines))
    if seen and reason == "changed_mind":
        raise CodesRevealed
    claim_id = uuid7()
    sealed = keyring().seal(text.encode(), claim_aad(claim_id)) if text else None
    claim = Claim.objects.create(
        id=claim_id,
        shop_id=shop_id,
        order_id=order_id,
        line_id=line_id,
        reason=reason,
        code_ids=about,
        text_key_id=sealed.key_id if sealed else None,
        text_blob=sealed.blob if sealed else None,
        state=claim_states.OPEN,
        opened_at=now,
        answer_by=now + claim_states.ANSWER_WITHIN,
    )
    _written_down(shop_id, order, claim, actor, now)
    if not seen and may_refund:
        # Settles the claim, too.
        refund_order(shop_id=shop_id, order_id=order_id, reason=f"claim:{reason}", actor=actor, now=now)
        claim.refresh_from_db(from_queryset=Claim.objects.filter(shop_id=shop_id))
    return claim_view(claim)


def _codes(shop_id: UUID, line_id: UUID, code_ids: Sequence[UUID]) -> list[UUID]:
    held = [code.code_id for code in delivery.masked_codes(shop_id, [line_id])]
    asked = set(code_ids)
    if not asked <= set(held):
        raise InvalidClaim(field="code_ids")
    return [code_id for code_id in held if code_id in asked] if asked else held


def _written_down(shop_id: UUID, order: store.LockedOrder, claim: Claim, actor: str, now: datetime) -> None:
    record_history(
        shop_id=shop_id,
        machine=claim_states.MACHINE,
        subject_id=claim.id,
        moves=[(None, claim_states.OPEN)],
        actor=actor,
        cause=claim.reason,
        now=now,
    )
    publish(
        shop_id=shop_id,
        event=OrderClaimOpened(claim.id, order.id, order.number, claim.line_id, claim.reason, len(claim.code_ids)),
        cause=("order", order.id),
        now=now,
    )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="claim_opened",
        subject=("order", order.id),
        data={"claim_id": str(claim.id), "reason": claim.reason, "codes": len(claim.code_ids)},
        now=now,
    )
