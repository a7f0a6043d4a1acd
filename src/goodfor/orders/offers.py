"""What campaigns take off a cart now: the cart as the evaluator wants it, and its answer as lines of an order.

Promises nothing: `operations/take_offer.py` takes what is limited.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from goodfor.catalog.types import SkuForSale
from goodfor.kernel.addresses import network
from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import Money
from goodfor.orders.contacts import contact_index
from goodfor.orders.errors import InvalidOrder
from goodfor.orders.offer_inputs import costs_of, facts_of, gifts_of
from goodfor.orders.offer_types import CouponOption, MorePoints, Offer, Taken, TraceStep, Wish
from goodfor.orders.types import MAX_LINES, Buyer, LineView
from goodfor.promotions import queries as promotions
from goodfor.promotions.bundle_prices import best
from goodfor.promotions.bundle_queries import in_cart
from goodfor.promotions.choosing import choose
from goodfor.promotions.evaluating.evaluate import price
from goodfor.promotions.types import (
    BundleInCart,
    BuyerNames,
    Cart,
    CartLine,
    ChoiceRequest,
    GiftLine,
    Live,
    Priced,
    Wished,
)

#: Where campaigns say that they count, by the channel of an order, unless the face says it more exactly.
FACES: Final[Mapping[str, str]] = {"storefront": "web", "api": "api"}


def ip_hash_of(buyer: Buyer) -> bytes | None:
    """The blind index of the buyer's network, as orders keep it."""
    return keyring().blind_index("ip", network(buyer.ip).encode()) if buyer.ip else None


def wish_of(
    shop_id: UUID, buyer: Buyer, channel: str, *, ip_hash: bytes | None = None, coupons: Sequence[UUID] = (),
    choice: ChoiceRequest | None = None, expect_minor: int | None = None, ordering: bool = False, now: datetime,
) -> Wish:  # fmt: skip
    """What somebody asks for, under all his names, which are hashed. Raises InvalidOrder, what of `choice` is over.

    `ordering`: what is not known of him now will not be: a campaign that is limited by a name he has not gives nothing.
    """
    check_coupons(coupons)
    contact = contact_index(shop_id, buyer.contact) if buyer.contact else None
    names = BuyerNames(
        buyer_ref=buyer.ref, device=buyer.device, address=ip_hash.hex() if ip_hash else "",
        phone=contact.hex() if contact else "", cluster=buyer.cluster, whole=ordering,
    )  # fmt: skip
    chosen = choose(shop_id, choice, buyer_ref=buyer.ref, now=now) if choice is not None else None
    face = buyer.face or FACES.get(channel, channel)
    return Wish(names, face, channel, tuple(coupons), chosen, expect_minor, contact_index=contact)


def wish_of_client(client_id: UUID, coupons: Sequence[UUID] = (), expect_minor: int | None = None) -> Wish:
    """What a program asks for that buys from its balance for itself. Raises InvalidOrder."""
    check_coupons(coupons)
    return Wish(
        BuyerNames(f"client:{client_id}", whole=True),
        FACES["api"],
        "api",
        tuple(coupons),
        None,
        expect_minor,
        client_id=client_id,
    )


def check_coupons(coupons: Sequence[UUID]) -> None:
    """Raise InvalidOrder for more than an order has lines: each is looked up, and priced against all others."""
    if len(coupons) > MAX_LINES:
        raise InvalidOrder(field="coupons")


def offer_for(
    shop_id: UUID, lines: Sequence[LineView], total: Money, skus: Mapping[UUID, SkuForSale], wish: Wish, now: datetime
) -> Offer:  # fmt: skip
    """The lines as campaigns price them, and gifts; where the shop has no campaign one row is read, and that is all.

    Raises BundleNotOnSale, InvalidPicks where lines are said to be of a bundle and are not.
    """
    asked = _asked(shop_id, lines, total, skus, wish, now)
    if asked is None:
        return Offer(tuple(lines), total)
    cart, lives, priced = best(asked.cart, asked.lives, asked.bundles, price=asked.evaluate)
    return _offer(asked.lines, total.currency, cart, lives, priced, asked.given)


def options_for(
    shop_id: UUID, lines: Sequence[LineView], total: Money, skus: Mapping[UUID, SkuForSale], wish: Wish, now: datetime
) -> list[CouponOption]:  # fmt: skip
    """Each of the wished coupons by itself: what it takes off beside all else, and what became of it."""
    asked = _asked(shop_id, lines, total, skus, wish, now)
    if asked is None:
        return [CouponOption(coupon_id, 0) for coupon_id in wish.coupons]
    plain = replace(asked.cart, coupons=())
    base = best(plain, asked.lives, asked.bundles, price=asked.evaluate)[2].total
    found = []
    for one in asked.cart.coupons:
        cart = replace(asked.cart, coupons=(one,))
        _cart, lives, priced = best(cart, asked.lives, asked.bundles, price=asked.evaluate)
        traced = next((step for step in priced.trace if step.coupon_id == one.coupon_id), None)
        spec = next((live.spec for live in lives if live.campaign_id == one.campaign_id), None)
        found.append(CouponOption(one.coupon_id, base - priced.total, traced, spec))
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that a price needs."""

    lines: Sequence[LineView]
    cart: Cart
    lives: tuple[Live, ...]
    bundles: Sequence[BundleInCart]
    evaluate: Callable[[Cart, Sequence[Live]], Priced]
    given: Mapping[UUID, SkuForSale]


def _asked(
    shop_id: UUID, lines: Sequence[LineView], total: Money, skus: Mapping[UUID, SkuForSale], wish: Wish, now: datetime
) -> _Asked | None:  # fmt: skip
    """Read once for all prices of a cart; None where nobody takes anything off."""
    bundles = in_cart(
        shop_id, [Wished(line.bundle_id, line.sku_id, line.quantity) for line in lines if line.bundle_id is not None]
    )
    lines = _of_bundles(lines, bundles)
    cart = Cart(
        lines=tuple(_cart_line(line, skus[line.sku_id], bundles) for line in lines), channel=wish.face, now=now,
        choices=(wish.choice,) if wish.choice is not None else (), bundles=tuple(one.cart for one in bundles),
    )  # fmt: skip
    lives = promotions.plan(shop_id, cart, wish.names, now)
    if not lives and not bundles:
        return None
    costs = costs_of(shop_id, lines, total.currency, wish.channel, now)
    cart = replace(
        cart,
        lines=tuple(replace(line, cost=costs.get(line.sku_id)) for line in cart.lines),
        facts=facts_of(shop_id, wish, lives, now),
        coupons=promotions.present(shop_id, wish.coupons, wish.names.buyer_ref, now) if wish.coupons else (),
    )
    gifts, given = gifts_of(shop_id, lives, lines, now)
    floor = promotions.floor_planned(shop_id)
    evaluate = partial(price, zone=promotions.zone_of(shop_id), floor=floor, gifts=gifts)
    return _Asked(lines, cart, lives, bundles, evaluate, given)


def _of_bundles(lines: Sequence[LineView], bundles: Sequence[BundleInCart]) -> Sequence[LineView]:
    """The lines with what their bundle is called, and by which revision it is sold."""
    if not bundles:
        return lines
    known = {one.cart.instance: one for one in bundles}
    return [
        line if line.bundle_id is None else replace(
            line, bundle_revision_id=known[line.bundle_id].revision_id, bundle_title=known[line.bundle_id].title
        )
        for line in lines
    ]  # fmt: skip


def _cart_line(line: LineView, sku: SkuForSale, bundles: Sequence[BundleInCart]) -> CartLine:
    weights = next((one.weights for one in bundles if one.cart.instance == line.bundle_id), {})
    return CartLine(
        line.sku_id, sku.product_id, sku.category_id, line.quantity, line.unit_price.amount_minor, None,
        line.bundle_id, weights.get(line.sku_id),
    )  # fmt: skip


def _offer(
    lines: Sequence[LineView], currency: str, cart: Cart, lives: tuple[Live, ...], priced: Priced,
    skus: Mapping[UUID, SkuForSale],
) -> Offer:  # fmt: skip
    names = {live.revision_id: live.name for live in lives}
    shown = [
        replace(line, discount_minor=line.listed.amount_minor - net)
        for line, net in zip(lines, priced.nets, strict=True)
    ]
    taken = _merged(
        Taken(lines[one.line].line_id, one.campaign_id, one.revision_id, one.coupon_id, names[one.revision_id],
              one.minor, one.units, one.loss)
        for one in priced.shares
    )  # fmt: skip
    for gift in priced.gifts:
        line = _gift_line(gift, skus[gift.sku_id].title, currency)
        shown.append(line)
        taken.append(
            Taken(line.line_id, gift.campaign_id, gift.revision_id, None, names[gift.revision_id],
                  line.discount_minor, gift.pieces, gift.loss)
        )  # fmt: skip
    trace = tuple(
        TraceStep(one.campaign_id, one.revision_id, names[one.revision_id], one.outcome, one.wanted, one.given,
                  one.coupon_id)
        for one in priced.trace
    )  # fmt: skip
    points = tuple(
        MorePoints(lines[one.line].line_id, one.campaign_id, one.revision_id, one.times_bp, one.plus)
        for one in priced.extras
    )
    return Offer(tuple(shown), Money(priced.total, currency), cart, priced, lives, tuple(taken), trace, points)


def _merged(parts: Iterable[Taken]) -> list[Taken]:
    """One a line, revision and coupon."""
    found: dict[tuple[UUID, UUID, UUID | None], Taken] = {}
    for one in parts:
        key = (one.line_id, one.revision_id, one.coupon_id)
        known = found.get(key)
        found[key] = one if known is None else replace(
            known, minor=known.minor + one.minor, units=known.units + one.units, loss=known.loss + one.loss
        )  # fmt: skip
    return list(found.values())


def _gift_line(gift: GiftLine, title: str, currency: str) -> LineView:
    return LineView(
        uuid7(), gift.sku_id, title, gift.pieces, Money(gift.price, currency), gift=True,
        discount_minor=gift.price * gift.pieces,
    )  # fmt: skip
