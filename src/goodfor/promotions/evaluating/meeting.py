"""Section 2, 1 to 5: which revisions have lines in the cart, and what of the rest they fail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.promotions.cart_types import Cart, Live, Presented, Traced
from goodfor.promotions.evaluating.conditions import holds
from goodfor.promotions.evaluating.work import Entry, purse
from goodfor.promotions.spec_types import (
    BY_CHOICE,
    BY_COUPON,
    EARN,
    LAYERS,
    BundlePrice,
    ExtraPoints,
    Scope,
    UnitPercent,
    UnitPrice,
    Window,
)

#: The first of all; the others are the layers.
BUNDLES: Final = "bundles"
_UNIT_LAYERS: Final = LAYERS[:2]
_NO_COUPON: Final = (None,)


@dataclass(slots=True)
class Met:
    """Revisions by layer that met 1 to 5, and the trace of those that did not."""

    entries: dict[str, list[Entry]] = field(default_factory=lambda: {layer: [] for layer in (BUNDLES, *LAYERS)})
    trace: dict[str, list[Traced]] = field(default_factory=lambda: {layer: [] for layer in (BUNDLES, *LAYERS)})


class Index:
    """A cart's lines by what scopes name, as sets of bits; what has to do with the moment, once."""

    __slots__ = (
        "bundled", "by_category", "by_product", "by_sku", "cart", "categories", "chosen", "coupons", "everything",
        "instances", "lines_of", "minute", "products", "skus", "weekday",
    )  # fmt: skip

    def __init__(self, cart: Cart, zone: ZoneInfo) -> None:
        self.cart = cart
        self.by_sku: dict[UUID, int] = {}
        self.by_product: dict[UUID, int] = {}
        self.by_category: dict[UUID, int] = {}
        by_instance: dict[UUID, int] = {}
        self.everything = (1 << len(cart.lines)) - 1
        self.bundled = 0
        for number, line in enumerate(cart.lines):
            bit = 1 << number
            self.by_sku[line.sku_id] = self.by_sku.get(line.sku_id, 0) | bit
            self.by_product[line.product_id] = self.by_product.get(line.product_id, 0) | bit
            self.by_category[line.category_id] = self.by_category.get(line.category_id, 0) | bit
            if line.bundle is not None:
                self.bundled |= bit
                by_instance[line.bundle] = by_instance.get(line.bundle, 0) | bit
        self.skus, self.products = frozenset(self.by_sku), frozenset(self.by_product)
        self.categories = frozenset(self.by_category)
        #: Lines of the instances that name a revision.
        self.instances: dict[UUID, int] = {}
        for bundle in cart.bundles:
            mask = self.instances.get(bundle.revision_id, 0) | by_instance.get(bundle.instance, 0)
            self.instances[bundle.revision_id] = mask
        self.coupons: dict[UUID, list[Presented]] = {}
        seen: set[UUID] = set()
        for coupon in cart.coupons:
            if coupon.coupon_id not in seen:
                seen.add(coupon.coupon_id)
                self.coupons.setdefault(coupon.campaign_id, []).append(coupon)
        self.chosen: dict[UUID, dict[UUID, int]] = {}
        for choice in cart.choices:
            self.chosen.setdefault(choice.campaign_id, {}).setdefault(choice.sku_id, choice.price)
        local = cart.now.astimezone(zone)
        self.weekday, self.minute = local.isoweekday(), local.hour * 60 + local.minute
        self.lines_of: dict[int, tuple[int, ...]] = {}

    def lines(self, mask: int) -> tuple[int, ...]:
        """The numbers of the lines of a set of bits."""
        found = self.lines_of.get(mask)
        if found is None:
            found = tuple(number for number in range(len(self.cart.lines)) if mask >> number & 1)
            self.lines_of[mask] = found
        return found

    def scoped(self, scope: Scope) -> int:
        """Which lines are in a scope, as bits."""
        mask = self.everything
        if not scope.everything:
            mask = 0
            # Most scopes have nothing to do with a cart: asked first, at the speed of sets.
            if not scope.skus.isdisjoint(self.skus):
                mask = _union(self.by_sku, self.skus & scope.skus)
            if not scope.products.isdisjoint(self.products):
                mask |= _union(self.by_product, self.products & scope.products)
            if not scope.categories.isdisjoint(self.categories):
                mask |= _union(self.by_category, self.categories & scope.categories)
        if not scope.bundles:
            mask &= ~self.bundled
        if not mask:
            return 0
        if scope.without_skus and not scope.without_skus.isdisjoint(self.skus):
            mask &= ~_union(self.by_sku, self.skus & scope.without_skus)
        if scope.without_products and not scope.without_products.isdisjoint(self.products):
            mask &= ~_union(self.by_product, self.products & scope.without_products)
        if scope.without_categories and not scope.without_categories.isdisjoint(self.categories):
            mask &= ~_union(self.by_category, self.categories & scope.without_categories)
        return mask

    def in_window(self, window: Window) -> bool:
        """Whether the cart's moment lies in it."""
        if not window.starts_at <= self.cart.now < window.ends_at:
            return False
        if window.weekdays and self.weekday not in window.weekdays:
            return False
        if not window.hours:
            return True
        minute = self.minute
        return any(start <= minute < end for start, end in window.hours)


def _union(bits: dict[UUID, int], names: Iterable[UUID]) -> int:
    mask = 0
    for name in names:
        mask |= bits[name]
    return mask


def meet(index: Index, plan: Sequence[Live]) -> Met:
    """Sort the plan's revisions by layer; who has no line in scope is not spoken of."""
    met = Met()
    for live in plan:
        spec = live.spec
        kind = type(spec.effect)
        if kind is BundlePrice:
            layer, mask = BUNDLES, index.instances.get(live.revision_id, 0)
        else:
            layer = spec.layer
            if (kind is UnitPrice or kind is UnitPercent) is not (layer in _UNIT_LAYERS):
                continue
            if (kind is ExtraPoints) is not (layer == EARN):
                continue
            mask = index.scoped(spec.scope)
        if mask:
            _meet_one(index, met, live, layer, mask)
    return met


def _meet_one(index: Index, met: Met, live: Live, layer: str, mask: int) -> None:
    spec = live.spec
    coupons: Sequence[Presented | None] = _NO_COUPON
    prices = None
    if spec.trigger == BY_COUPON:
        coupons = index.coupons.get(live.campaign_id) or _NO_COUPON
    elif spec.trigger == BY_CHOICE:
        prices = index.chosen.get(live.campaign_id)
        mask &= _union(index.by_sku, index.skus & prices.keys()) if prices else 0
    why = ""
    if not index.in_window(spec.window):
        why = "window"
    elif spec.channels and index.cart.channel not in spec.channels:
        why = "channel"
    elif coupons is _NO_COUPON and spec.trigger == BY_COUPON:
        why = "coupon"
    elif not mask:
        why = "choice"
    elif spec.audience is not None and holds(spec.audience, index.cart.facts) is not True:
        why = "audience"
    if why:
        for coupon in coupons:
            name = None if coupon is None else coupon.coupon_id
            met.trace[layer].append(Traced(live.campaign_id, live.revision_id, why, 0, 0, name))
        return
    has, lines = purse(live.left), index.lines(mask)
    for coupon in coupons:
        met.entries[layer].append(Entry(live, has, lines, coupon, prices))
