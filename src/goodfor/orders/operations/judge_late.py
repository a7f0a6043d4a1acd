"""Whether money that came for a closed order still buys it. A step of applying a payment, in its transaction."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.catalog.errors import NotOnSale, SkuUnknown
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.orders import states, store
from goodfor.orders.errors import BuyerLimit
from goodfor.orders.offer_reads import credit_part
from goodfor.orders.operations.check_buyer_limit import check_buyer_limit
from goodfor.promotions.operations.phases import reserve_again
from goodfor.promotions.operations.use_bargain import free_bargain, take_bargain_again

#: Whoever pays later than this after an order was closed has forgotten it: the money goes back.
STILL_WANTED: Final = timedelta(hours=24)


def judge_late(*, shop_id: UUID, order: store.LockedOrder, happened_at: datetime, now: datetime) -> str:
    """Empty when the order is to be delivered; else why its money goes back: a short stable word.

    Money that left the buyer before the order was closed is late news, not a late payment: it buys what was ordered.
    What was paid later must still be for sale, at no more than was paid, within the buyer's limit: a link to pay is no
    option on yesterday's price, and cancelling is no way around a limit. In either case what campaigns gave was free
    for others since: it is taken again as it was, or the money goes back.
    """
    if order.state == states.PLACED or order.closed_at is None:
        return ""
    if order.discount_minor and credit_part(shop_id, order.id) is not None:
        # The units went back to their wallet when the order was closed, and may be spent.
        return "credit_gone"
    why = "" if happened_at <= order.closed_at else _judge(shop_id, order, order.closed_at, now)
    if not why and order.discount_minor and not _taken_again(shop_id, order, now):
        return "promotion_gone"
    return why


def _taken_again(shop_id: UUID, order: store.LockedOrder, now: datetime) -> bool:
    if not take_bargain_again(shop_id=shop_id, order_id=order.id, now=now):
        return False
    if reserve_again(shop_id=shop_id, order_id=order.id, now=now):
        return True
    free_bargain(shop_id=shop_id, order_id=order.id, now=now)
    return False


def _judge(shop_id: UUID, order: store.LockedOrder, closed_at: datetime, now: datetime) -> str:
    if now > closed_at + STILL_WANTED:
        return "too_late"
    lines = store.lines_of(shop_id, order.id)
    try:
        skus = catalog.skus_for_sale(shop_id, [line.sku_id for line in lines])
        if any(skus[line.sku_id].price.amount_minor > line.unit_price_minor for line in lines if not line.gift):
            return "price_rose"
        for buyer in sorted({line.limited_buyer for line in lines if line.limited_buyer}):
            # After the order's row, against the usual order: nobody who holds a buyer's lock waits for a closed order.
            advisory_xact_lock(("buyer", shop_id, buyer))
            check_buyer_limit(shop_id=shop_id, buyer_ref=buyer, lines=lines, skus=skus)
    except (NotOnSale, SkuUnknown):
        return "not_on_sale"
    except BuyerLimit:
        return "buyer_limit"
    return ""
