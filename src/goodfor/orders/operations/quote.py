"""What would it cost?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.kernel.ids import uuid7_batch
from goodfor.orders.offer_types import Quote
from goodfor.orders.offers import ip_hash_of, offer_for, options_for, wish_of
from goodfor.orders.pricing import buyer_key, check_requests, price_lines
from goodfor.orders.types import Buyer, CouponOption, LineRequest
from goodfor.promotions.types import ChoiceRequest

NOBODY = Buyer("")


def quote(
    *, shop_id: UUID, lines: Sequence[LineRequest], buyer: Buyer = NOBODY, channel: str = "storefront",
    coupons: Sequence[UUID] = (), choice: ChoiceRequest | None = None, now: datetime,
) -> Quote:  # fmt: skip
    """Price an order without placing it: at list prices, less what campaigns take off for this buyer, and why.

    Promises nothing: what is limited may be gone a moment later.
    Raises InvalidOrder, SkuUnknown, NotOnSale, OrderLimit, and of `choice` what is over.
    """
    check_requests(lines)
    skus = catalog.skus_for_sale(shop_id, [line.sku_id for line in lines])
    priced, total = price_lines(lines, skus, uuid7_batch(len(lines)))
    buyer = replace(buyer, ref=buyer_key(buyer.ref))
    wish = wish_of(shop_id, buyer, channel, ip_hash=ip_hash_of(buyer), coupons=coupons, choice=choice, now=now)
    return offer_for(shop_id, priced, total, skus, wish, now).quote


def try_coupons(
    *, shop_id: UUID, lines: Sequence[LineRequest], buyer: Buyer, channel: str = "storefront", coupons: Sequence[UUID],
    now: datetime,
) -> list[CouponOption]:  # fmt: skip
    """What each of these coupons of the buyer would take off by itself, and why not more. Promises nothing.

    Raises what `quote` raises, and CouponGone for one that he cannot bring.
    """
    if not coupons:
        return []
    check_requests(lines)
    skus = catalog.skus_for_sale(shop_id, [line.sku_id for line in lines])
    priced, total = price_lines(lines, skus, uuid7_batch(len(lines)))
    buyer = replace(buyer, ref=buyer_key(buyer.ref))
    wish = wish_of(shop_id, buyer, channel, ip_hash=ip_hash_of(buyer), coupons=coupons, now=now)
    return options_for(shop_id, priced, total, skus, wish, now)
