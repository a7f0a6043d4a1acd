"""What a price depends on beside the cart: what its goods cost the shop, gifts to be had, facts about the buyer."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.catalog.errors import NotOnSale, SkuUnknown
from goodfor.catalog.types import SkuForSale
from goodfor.identity import queries as identity
from goodfor.kernel.sql import Statement
from goodfor.loyalty import queries as loyalty
from goodfor.orders.offer_types import Wish
from goodfor.orders.types import CODE, LineView
from goodfor.promotions.evaluating.conditions import asked_of
from goodfor.promotions.types import Gift, GiftOffer, Live
from goodfor.supply import queries as supply
from goodfor.vault import queries as stocks

_PAID: Final = Statement(__package__, "sql/orders_paid.sql")
#: More orders than this make nobody more of a regular.
MOST_PAID: Final = 1_000
ACCOUNT: Final = "buyer:"


def costs_of(shop_id: UUID, lines: Sequence[LineView], currency: str, channel: str, now: datetime) -> dict[UUID, int]:
    """SKU -> the most that one piece may cost the shop, in minor units; absent where nobody knows.

    From the shelf where all of it lies there, else as suppliers offer it: an order is filled from one of both.
    """
    wanted: Counter[UUID] = Counter()
    for line in lines:
        wanted[line.sku_id] += line.quantity
    shelved = [line.sku_id for line in lines if line.kind == CODE]
    levels, lots = stocks.stock(shop_id, shelved, now), stocks.top_costs(shop_id, shelved)
    found = {sku_id: cost for sku_id, (cost, of) in lots.items() if of == currency}
    short = [sku_id for sku_id, count in wanted.items() if sku_id not in levels or levels[sku_id].available < count]
    if short:
        for sku_id in short:
            found.pop(sku_id, None)
        most = max(wanted[sku_id] for sku_id in short)
        found |= supply.dearest(shop_id, short, now, currency=currency, channel=channel, quantity=most)
    return found


def gifts_of(
    shop_id: UUID, lives: Sequence[Live], lines: Sequence[LineView], now: datetime
) -> tuple[dict[UUID, GiftOffer], dict[UUID, SkuForSale]]:
    """The gifts that could be given beside these lines, from the shelf alone, and what they are.

    Never beside a top-up, which is an order of its own.
    """
    wanted = {live.spec.effect.sku_id for live in lives if isinstance(live.spec.effect, Gift)}
    if not wanted or any(line.kind != CODE for line in lines):
        return {}, {}
    found, skus = gift_offers(shop_id, wanted, lines[0].unit_price.currency, now)
    offers = {}
    for sku_id, offer in found.items():
        own = sum(line.quantity for line in lines if line.sku_id == sku_id)
        if offer.pieces > own:
            offers[sku_id] = replace(offer, pieces=offer.pieces - own)
    return offers, skus


def gift_offers(
    shop_id: UUID, wanted: Collection[UUID], currency: str, now: datetime
) -> tuple[dict[UUID, GiftOffer], dict[UUID, SkuForSale]]:
    """Of these SKUs those that can be given from the shelf, with what of them is there; and those that are for sale."""
    skus = {sku_id: sku for sku_id in sorted(wanted) if (sku := _for_sale(shop_id, sku_id)) is not None}
    levels, costs = stocks.stock(shop_id, list(skus), now), stocks.top_costs(shop_id, list(skus))
    offers = {}
    for sku_id, sku in skus.items():
        free = levels[sku_id].available if sku_id in levels else 0
        cost = costs.get(sku_id)
        if free > 0 and cost is not None and cost[1] == sku.price.currency == currency:
            offers[sku_id] = GiftOffer(sku_id, sku.price.amount_minor, cost[0], free)
    return offers, skus


def _for_sale(shop_id: UUID, sku_id: UUID) -> SkuForSale | None:
    try:
        sku = catalog.skus_for_sale(shop_id, [sku_id])[sku_id]
    except (NotOnSale, SkuUnknown):
        return None
    return sku if sku.delivery_kind == CODE else None


def facts_of(
    shop_id: UUID, wish: Wish, lives: Sequence[Live], now: datetime
) -> Mapping[str, int | bool | frozenset[str]]:
    """What audiences ask about; nothing is read where no campaign asks."""
    if not any(live.spec.audience for live in lives):
        return {}
    ref = wish.names.buyer_ref
    signed_in = ref.startswith(ACCOUNT)
    facts: dict[str, int | bool | frozenset[str]] = {
        "signed_in": signed_in,
        "orders_paid": orders_paid(shop_id, ref, client_id=wish.client_id, contact_index=wish.contact_index),
    }
    if signed_in and any("tier" in asked_of(live.spec.audience) for live in lives):
        facts["tier"] = loyalty.rank_of(shop_id, UUID(ref.removeprefix(ACCOUNT)))
    since = identity.registered_at(shop_id, UUID(ref.removeprefix(ACCOUNT))) if signed_in else None
    if since is not None:
        facts["registered_days"] = max((now - since).days, 0)
    return facts


def orders_paid(
    shop_id: UUID, buyer_ref: str, *, client_id: UUID | None = None, contact_index: bytes | None = None
) -> int:
    """How many orders somebody has paid for and kept, by any of his names, at most MOST_PAID.

    By the account or browser, by the contact that was left, and of a program that buys for itself by the program.
    """
    row = _PAID.row(
        {
            "shop_id": shop_id, "buyer_ref": buyer_ref, "client_id": client_id, "contact_index": contact_index,
            "most": MOST_PAID,
        }
    )  # fmt: skip
    assert row is not None
    return int(row[0])
