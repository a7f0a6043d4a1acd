"""What campaigns take off, as pages show it: prices of a piece on the product page, lines and coupons at checkout."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.utils import translation
from django.utils.translation import gettext as _

from goodfor.identity.types import ShopView
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.orders.operations.quote import quote, try_coupons
from goodfor.orders.types import MAX_LINES, Buyer, CouponOption, LineRequest, Quote
from goodfor.promotions import queries as promotions
from goodfor.promotions.evaluating.explain import for_buyer
from goodfor.promotions.saying import effect_text
from goodfor.promotions.slots import running
from goodfor.promotions.types import ACTIVITY, BY_CHOICE, COUPON, EARN, ORDER, PRICE, CouponView, Live
from goodfor.storefront.account import current
from goodfor.storefront.client import client_ip, face_of
from goodfor.storefront.devices import own_id
from goodfor.storefront.forms import ids_in
from goodfor.storefront.grants import buyer_ref
from goodfor.storefront.member_only import exclusive_of
from goodfor.storefront.queries import Offer

#: Coupons that are tried at checkout.
MOST_COUPONS: Final = 20
#: The play that sells a stock of its own by the minute.
FLASH: Final = "flash"
#: Pieces that a price is asked for at most, to know how many have it.
MOST_PIECES: Final = 99
#: Why an order discount is not for this buyer at all: nothing is said of it.
_NOT_HIS: Final = frozenset({"audience", "channel", "window", "used_up", "budget", "coupon", "choice"})


@dataclass(frozen=True, slots=True)
class Deal:
    """A SKU at the price of a campaign: `pieces` of it in one order at most."""

    name: str
    price: Money
    pieces: int
    until: datetime | None
    #: The campaign, where it is a flash sale, so that what is sold out can be said early.
    flash: UUID | None = None
    #: For which members alone it is, in words.
    members: str = ""


@dataclass(frozen=True, slots=True)
class Deals:
    """What a product's page says: prices by SKU, and what orders get beside (name, in words).

    `members`: what members get that this visitor is not: for whom, what it is called, what it gives.
    """

    by_sku: dict[UUID, Deal]
    also: tuple[tuple[str, str], ...] = ()
    coupons: bool = False
    members: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CouponChoice:
    """A coupon at checkout: what it takes off by itself, or why nothing."""

    id: UUID
    name: str
    words: str
    off: Money | None
    why: str
    picked: bool


@dataclass(frozen=True, slots=True)
class Bill:
    """What an order costs: what is taken off by name, gifts, coupons. `plain`: no campaign looked at it.

    `flash`: the campaign whose flash price it has. `told`: what was asked, unless it is plain.
    """

    total: Money
    listed: Money
    plain: bool = True
    off: tuple[tuple[str, Money], ...] = ()
    gifts: tuple[tuple[str, int], ...] = ()
    choices: tuple[CouponChoice, ...] = ()
    coupons: tuple[UUID, ...] = ()
    code: str = ""
    code_error: str = ""
    flash: UUID | None = None
    told: Quote | None = None


def buyer_here(request: HttpRequest, shop: ShopView, ref: str = "", contact: str = "") -> Buyer:
    """Whoever asks, by all that is known of him."""
    account = current(request, shop)
    known = ref or (account.ref if account else buyer_ref(request, shop.id))
    return Buyer(
        ref=known, contact=contact, ip=client_ip(request), locale=translation.get_language() or "zh-hans",
        device=own_id(request), face=face_of(request),
    )  # fmt: skip


def deals_of(request: HttpRequest, shop: ShopView, product_id: UUID, offers: Sequence[Offer], now: datetime) -> Deals:
    """Prices of a product's SKUs for this visitor. One cheap read where no campaign is about them."""
    skus = {offer.sku.id for offer in offers}
    lives = [live for live in promotions.live_campaigns(shop.id) if _may_concern(live, product_id, skus)]
    wanted = [offer for offer in offers if offer.buyable][:MAX_LINES]
    if not lives or not wanted:
        return Deals({})
    lines = [LineRequest(offer.sku.id, min(offer.most, MOST_PIECES)) for offer in wanted]
    try:
        told = quote(shop_id=shop.id, lines=lines, buyer=buyer_here(request, shop), now=now)
    except DomainError:
        return Deals({})
    zone = promotions.zone_of(shop.id)
    by_revision = {live.revision_id: live for live in lives}
    outcomes = {one.revision_id: one.outcome for one in told.trace}
    also = tuple(
        (exclusive_of(shop.id, live.spec) or live.name, effect_text(live.spec.effect, {}, shop.currency))
        for live in lives
        if live.spec.layer in (ORDER, EARN) and outcomes.get(live.revision_id, "scope") not in {*_NOT_HIS, "scope"}
    )
    until = {live.revision_id: running(live.spec.window, now, zone) for live in lives}
    return Deals(
        _by_sku(shop, told, by_revision, until), also,
        any(live.spec.layer == COUPON and outcomes.get(live.revision_id) for live in lives),
        tuple(
            (whose, live.name, effect_text(live.spec.effect, {}, shop.currency))
            for live in lives
            if outcomes.get(live.revision_id) == "audience" and (whose := exclusive_of(shop.id, live.spec))
        ),
    )  # fmt: skip


def _by_sku(
    shop: ShopView, told: Quote, lives: dict[UUID, Live], until: dict[UUID, datetime | None]
) -> dict[UUID, Deal]:  # fmt: skip
    lines = {line.line_id: line for line in told.lines if not line.gift and line.bundle_id is None}
    found: dict[UUID, Deal] = {}
    for one in told.taken:
        live, line = lives.get(one.revision_id), lines.get(one.line_id)
        if live is None or line is None or live.spec.layer not in (ACTIVITY, PRICE):
            continue
        pieces = one.units or line.quantity
        price = line.unit_price.amount_minor - one.minor // pieces
        found[line.sku_id] = Deal(
            live.name, Money(price, line.unit_price.currency), pieces, until.get(one.revision_id),
            live.campaign_id if live.spec.play == FLASH else None, exclusive_of(shop.id, live.spec),
        )  # fmt: skip
    return found


def _may_concern(live: Live, product_id: UUID, skus: set[UUID]) -> bool:
    """Whether it may be about this product; categories are asked by the evaluator."""
    scope = live.spec.scope
    if live.spec.trigger == BY_CHOICE:
        return False
    return scope.everything or bool(scope.categories) or product_id in scope.products or bool(scope.skus & skus)


def bill_of(
    shop: ShopView, lines: Sequence[LineRequest], listed: Money, buyer: Buyer, asked: QueryDict, now: datetime
) -> Bill:
    """What an order would cost now. The coupon that takes off most is picked, unless the page has asked before."""
    plain = Bill(listed, listed)
    if not promotions.has_plan(shop.id):
        return plain
    mine = [one for one in promotions.coupons_of(shop.id, buyer.ref, now) if one.usable][:MOST_COUPONS]
    code, brought, wrong = asked.get("code", "").strip()[:40], None, ""
    if code:
        try:
            brought = promotions.coupon_by_code(shop.id, code, buyer.ref, now).coupon_id
        except DomainError as error:
            wrong = str(error.title)
    ids = list(dict.fromkeys([*(one.id for one in mine), *([brought] if brought else [])]))
    try:
        options = try_coupons(shop_id=shop.id, lines=lines, buyer=buyer, coupons=ids, now=now)
        picked = _picked(asked, options, brought)
        told = quote(shop_id=shop.id, lines=lines, buyer=buyer, coupons=picked, now=now)
    except DomainError:
        # What stops the order is said when it is placed.
        return plain
    if not told.trace and not options:
        return plain
    names = {one.id: one for one in mine}
    choices = tuple(_choice(one, names.get(one.coupon_id), one.coupon_id in picked, shop, now) for one in options)
    return _billed(told, listed, choices, tuple(picked), code, wrong, shop)


def _picked(asked: QueryDict, options: Sequence[CouponOption], brought: UUID | None) -> list[UUID]:
    known = {one.coupon_id for one in options}
    if asked.get("coupons") == "1":
        found = [one for one in ids_in(asked.getlist("coupon"), MOST_COUPONS) if one in known]
        return [*found, brought] if brought and brought not in found else found
    best = max(options, key=lambda one: (one.minor, one.coupon_id == brought), default=None)
    return [best.coupon_id] if best is not None and best.minor > 0 else []


def _choice(one: CouponOption, view: CouponView | None, picked: bool, shop: ShopView, now: datetime) -> CouponChoice:
    spec = one.spec or (view.spec if view else None)
    why = ""
    if one.minor < 1:
        if one.traced is None or spec is None:
            why = _("不适用于所选商品")
        else:
            why = for_buyer(one.traced, spec, currency=shop.currency, now=now)
    return CouponChoice(
        one.coupon_id, view.name if view else _("输入的券码"),
        effect_text(spec.effect, {}, shop.currency) if spec else "",
        Money(one.minor, shop.currency) if one.minor > 0 else None, why, picked,
    )  # fmt: skip


def _billed(
    told: Quote, listed: Money, choices: tuple[CouponChoice, ...], picked: tuple[UUID, ...], code: str, wrong: str,
    shop: ShopView,
) -> Bill:  # fmt: skip
    gifts = {line.line_id for line in told.lines if line.gift}
    by_name: dict[str, int] = {}
    for one in told.taken:
        if one.line_id not in gifts:
            by_name[one.name] = by_name.get(one.name, 0) + one.minor
    return Bill(
        told.total, listed, plain=False,
        off=tuple((name, Money(minor, shop.currency)) for name, minor in by_name.items()),
        gifts=tuple((line.title, line.quantity) for line in told.lines if line.gift), choices=choices, coupons=picked,
        code=code, code_error=wrong, flash=_flash_of(told, shop.id), told=told,
    )  # fmt: skip


def _flash_of(told: Quote, shop_id: UUID) -> UUID | None:
    """The flash sale that prices it; nothing is read where nothing has a price of its own."""
    priced = {one.campaign_id for one in told.taken if one.units}
    if not priced:
        return None
    return next(
        (live.campaign_id for live in promotions.live_campaigns(shop_id)
         if live.spec.play == FLASH and live.campaign_id in priced), None,
    )  # fmt: skip
