"""A refund was refused by the day's cap: the staff are told, once a day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from goodfor.kernel.errors import DomainError
from goodfor.orders.errors import RefundCapReached
from goodfor.payments.operations.open_case import open_case


def note_refund_cap(*, shop_id: UUID, error: DomainError, now: datetime) -> None:
    """Open the day's case if the cap is why; any other error is passed over.

    The refusal undoes its own transaction, so this comes after that one is over: whoever refunds inside a transaction
    of their own calls it when that has been rolled back.
    """
    if not isinstance(error, RefundCapReached):
        return
    with transaction.atomic():
        open_case(
            shop_id=shop_id,
            kind="refund_cap",
            business_key=f"{error.day.isoformat()}:{error.currency}",
            detail={
                "day": error.day.isoformat(),
                "currency": error.currency,
                "refunded_minor": error.used_minor,
                "limit_minor": error.cap_minor,
            },
            now=now,
        )


@contextmanager
def telling_of_cap(shop_id: UUID, now: datetime) -> Iterator[None]:
    """Around a transaction: what the cap refuses in it is told, unless a wider one is open, whose owner does it."""
    try:
        yield
    except RefundCapReached as error:
        if not connection.in_atomic_block:
            note_refund_cap(shop_id=shop_id, error=error, now=now)
        raise
