"""Bundles as buyers see them: parts as tokens, what is picked, what a set costs, how many there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import QueryDict

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import ProductCard, SkuView
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.operations.quote import quote
from goodfor.orders.types import Buyer, LineRequest, Quote
from goodfor.promotions import bundle_queries as bundles
from goodfor.promotions import queries as promotions
from goodfor.promotions.errors import InvalidPicks
from goodfor.promotions.evaluating.explain import for_buyer
from goodfor.promotions.slots import running
from goodfor.promotions.types import APPLIED, CUT, BundlePart, BundleView, Exploded, PickGroup, Traced

#: Before the SKU's id, in the names of fields: how often it is picked.
PICK: Final = "n-"
#: Why a price of a bundle is not this buyer's, where he may know that there is one.
_TOLD: Final = frozenset({"audience", "used_up", "budget"})


@dataclass(frozen=True, slots=True)
class PartOffer:
    """A part as the page shows it; `times`: how often it is picked, of what is always in 1."""

    part: BundlePart
    card: ProductCard
    sku: SkuView
    available: int
    times: int

    @property
    def name(self) -> str:
        """The field's name."""
        return f"{PICK}{self.part.sku_id}"

    @property
    def face(self) -> str:
        """What its token shows."""
        return self.sku.face_value_label or self.sku.name

    @property
    def out(self) -> bool:
        """Not enough for one set is left."""
        return self.available < self.part.pieces

    @property
    def extra(self) -> Money | None:
        """What picking it adds to the price of a set."""
        return Money(self.part.extra, self.sku.price.currency) if self.part.extra else None


@dataclass(frozen=True, slots=True)
class Choosing:
    """A group with its parts; `picked` of them so far."""

    group: PickGroup
    parts: tuple[PartOffer, ...]

    @property
    def picked(self) -> int:
        """How many picks there are."""
        return sum(part.times for part in self.parts)

    @property
    def missing(self) -> int:
        """How many are still to be picked."""
        return max(self.group.least - self.picked, 0)


@dataclass(frozen=True, slots=True)
class BundleOffer:
    """A bundle with what its buyer has picked. `wish` None: not whole yet."""

    view: BundleView
    always: tuple[PartOffer, ...]
    optional: tuple[PartOffer, ...]
    groups: tuple[Choosing, ...]
    sets: int
    #: Sets that can be had, whatever is picked.
    most: int
    wish: Exploded | None
    listed: Money
    total: Money
    #: By whom what is taken off the list prices, where the order was asked what it would cost.
    off: tuple[tuple[str, Money], ...] = ()
    #: The campaign whose price this is, until when; and those whose price is not this buyer's: name, why.
    deal: str = ""
    until: datetime | None = None
    passed: tuple[tuple[str, str], ...] = ()

    @property
    def saved(self) -> Money | None:
        """What the set is cheaper than its parts."""
        return self.listed - self.total if self.listed > self.total else None

    @property
    def buyable(self) -> bool:
        """Whole sets that are there."""
        return self.wish is not None and self.sets <= self.most and not any(one.out for one in self.parts if one.times)

    @property
    def parts(self) -> tuple[PartOffer, ...]:
        """All of them."""
        return (*self.always, *self.optional, *(part for group in self.groups for part in group.parts))

    @property
    def lines(self) -> list[PartOffer]:
        """What is in it as it is picked now."""
        return [part for part in self.parts if part.times]


@dataclass(frozen=True, slots=True)
class BundleCard:
    """A bundle on a shelf: the faces of its parts, its price, whether it is sold out."""

    view: BundleView
    faces: tuple[str, ...]
    listed: Money
    price: Money
    #: The price is that of the cheapest choice.
    from_price: bool
    sold_out: bool

    @property
    def saved(self) -> Money | None:
        """What it is cheaper than its parts."""
        return self.listed - self.price if self.listed > self.price else None


def picks_in(sent: QueryDict | Mapping[str, str]) -> dict[UUID, int]:
    """What a browser picked: SKU -> how often, of fields `n-<sku>`; nonsense is passed over."""
    found: dict[UUID, int] = {}
    for name in list(sent)[:60]:
        text = str(sent.get(name, ""))
        if not name.startswith(PICK) or not (text.isascii() and text.isdigit() and len(text) < 4):
            continue
        try:
            sku_id = UUID(name.removeprefix(PICK))
        except ValueError:
            continue
        if int(text):
            found[sku_id] = int(text)
    return found


def sets_in(text: str) -> int:
    """How many sets a browser asks for; 1 for nonsense."""
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def offer_of(shop_id: UUID, view: BundleView, picks: Mapping[UUID, int], sets: int) -> BundleOffer | None:
    """The bundle as its page shows it; None where a part that it cannot do without is off sale.

    Prices are those of the bundle itself; `quoted` says what an order costs.
    """
    spec = view.spec
    found = {sku.id: (card, sku) for card, sku in catalog.products_of_skus(shop_id, _ids(view))}
    if any(part.sku_id not in found for part in spec.required):
        return None
    stock = _stock(shop_id, {sku_id: sku for sku_id, (_, sku) in found.items()})

    def shown(parts: Iterable[BundlePart], always: bool = False) -> tuple[PartOffer, ...]:
        return tuple(
            PartOffer(
                part, *found[part.sku_id], stock.get(part.sku_id, 0), 1 if always else max(picks.get(part.sku_id, 0), 0)
            )
            for part in parts
            if part.sku_id in found
        )

    groups = tuple(Choosing(group, shown(spec.of_group(group.name))) for group in spec.groups)
    optional = shown(part for part in spec.parts if part.optional)
    own = {one.part.sku_id: one.times for one in (*optional, *(p for g in groups for p in g.parts)) if one.times}
    try:
        wish = bundles.exploded(view, sets, own)
    except InvalidPicks:
        wish = None
    listed, total = _price(view, own, sets, {sku_id: sku.price for sku_id, (_, sku) in found.items()})
    most = bundles.sets_in_stock(spec, stock)
    if wish is not None:
        most = min([spec.most_sets, *(stock.get(sku_id, 0) * sets // pieces for sku_id, pieces in wish.lines)])
    return BundleOffer(view, shown(spec.required, True), optional, groups, sets, most, wish, listed, total)


def lines_of(wish: Exploded) -> list[LineRequest]:
    """What an order of it asks for."""
    return [LineRequest(sku_id, pieces, bundle=wish.bundle_id) for sku_id, pieces in wish.lines]


def quoted(shop_id: UUID, offer: BundleOffer, buyer: Buyer, now: datetime) -> BundleOffer:
    """At what an order of it would cost this buyer now, with all campaigns; as it is where none can be placed."""
    if offer.wish is None:
        return offer
    try:
        told = quote(shop_id=shop_id, lines=lines_of(offer.wish), buyer=buyer, now=now)
    except DomainError:
        return offer
    by_name: dict[str, int] = {}
    gifts = {line.line_id for line in told.lines if line.gift}
    for one in told.taken:
        if one.line_id not in gifts:
            by_name[one.name] = by_name.get(one.name, 0) + one.minor
    off = tuple((name, Money(minor, told.total.currency)) for name, minor in by_name.items())
    return replace(offer, total=told.total, off=off, **_deal(shop_id, told, now))


def _deal(shop_id: UUID, told: Quote, now: datetime) -> dict[str, Any]:
    """Which campaign made the price of a set, and why others for the bundle did not; one read where there is one."""
    steps = [one for one in told.trace if one.coupon_id is None and one.outcome in {APPLIED, CUT, *_TOLD}]
    specs = promotions.specs(shop_id, [one.revision_id for one in steps]) if steps else {}
    found: dict[str, Any] = {}
    passed = []
    for one in steps:
        spec = specs.get(one.revision_id)
        if spec is None or spec.play != "bundle":
            continue
        if one.outcome in (APPLIED, CUT):
            found |= {"deal": one.name, "until": running(spec.window, now, promotions.zone_of(shop_id))}
        else:
            traced = Traced(one.campaign_id, one.revision_id, one.outcome, one.wanted, one.given)
            passed.append((one.name, for_buyer(traced, spec, currency=told.total.currency, now=now)))
    return {**found, "passed": tuple(passed)}


def cards_of(shop_id: UUID, views: Iterable[BundleView]) -> list[BundleCard]:
    """Bundles for a shelf, those whose parts are on sale; two reads for all of them."""
    shown = list(views)
    ids = list(dict.fromkeys(sku_id for view in shown for sku_id in _ids(view)))
    found = {sku.id: sku for _, sku in catalog.products_of_skus(shop_id, ids)} if ids else {}
    stock = _stock(shop_id, found) if found else {}
    cards = [_card(view, found, stock) for view in shown]
    return [card for card in cards if card is not None]


def _card(view: BundleView, found: Mapping[UUID, SkuView], stock: Mapping[UUID, int]) -> BundleCard | None:
    spec = view.spec
    if any(part.sku_id not in found for part in spec.required):
        return None
    prices = {sku_id: sku.price for sku_id, sku in found.items()}
    picks: dict[UUID, int] = {}
    for group in spec.groups:
        parts = sorted((p for p in spec.of_group(group.name) if p.sku_id in found), key=lambda p: _cheap(p, prices))
        if group.again and parts:
            picks[parts[0].sku_id] = group.least
        else:
            picks |= {part.sku_id: 1 for part in parts[: max(group.least, 0 if spec.required else 1)]}
    listed, total = _price(view, picks, 1, prices)
    faces = tuple(found[sku_id].face_value_label or found[sku_id].name for sku_id in _ids(view) if sku_id in found)
    return BundleCard(view, faces[:4], listed, total, bool(spec.groups), not bundles.sets_in_stock(spec, stock))


def _cheap(part: BundlePart, prices: Mapping[UUID, Money]) -> tuple[int, int]:
    return part.extra, prices[part.sku_id].amount_minor


def _price(view: BundleView, picks: Mapping[UUID, int], sets: int, prices: Mapping[UUID, Money]) -> tuple[Money, Money]:
    """(what the parts cost alone, what the sets cost)."""
    currency = next(iter(prices.values())).currency
    minor = {part.sku_id: prices[part.sku_id].amount_minor for part in view.spec.parts if part.sku_id in prices}
    one = bundles.cost_a_set(view.spec, picks, {**dict.fromkeys(_ids(view), 0), **minor}, {}, sets)
    return Money(one.list_minor * sets, currency), Money(one.price_minor * sets, currency)


def _stock(shop_id: UUID, skus: Mapping[UUID, SkuView]) -> dict[UUID, int]:
    """What one order may have of each SKU."""
    there = orders.available(shop_id, list(skus))
    limits = {
        sku_id: [one for one in (sku.per_order_limit, sku.per_buyer_limit) if one] for sku_id, sku in skus.items()
    }
    return {sku_id: min([max(count, 0), *limits[sku_id]]) for sku_id, count in there.items()}


def _ids(view: BundleView) -> list[UUID]:
    return [part.sku_id for part in view.spec.parts]
