"""Give the price of a claim's unseen codes back. Runs in the caller's transaction, with the order's row locked."""

from datetime import datetime
from uuid import UUID

from django.db.models import F

from goodfor.delivery import queries as delivery
from goodfor.ledger.types import Entry
from goodfor.orders import accounts, store
from goodfor.orders.errors import CodesRevealed
from goodfor.orders.models import Claim, OrderLine
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.operations.settle_claims import settle_claims
from goodfor.orders.operations.start_part import start_part
from goodfor.orders.types import ClaimOffer, LineRow, RefundView
from goodfor.vault.operations.take_back import take_back


def refund_claim(
    *,
    shop_id: UUID,
    order: store.LockedOrder,
    line: LineRow,
    claim_id: UUID,
    offer: ClaimOffer,
    reason: str,
    actor: str,
    paid_from: str = "",
    now: datetime,
) -> RefundView:
    """Refund what the claim is about and settle it; only where that is all the order still holds is the order over.

    Raises CodesRevealed when one of the codes was shown meanwhile.
    """
    if offer.whole:
        refund = refund_order(
            shop_id=shop_id, order_id=order.id, reason=reason, actor=actor, paid_from=paid_from, now=now
        )
    else:
        returned = _take_back(shop_id, order.id, line, claim_id, offer, now)
        refund = start_part(
            shop_id=shop_id,
            order=order,
            amount=offer.amount,
            reason=reason,
            actor=actor,
            entries=returned,
            paid_from=paid_from,
            now=now,
        )
        settle_claims(
            shop_id=shop_id,
            order_id=order.id,
            number=order.number,
            claim_id=claim_id,
            actor=actor,
            cause=f"refund:{refund.refund_id}",
            now=now,
        )
    Claim.objects.filter(shop_id=shop_id, id=claim_id).update(
        refund_id=refund.refund_id, refund_minor=refund.amount.amount_minor
    )
    return refund


def _take_back(
    shop_id: UUID, order_id: UUID, line: LineRow, claim_id: UUID, offer: ClaimOffer, now: datetime
) -> tuple[Entry, ...]:
    """These codes, and no other of the line, go back on the shelf, and their cost with them."""
    about = set(offer.codes)
    kept = [held.code_id for held in delivery.masked_codes(shop_id, [line.id]) if held.code_id not in about]
    taken = take_back(shop_id=shop_id, holder_id=line.id, seen=kept, now=now)
    if taken.count != len(about):
        raise CodesRevealed
    OrderLine.objects.filter(shop_id=shop_id, id=line.id).update(returned=F("returned") + taken.count)
    entry = accounts.take_back_entry(order_id=order_id, lines=[(line, taken.cost_minor)], claim_id=claim_id, now=now)
    return (entry,) if entry else ()
