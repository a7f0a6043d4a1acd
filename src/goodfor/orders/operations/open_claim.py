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
from goodfor.orders.deciding import decided_by
from goodfor.orders.errors import ClaimExists, CodesRevealed, InvalidClaim, WrongState
from goodfor.orders.events import OrderClaimOpened
from goodfor.orders.models import Claim, ClaimUnit
from goodfor.orders.operations.refund_claim import refund_claim
from goodfor.orders.queries import order_view
from goodfor.orders.types import DIRECT, ClaimOffer, ClaimView

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
    seen_too: bool = False,
    paid_from: str = "",
    answer_by: datetime | None = None,
    gift_id: UUID | None = None,
    actor: str,
    now: datetime,
) -> ClaimView:
    """Write down a claim on a line of a delivered order; `code_ids` are the codes that it is about (none: all).

    Where none of these codes was ever seen, their price is given back at once and they go back on the shelf, if
    `may_refund`: the face has a fresh proof of who asks; from `paid_from` (the buyer's wallet) if that is wished. The
    other lines, and the other codes, stay as they are. Else, and while another refund of the order runs, it is answered
    by `answer_by` (none: within a day). `seen_too`: a mind may be changed about codes that were seen. A code is in one
    open claim at most. A top-up's line is claimed as a whole, for a reason of its own. `gift_id`: whoever opened that
    gift claims, on what of it they have seen.
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
    offer = _offer(shop_id, order, line_id, reason, code_ids, gift_id)
    if offer.seen and reason == "changed_mind" and not seen_too:
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
        answer_by=answer_by or now + claim_states.ANSWER_WITHIN,
    )
    _written_down(shop_id, order, claim, actor, now)
    if offer.at_once and may_refund:
        by, why = decided_by(actor), f"claim:{reason}"
        refund_claim(
            shop_id=shop_id, order=order, claim=claim, reason=why, by=by, paid_from=paid_from, now=now
        )  # fmt: skip
    return next(view for view in claims_of_order(shop_id, order_id) if view.id == claim_id)


def _offer(
    shop_id: UUID, order: store.LockedOrder, line_id: UUID, reason: str, code_ids: Sequence[UUID], gift_id: UUID | None
) -> ClaimOffer:
    """What it is about. Raises InvalidClaim, ClaimExists."""
    lines = order_view(shop_id, order.id).lines
    offer = offer_for(shop_id, order.id, order.payment_id, order.total, lines, line_id, code_ids, gift_id)
    direct = any(line.line_id == line_id and line.kind == DIRECT for line in lines)
    if reason not in (claim_states.DIRECT_REASONS if direct else claim_states.CODE_REASONS):
        raise InvalidClaim(field="reason")
    units = ClaimUnit.objects.filter(shop_id=shop_id, line_id=line_id)
    if direct:
        taken = units.exclude(state=claim_states.UNIT_NONE)
    else:
        taken = units.filter(code_id__in=offer.codes, state=claim_states.UNIT_LIVE)
    if taken.exists():
        raise ClaimExists
    if gift_id is not None and (offer.seen < len(offer.codes) or reason == "changed_mind"):
        # What was given is looked at first, and nobody sells it back.
        raise InvalidClaim(field="code_ids")
    return offer


def _written_down(shop_id: UUID, order: store.LockedOrder, claim: Claim, actor: str, now: datetime) -> None:
    codes: Sequence[UUID | None] = claim.code_ids or (None,)
    ClaimUnit.objects.bulk_create(
        [
            ClaimUnit(
                id=uuid7(), shop_id=shop_id, claim_id=claim.id, order_id=order.id, line_id=claim.line_id,
                code_id=code_id, at=now,
            )
            for code_id in codes
        ]
    )  # fmt: skip
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
