"""News that costs money, each led to its operations in a transaction of its own."""

from uuid import UUID

from goodfor.aftersales.operations.compensate import compensate
from goodfor.aftersales.operations.goodwill import goodwill
from goodfor.aftersales.operations.hear_complaint import hear_complaint
from goodfor.aftersales.operations.late_delivery import note_late_delivery, took_long
from goodfor.aftersales.operations.recover import recover
from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent


def on_case_decided(event: StoredEvent) -> None:
    """A code counts as bad: its buyer is compensated, and its supplier is asked to make good.

    Here and not where it is decided: a refund there may have moved the same wallet already (see `grant`).
    """
    case_id, now = UUID(event.payload["case_id"]), utc_now()
    compensate(shop_id=event.shop_id, case_id=case_id, now=now)
    recover(shop_id=event.shop_id, case_id=case_id, now=now)


def is_proven(event: StoredEvent) -> bool:
    """Only these cost anything."""
    return bool(event.payload["proven"])


def on_deadline_missed(event: StoredEvent) -> None:
    """A promised time of a case passed: what is owed for it, by itself; in a transaction of its own, as above."""
    told = event.payload
    goodwill(shop_id=event.shop_id, case_id=UUID(told["case_id"]), kind=told["what"], now=event.occurred_at)


def costs_goodwill(event: StoredEvent) -> bool:
    """Something was promised for it, and it is not given already, as for late deliveries."""
    return event.payload["case_id"] is not None and event.payload["goodwill_minor"] > 0


def on_order_delivered(event: StoredEvent) -> None:
    """Delivered; perhaps later than promised."""
    note_late_delivery(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"]), now=utc_now())


def may_be_late(event: StoredEvent) -> bool:
    """Most come at once."""
    return took_long(event.shop_id, UUID(event.payload["order_id"]))


def on_complaint_ended(event: StoredEvent) -> None:
    """A supplier paid back for what was complained about, or did not."""
    told = event.payload
    hear_complaint(
        shop_id=event.shop_id, case_id=UUID(told["subject"]), supplier_id=UUID(told["supplier_id"]),
        inquiry_id=UUID(told["inquiry_id"]), amount_minor=told["amount_minor"], currency=told["currency"],
        now=utc_now(),
    )  # fmt: skip
