"""Give the price of a claim's codes back. Runs in the caller's transaction, with the order's row locked."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import F

from goodfor.delivery.types import BoughtCode
from goodfor.kernel.money import Money
from goodfor.ledger.types import Entry
from goodfor.orders import accounts, given_back, store
from goodfor.orders.claims import held_codes, is_whole
from goodfor.orders.deciding import Decider
from goodfor.orders.errors import RefundAmount, RefundRunning
from goodfor.orders.models import Claim, OrderLine
from goodfor.orders.operations.end_given import end_given
from goodfor.orders.operations.move_claim import live_units
from goodfor.orders.operations.refund_order import refund_rest
from goodfor.orders.operations.settle_claims import put_aside, settle_claims
from goodfor.orders.operations.start_part import start_part
from goodfor.orders.types import DIRECT, LineRow, RefundView
from goodfor.payments import queries as payments
from goodfor.vault.operations.take_back import take_back


def refund_claim(
    *,
    shop_id: UUID,
    order: store.LockedOrder,
    claim: Claim,
    reason: str,
    by: Decider,
    paid_from: str = "",
    now: datetime,
) -> RefundView:
    """Refund what an open claim is about and settle it: unseen codes go back on the shelf, the others into quarantine.

    The price of its codes, at most what is left; where these are all that the order still holds, or nothing else is
    left, the rest goes back, and the order is over. Of a top-up, what was done stays with the buyer.
    Raises RefundAmount (nothing is left), and what `start_part` and `refund_rest` raise.
    """
    assert order.payment_id is not None
    lines = store.lines_of(shop_id, order.id)
    line = next(one for one in lines if one.id == claim.line_id)
    units = live_units(shop_id, [claim.id])
    left = given_back.left(order.id, order.total, payments.refunds_of(shop_id, order.payment_id))
    if left.amount_minor <= 0:
        raise RefundAmount(left_minor=0, currency=left.currency)
    about = {unit.code_id for unit in units if unit.code_id is not None}
    held = held_codes(shop_id, [one.id for one in lines])
    amount = Money(line.price_of(len(units)), left.currency)
    whole = line.kind == DIRECT or is_whole(held, about, {one.id for one in lines if one.gift})
    if line.gift and not whole:
        # It cost nothing: a good one in its place is all that there is to give.
        raise RefundAmount(left_minor=left.amount_minor, currency=left.currency)
    if whole or amount.amount_minor >= left.amount_minor:
        if not by.by_person and any(c.state == "open" for c in payments.cases_of(shop_id, order.payment_id)):
            raise RefundRunning
        back = refund_rest(shop_id=shop_id, order=order, reason=reason, by=by, paid_from=paid_from, now=now)
        refund = store.refund_view(order.number, back)
    else:
        returned = _take_back(shop_id, order, line, claim.id, about, held, now)
        end_given(shop_id=shop_id, order=order, code_ids=about, now=now)
        aside = put_aside(shop_id=shop_id, order_id=order.id, claims=[claim], actor=by.actor, now=now)
        OrderLine.objects.filter(shop_id=shop_id, id=line.id).update(returned=F("returned") + len(units))
        refund = start_part(
            shop_id=shop_id, order=order, amount=amount, reason=reason, actor=by.actor, entries=returned,
            paid_from=paid_from, by=by, line_id=line.id, now=now,
        )  # fmt: skip
        cause = f"refund:{refund.refund_id}"
        settle_claims(shop_id=shop_id, order=order, aside=aside, actor=by.actor, cause=cause, now=now)
    Claim.objects.filter(shop_id=shop_id, id=claim.id).update(
        refund_id=refund.refund_id, refund_minor=refund.amount.amount_minor
    )
    return refund


def _take_back(
    shop_id: UUID, order: store.LockedOrder, line: LineRow, claim_id: UUID, about: Collection[UUID],
    held: Collection[BoughtCode], now: datetime,
) -> tuple[Entry, ...]:  # fmt: skip
    """Unseen codes of these, and no other of the line, go back on the shelf, and their cost with them."""
    if not any(code.unseen and code.code_id in about for code in held):
        return ()
    kept = [code.code_id for code in held if code.code_id not in about or not code.unseen]
    taken = take_back(shop_id=shop_id, holder_id=line.id, seen=kept, now=now)
    entry = accounts.take_back_entry(
        order_id=order.id, lines=[(line, taken.cost_minor)], claim_id=claim_id, channel=order.channel, now=now
    )
    return (entry,) if entry else ()
