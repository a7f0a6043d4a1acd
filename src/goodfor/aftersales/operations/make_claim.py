"""A buyer says in one tap that something is wrong: written down with its clocks, and mostly decided at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import clocks, facts, states
from goodfor.aftersales.case_queries import case_view, decisions
from goodfor.aftersales.mapping import terms_to_json
from goodfor.aftersales.models import Case
from goodfor.aftersales.operations.examine import examine
from goodfor.aftersales.operations.keep_pictures import keep_pictures
from goodfor.aftersales.operations.steps import note_finding
from goodfor.aftersales.operations.take_offer import note_claimed
from goodfor.aftersales.pictures import prepared
from goodfor.aftersales.promises import promise_for
from goodfor.aftersales.terms import quicker
from goodfor.aftersales.types import BoundPromise, Claimed
from goodfor.kernel import faultpoints
from goodfor.kernel.statemachine import record_history
from goodfor.loyalty import queries as loyalty
from goodfor.orders import queries as orders
from goodfor.orders.errors import InvalidClaim
from goodfor.orders.operations.open_claim import open_claim
from goodfor.orders.types import DIRECT, ClaimView, SoldLine


def make_claim(
    *,
    shop_id: UUID,
    order_id: UUID,
    line_id: UUID,
    reason: str,
    code_ids: Sequence[UUID] = (),
    text: str = "",
    fresh: bool,
    paid_from: str = "",
    pictures: Sequence[bytes] = (),
    risk: str = "",
    gift_id: UUID | None = None,
    actor: str,
    now: datetime,
) -> Claimed:
    """Open a claim on codes of a line (none: all that it holds; of a top-up the line) and decide what can be decided.

    `fresh`: who asks has proved it lately, so that money may go back at once; `paid_from`: the account of the ledger
    that it should come to instead of the way it came. `pictures`: up to three, as they were handed in. `risk`: what
    risk control says of it, empty for nothing; with a word of its money goes nowhere before a person has looked. The
    promise is the one that was in force when the order was placed, and sooner where the buyer's tier is promised so.
    `gift_id`: whoever opened that gift claims. Two transactions: what was claimed stays, whatever becomes of the look
    into it, and the loop takes it up where this stopped.

    Raises OrderNotFound, WrongState (not delivered), InvalidClaim, ClaimExists, InvalidPicture,
    TooManyPictures.
    """
    kept = prepared(pictures)
    line = _line(shop_id, order_id, line_id)
    promise = _for_member(shop_id, order_id, promise_for(shop_id, line.sku_id, line.placed_at))
    answer_by, decide_by = clocks.due(now, promise.terms)
    with transaction.atomic():
        claim = open_claim(
            shop_id=shop_id, order_id=order_id, line_id=line_id, reason=reason, code_ids=code_ids, text=text,
            # The table decides about money, for unseen codes too: one way, told and stored like every other.
            may_refund=False, seen_too=True, answer_by=answer_by, gift_id=gift_id, actor=actor, now=now,
        )  # fmt: skip
        case = _case(shop_id, claim, line, promise, answer_by, decide_by, now)
        record_history(
            shop_id=shop_id, machine=states.CASE, subject_id=case.id, moves=[(None, states.CHECKING)], actor=actor,
            cause=reason, now=now,
        )  # fmt: skip
        note_claimed(shop_id=shop_id, line_id=line_id)
        asked: dict[str, Any] = {"reason": reason, "fresh": fresh, "paid_from": paid_from, "pictures": len(kept)}
        if risk:
            asked["risk"] = risk
        note_finding(case, facts.CLAIM, asked, now)
        keep_pictures(shop_id=shop_id, case_id=case.id, pictures=kept, now=now)
    faultpoints.reach("aftersales.claimed")
    examine(shop_id=shop_id, case_id=claim.id, now=now)
    return Claimed(case_view(shop_id, claim.id), tuple(decisions(shop_id, claim.id)))


def _line(shop_id: UUID, order_id: UUID, line_id: UUID) -> SoldLine:
    orders.order_view(shop_id, order_id)
    found = [line for line in orders.sold_lines(shop_id, [order_id]) if line.line_id == line_id]
    if not found:
        raise InvalidClaim(field="line_id")
    return found[0]


def _for_member(shop_id: UUID, order_id: UUID, promise: BoundPromise) -> BoundPromise:
    """What is promised to the buyer's tier, where that is sooner: the case keeps it with its terms."""
    kind, _sep, name = orders.buyer_of(shop_id, order_id).partition(":")
    hours = loyalty.claim_hours(shop_id, UUID(name)) if kind == "buyer" else 0
    return replace(promise, terms=quicker(promise.terms, hours)) if hours else promise


def _case(
    shop_id: UUID, claim: ClaimView, line: SoldLine, promise: BoundPromise, answer_by: datetime, decide_by: datetime,
    now: datetime,
) -> Case:  # fmt: skip
    units = (line.topped or line.quantity) if line.kind == DIRECT else len(claim.code_ids)
    return Case.objects.create(
        id=claim.id,
        shop_id=shop_id,
        order_id=claim.order_id,
        line_id=line.line_id,
        sku_id=line.sku_id,
        number=orders.order_view(shop_id, claim.order_id).number,
        buyer=orders.buyer_of(shop_id, claim.order_id)[:80],
        reason=claim.reason,
        units=units,
        amount_minor=line.price_of(units).amount_minor,
        currency=line.unit_price.currency,
        state=states.CHECKING,
        terms=terms_to_json(promise.terms),
        promise_id=promise.promise_id,
        promise_version=promise.version,
        opened_at=now,
        answer_by=answer_by,
        decide_by=decide_by,
        # Until it was looked into: if this process dies now, the loop does it.
        next_at=now,
    )
