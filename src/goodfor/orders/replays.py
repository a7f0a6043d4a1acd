"""Orders of the last days as carts, to reckon what a campaign would have done to them. Reached through `queries`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.identity import queries as identity
from goodfor.kernel.sql import Statement
from goodfor.loyalty import queries as loyalty
from goodfor.orders.offer_inputs import gift_offers
from goodfor.orders.offers import FACES
from goodfor.promotions.bundle_queries import bundles_by_id, in_cart_of
from goodfor.promotions.errors import BundleNotOnSale, InvalidPicks
from goodfor.promotions.types import (
    BundleInCart,
    BundleView,
    BuyerNames,
    Cart,
    CartLine,
    Gift,
    GiftOffer,
    Live,
    Replay,
    Wished,
)

_REPLAYS: Final = Statement(__package__, "sql/replays.sql")
#: Enough to see what it costs, and soon read.
MOST_REPLAYED: Final = 2_000
_ACCOUNT: Final = "buyer:"
_BROWSERS: Final = "storefront"


def replays(
    shop_id: UUID, since: datetime, until: datetime, currency: str, *, goods: Mapping[UUID, tuple[UUID, UUID]],
    costs: Mapping[UUID, int], most: int = MOST_REPLAYED,
) -> list[Replay]:  # fmt: skip
    """Orders that were paid for and kept, as their buyers wished them at list prices, oldest first; the newest `most`.

    `goods`: SKU -> product, category; `costs`: SKU -> cost a piece now. Lines of other SKUs are left out. Bundles are
    those on sale now: lines of others, or that are no whole sets any more, have no price of their own. Browsers are not
    kept with orders: each buyer has one. Of members' tiers those of now are known.
    """
    params = {"shop_id": shop_id, "since": since, "until": until, "currency": currency, "most": most}
    rows = list(_REPLAYS.rows(params))
    bundled = sorted({one for row in rows for one in row[12] if one is not None})
    views = {view.id: view for view in bundles_by_id(shop_id, bundled)} if bundled else {}
    ranks = loyalty.ranks_now(shop_id, {UUID(ref) for row in rows if (ref := _account(row[1]))})
    accounts = identity.registered_since(shop_id, {UUID(ref) for row in rows if (ref := _account(row[1]))})
    found = []
    for number, ref, ip_hash, contact, channel, at, paid_at, before, codes, skus, quantities, prices, bundles in rows:
        lines = tuple(
            CartLine(sku, *goods[sku], quantity, price, costs.get(sku), bundle)
            for sku, quantity, price, bundle in zip(skus, quantities, prices, bundles, strict=True)
            if sku in goods
        )
        if not lines:
            continue
        facts: dict[str, int | bool | frozenset[str]] = {"orders_paid": int(before), "signed_in": bool(_account(ref))}
        if _account(ref):
            facts["tier"] = ranks.get(UUID(_account(ref)), 0)
        since_when = accounts.get(UUID(_account(ref))) if _account(ref) else None
        if since_when is not None:
            facts["registered_days"] = max((at - since_when).days, 0)
        inside = _bundles_in(lines, views)
        names = BuyerNames(
            ref or number, device=(ref or number) if channel == _BROWSERS else "", whole=True,
            address=bytes(ip_hash).hex() if ip_hash else "", phone=bytes(contact).hex() if contact else "",
        )  # fmt: skip
        cart = Cart(
            _weighed(lines, inside), FACES.get(channel, channel), at, facts, bundles=tuple(one.cart for one in inside)
        )
        found.append(Replay(number, names, cart, inside, codes, paid_at))
    return found


def gifts_now(shop_id: UUID, lives: Iterable[Live], currency: str, now: datetime) -> dict[UUID, GiftOffer]:
    """The gifts of these campaigns that can be had now, by SKU, with what of them is in stock."""
    wanted = {live.spec.effect.sku_id for live in lives if isinstance(live.spec.effect, Gift)}
    return gift_offers(shop_id, wanted, currency, now)[0] if wanted else {}


def _account(ref: str) -> str:
    return ref.removeprefix(_ACCOUNT) if ref.startswith(_ACCOUNT) else ""


def _bundles_in(lines: Sequence[CartLine], views: Mapping[UUID, BundleView]) -> tuple[BundleInCart, ...]:
    """Each bundle by itself: one that is not sold so any more leaves the others."""
    found: list[BundleInCart] = []
    for bundle_id in dict.fromkeys(line.bundle for line in lines if line.bundle is not None):
        wished = [Wished(bundle_id, line.sku_id, line.quantity) for line in lines if line.bundle == bundle_id]
        try:
            found += in_cart_of([views[bundle_id]] if bundle_id in views else [], wished)
        except (BundleNotOnSale, InvalidPicks):
            continue
    return tuple(found)


def _weighed(lines: Sequence[CartLine], inside: Sequence[BundleInCart]) -> tuple[CartLine, ...]:
    """With the parts' own weights, as bundles give them."""
    weights = {one.cart.instance: one.weights for one in inside}
    return tuple(
        line if line.bundle not in weights else replace(line, weight=weights[line.bundle].get(line.sku_id))
        for line in lines
    )
