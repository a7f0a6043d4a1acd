"""A buyer says that something is wrong with what they bought."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.events import publish
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.orders import claim_states, states, store
from goodfor.orders.claims import claim_aad, claims_of_order, offer_for
from goodfor.orders.errors import ClaimExists, CodesRevealed, InvalidClaim, WrongState
from goodfor.orders.events import OrderClaimOpened
from goodfor.orders.models import Claim
from goodfor.orders.operations.refund_claim import refund_claim
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
    paid_from: str = "",
    actor: str,
    now: datetime,
) -> ClaimView:
    """Write down a claim on a line of a delivered order; `code_ids` are the codes that it is about (none: all).

    Where none of these codes was ever seen, their price is given back at once and they go back on the shelf, if
    `may_refund`: the face has a fresh proof of who asks; from `paid_from` (the buyer's wallet) if that is wished. The
    other lines, and the other codes, stay as they are. Else, and while another refund of the order runs, a person
    answers by `answer_by`. One open claim a line.
    Raises OrderNotFound, WrongState (not delivered), InvalidClaim, ClaimExists, CodesRevealed (mind changed too late),
    PaymentDisputed.
    """
    text = text.strip()
    if reason not in claim_states.REASONS:
        raise InvalidClaim(field="reason")
    if len(text) > MAX_TEXT or "\x00" in text:
        raise InvalidClaim(field="text")
    order = store.lock_order(shop_id, order_id)
    if order.state != states.DELIVERED:
        raise WrongState(state=order.state)
    lines = {line.id: line for line in store.lines_of(shop_id, order_id)}
    prices = {line.id: line.unit_price_minor for line in lines.values()}
    offer = offer_for(shop_id, order.id, order.payment_id, order.total, prices, line_id, code_ids)
    if Claim.objects.filter(shop_id=shop_id, line_id=line_id, state=claim_states.OPEN).exists():
        raise ClaimExists
    if offer.seen and reason == "changed_mind":
        raise CodesRevealed
    claim_id = uuid7()
    sealed = keyring().seal(text.encode(), claim_aad(claim_id)) if text else None
    claim = Claim.objects.create(
        id=claim_id,
        shop_id=shop_id,
        order_id=order_id,
        line_id=line_id,
        reason=reason,
        code_ids=list(offer.codes),
        text_key_id=sealed.key_id if sealed else None,
        text_blob=sealed.blob if sealed else None,
        state=claim_states.OPEN,
        opened_at=now,
        answer_by=now + claim_states.ANSWER_WITHIN,
    )
    _written_down(shop_id, order, claim, actor, now)
    if offer.at_once and may_refund:
        refund_claim(
            shop_id=shop_id, order=order, line=lines[line_id], claim_id=claim_id, offer=offer,
            reason=f"claim:{reason}", actor=actor, paid_from=paid_from, now=now,
        )  # fmt: skip
    return next(view for view in claims_of_order(shop_id, order_id) if view.id == claim_id)


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
