"""Who somebody is to campaigns before there is an order: all his names, and what audiences ask. Through `queries`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodfor.identity import queries as identity
from goodfor.loyalty import queries as loyalty
from goodfor.orders.contacts import contact_index
from goodfor.orders.offer_inputs import ACCOUNT, orders_paid
from goodfor.promotions.types import BuyerNames

Facts = dict[str, int | bool | frozenset[str]]


def known_of(
    shop_id: UUID, *, ref: str, device: str, contacts: Sequence[str], now: datetime
) -> tuple[BuyerNames, Facts]:  # fmt: skip
    """Names and facts. `contacts`: those that the account has proven, the one that counts first; a guest has none."""
    indexes = [index for one in contacts if (index := contact_index(shop_id, one)) is not None]
    names = BuyerNames(ref, device=device, phone=indexes[0].hex() if indexes else "")
    signed_in = ref.startswith(ACCOUNT)
    asked: list[bytes | None] = [*indexes] or [None]
    bought = max(orders_paid(shop_id, ref, contact_index=index) for index in asked)
    facts: Facts = {"signed_in": signed_in, "orders_paid": bought}
    if signed_in:
        facts["tier"] = loyalty.rank_of(shop_id, UUID(ref.removeprefix(ACCOUNT)))
    since = identity.registered_at(shop_id, UUID(ref.removeprefix(ACCOUNT))) if signed_in else None
    if since is not None:
        facts["registered_days"] = max((now - since).days, 0)
    return names, facts
