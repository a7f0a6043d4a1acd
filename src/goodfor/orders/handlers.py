"""News from the rooms below, each leading to one operation."""

from contextvars import ContextVar
from uuid import UUID

from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent
from goodfor.orders.claims import is_claim
from goodfor.orders.operations.apply_payment_fact import apply_payment_fact
from goodfor.orders.operations.book_purchase import book_purchase
from goodfor.orders.operations.book_void import book_void
from goodfor.orders.operations.count_refund import uncount_refund
from goodfor.orders.operations.finish_refund import finish_refund
from goodfor.orders.operations.finish_replacement import fail_replacement, finish_replacement
from goodfor.orders.operations.forget_contacts import forget_contacts
from goodfor.orders.operations.hear_supply import deliver_supplied, refund_unsupplied
from goodfor.orders.operations.judge_payment import judge_payment
from goodfor.orders.operations.note_failed_refund import note_failed_refund
from goodfor.orders.types import HoldOrder
from goodfor.payments import queries as payments
from goodfor.payments.types import Fact

#: How orders are to wait whose money this thread is about to hear of.
_judged: "ContextVar[dict[UUID, HoldOrder | None]]" = ContextVar("orders.judged")


def judge_fact(event: StoredEvent) -> None:
    """Before the transaction of `on_fact_recorded`: judge the payment there, where it is seen by all at once.

    The answer is kept for the handler, which is called next, by this thread.
    """
    fact = _fact(event)
    if fact is not None:
        hold = judge_payment(shop_id=event.shop_id, fact=fact, now=utc_now())
        _judged.set({UUID(event.payload["fact_id"]): hold})


def on_fact_recorded(event: StoredEvent) -> None:
    """A channel answered a poll: money came. Stock is taken by the time of hearing it; the news may be old.

    Raises RuntimeError for a payment that nobody judged: nothing is delivered unseen.
    """
    fact = _fact(event)
    if fact is None:
        return
    judged = _judged.get({})
    fact_id = UUID(event.payload["fact_id"])
    if fact_id not in judged:
        raise RuntimeError("a payment is judged before it is heard of")
    apply_payment_fact(shop_id=event.shop_id, fact=fact, hold=judged.pop(fact_id), now=utc_now())


def _fact(event: StoredEvent) -> Fact | None:
    """What came, if it is money that nothing was done about yet."""
    recorded = payments.recorded(event.shop_id, UUID(event.payload["fact_id"]))
    if recorded is None or recorded.outcome or recorded.fact.kind != "paid":
        return None
    return recorded.fact


def on_refund_succeeded(event: StoredEvent) -> None:
    """A channel gave money back."""
    own = event.payload["business_key"].startswith("order:")
    finish_refund(
        shop_id=event.shop_id,
        order_id=UUID(event.payload["source_id"]) if own else None,
        refund=payments.refund(event.shop_id, UUID(event.payload["refund_id"])),
        now=event.occurred_at,
    )


def on_refund_failed(event: StoredEvent) -> None:
    """A channel refused to give money back; of a payment too many there is the case, and no order to tell."""
    refund_id = UUID(event.payload["refund_id"])
    if event.payload["business_key"].startswith("order:"):
        note_failed_refund(
            shop_id=event.shop_id,
            order_id=UUID(event.payload["source_id"]),
            refund=payments.refund(event.shop_id, refund_id),
            now=event.occurred_at,
        )
    # After the order's row, and for any refund: its day has the room again.
    uncount_refund(shop_id=event.shop_id, refund_id=refund_id, now=event.occurred_at)


def on_batch_activated(event: StoredEvent) -> None:
    """Codes came into stock at a cost."""
    book_purchase(
        shop_id=event.shop_id,
        batch_id=UUID(event.payload["batch_id"]),
        sku_id=UUID(event.payload["sku_id"]),
        cost_minor=event.payload["cost_minor"],
        currency=event.payload["currency"],
        now=event.occurred_at,
    )


def on_codes_voided(event: StoredEvent) -> None:
    """Codes that were never sold were written off."""
    book_void(
        shop_id=event.shop_id,
        event_id=event.id,
        sku_id=UUID(event.payload["sku_id"]),
        cost_minor=event.payload["cost_minor"],
        currency=event.payload["currency"],
        now=event.occurred_at,
    )


def on_line_supplied(event: StoredEvent) -> None:
    """Suppliers delivered all that a line wanted, or a claim in the place of its codes."""
    order_id, line_id = UUID(event.payload["order_id"]), UUID(event.payload["line_id"])
    if is_claim(event.shop_id, order_id, line_id):
        finish_replacement(shop_id=event.shop_id, claim_id=line_id, now=utc_now())
    else:
        deliver_supplied(shop_id=event.shop_id, order_id=order_id, now=utc_now())


def on_line_failed(event: StoredEvent) -> None:
    """No supplier could deliver a line, or what a claim wanted."""
    order_id, line_id, why = UUID(event.payload["order_id"]), UUID(event.payload["line_id"]), event.payload["reason"]
    if is_claim(event.shop_id, order_id, line_id):
        fail_replacement(shop_id=event.shop_id, claim_id=line_id, reason=why, now=utc_now())
    else:
        refund_unsupplied(shop_id=event.shop_id, order_id=order_id, line_id=line_id, why=why, now=utc_now())


def on_buyer_erasing(event: StoredEvent) -> None:
    """An account is about to be erased: its contacts must not survive on orders."""
    forget_contacts(shop_id=event.shop_id, buyer_id=UUID(event.payload["buyer_id"]), now=event.occurred_at)
