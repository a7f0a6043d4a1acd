"""A cart and a plan in, a price with its reasons out. Pure; the rules are docs/promotions.md, section by section."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.promotions.cart_types import Cart, Extra, GiftOffer, Live, Priced, Traced
from goodfor.promotions.evaluating.extra import extra_points
from goodfor.promotions.evaluating.lines import price_bundles, price_layer
from goodfor.promotions.evaluating.meeting import BUNDLES, Index, Met, meet
from goodfor.promotions.evaluating.nodes import price_nodes
from goodfor.promotions.evaluating.work import Work, start
from goodfor.promotions.spec_types import ACTIVITY, COUPON, EARN, ORDER, PRICE

_NO_GIFTS: Final[Mapping[UUID, GiftOffer]] = MappingProxyType({})


def price(
    cart: Cart,
    plan: Sequence[Live],
    *,
    zone: ZoneInfo,
    floor: int = 0,
    gifts: Mapping[UUID, GiftOffer] = _NO_GIFTS,
) -> Priced:
    """What the cart costs under the plan.

    `floor`: the shop's, in fen a piece over cost; `zone`: the shop's; `gifts`: by SKU, those that can be had, with what
    of them is in stock beside the cart's own lines.
    """
    work, met = start(cart, floor, gifts), meet(Index(cart, zone), plan)
    entries, trace = met.entries, met.trace
    priced = [False] * len(cart.lines)
    trace[BUNDLES] += price_bundles(work, entries[BUNDLES])
    trace[ACTIVITY] += price_layer(work, entries[ACTIVITY], priced)
    trace[PRICE] += price_layer(work, entries[PRICE], priced)
    trace[ORDER] += price_nodes(work, entries[ORDER], coupons=False)
    trace[COUPON] += price_nodes(work, entries[COUPON], coupons=True)
    extras, trace[EARN] = _extras(work, met)
    return Priced(
        nets=tuple(work.amounts),
        shares=tuple(work.shares),
        gifts=tuple(work.gifts),
        trace=tuple(one for layer in trace.values() for one in layer),
        extras=tuple(extras),
    )


def _extras(work: Work, met: Met) -> tuple[list[Extra], list[Traced]]:
    """Beside the price, at what lines cost in the end."""
    extras, told = extra_points(work, met.entries[EARN])
    return extras, [*met.trace[EARN], *told]
