"""Price a cart by campaigns and take what is limited of it. In the caller's transaction, before codes are reserved."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.catalog.types import SkuForSale
from goodfor.kernel.money import Money
from goodfor.orders.errors import PriceChanged
from goodfor.orders.offer_types import Offer, Wish
from goodfor.orders.offers import offer_for
from goodfor.orders.types import LineView
from goodfor.promotions.errors import LimitGone
from goodfor.promotions.operations.reserve import reserve

#: What was free a moment before and is gone is looked at so many times; in a crowd one may ask again.
TRIES: Final = 3


def take_offer(
    *, shop_id: UUID, order_id: UUID, lines: Sequence[LineView], total: Money, skus: Mapping[UUID, SkuForSale],
    wish: Wish, now: datetime,
) -> Offer:  # fmt: skip
    """The lines at what they cost the buyer now, with gifts behind them; limits and coupons are taken for the order.

    `lines` and `total` are at list prices. A shop without campaigns costs one read. What was free a moment before and
    is gone is priced anew. Raises PriceChanged where that is not what the buyer was shown (`wish.expect_minor`), and
    LimitGone where it was gone again and again.
    """
    for left in reversed(range(TRIES)):
        offer = offer_for(shop_id, lines, total, skus, wish, now)
        if wish.expect_minor not in (None, offer.total.amount_minor):
            raise PriceChanged(offer.quote)
        if offer.cart is None or offer.priced is None or not offer.taken:
            break
        try:
            reserve(shop_id=shop_id, order_id=order_id, names=wish.names, cart=offer.cart, priced=offer.priced, now=now)
        except LimitGone:
            if not left:
                raise
        else:
            break
    return offer
