"""Take a guest's orders into an account."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.identity.types import SignedInBuyer
from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.sql import Statement
from goodfor.orders.errors import OrderNotFound, OrderOwned
from goodfor.orders.events import OrderTakenIn

_CLAIM = Statement("goodfor.orders", "sql/claim_orders.sql")
_OWNERS = Statement("goodfor.orders", "sql/owners.sql")


@transaction.atomic(savepoint=False)
def claim_orders(
    *, shop_id: UUID, buyer: SignedInBuyer, order_ids: Sequence[UUID], proved_ids: Sequence[UUID], now: datetime
) -> list[str]:
    """The orders are the account's from now on, all or none; their numbers. Those that already are its own are skipped.

    An order qualifies when it was placed with a contact that the account has proven, or is among `proved_ids`: the
    face has seen its secret. Purchase limits count it for the account. Raises OrderOwned (another account has it;
    accounts are never merged), OrderNotFound (unknown, an API client's, or not proven).
    """
    advisory_xact_lock(("buyer", shop_id, buyer.ref))
    asked = set(order_ids)
    claimed = _CLAIM.rows(
        {
            "shop_id": shop_id,
            "order_ids": list(asked),
            "proved_ids": list(proved_ids),
            "indexes": identity.contact_indexes(shop_id, buyer.buyer_id),
            "buyer_ref": buyer.ref,
        }
    )
    owners: dict[UUID, str | None] = dict(_OWNERS.rows({"shop_id": shop_id, "order_ids": list(asked)}))
    for order_id in asked:
        owner = owners.get(order_id) or ""
        if owner != buyer.ref:
            raise OrderOwned if owner.startswith("buyer:") and order_id in proved_ids else OrderNotFound
    for order_id, number in claimed:
        audit.record(
            shop_id=shop_id,
            actor=f"buyer:{buyer.buyer_id}",
            action="orders.order_claimed",
            subject=("order", order_id),
            data={"number": number, "by": "secret" if order_id in proved_ids else "contact"},
            now=now,
        )
        event = OrderTakenIn(order_id, number, buyer.buyer_id)
        publish(shop_id=shop_id, event=event, cause=("order", order_id), now=now)
    return sorted(number for _id, number in claimed)
