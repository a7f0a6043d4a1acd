"""Every row lock of gifts outside of sql/. With a lock timeout, as everywhere.

Order: the giver (advisory) > the gift > the order, the card or the wallets > the ledger > what is held of
an order (advisory).
"""

from uuid import UUID

from django.db import connection

from goodfor.gifts.models import Gift
from goodfor.kernel.locks import LOCK_TIMEOUT_MS, advisory_xact_lock


def lock_giver(shop_id: UUID, giver_ref: str) -> None:
    """One gift of a giver is made at a time: a request and a day's number are counted."""
    advisory_xact_lock(("gift", shop_id, giver_ref))


def lock_held(shop_id: UUID, order_id: UUID) -> None:
    """What is held of an order's codes is written anew by one at a time."""
    advisory_xact_lock(("held", shop_id, order_id))


def lock_gift(shop_id: UUID, gift_id: UUID) -> Gift | None:
    """For the rest of the transaction; None: there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])
    return Gift.objects.select_for_update(no_key=True).filter(shop_id=shop_id, id=gift_id).first()
