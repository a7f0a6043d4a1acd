"""What changes while a cart is priced: what lines still cost, who touched them, what revisions have left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from goodfor.promotions.cart_types import Cart, CartLine, GiftLine, GiftOffer, Left, Live, Presented, Share, Traced
from goodfor.promotions.spec_types import EXCLUSIVE, JOINT, BundlePrice, Spec


@dataclass(slots=True)
class Purse:
    """What a revision has left for this buyer, falling while the order is priced. None: no limit."""

    uses: int | None
    minor: int | None
    loss: int | None
    left: Left
    #: Pieces taken by this order, by SKU.
    taken: dict[UUID, int] = field(default_factory=dict)
    #: How often it was given in this order.
    given: int = 0

    @property
    def used_up(self) -> bool:
        """No use is left."""
        return self.uses is not None and self.uses < 1

    def units(self, sku_id: UUID) -> int | None:
        """Pieces of the SKU that are left at the activity's price."""
        most = self.left.units.get(sku_id, self.left.units_each)
        return None if most is None else max(0, most - self.taken.get(sku_id, 0))

    def pay(self, minor: int, loss: int) -> None:
        """What was given is gone."""
        if self.minor is not None:
            self.minor -= minor
        if self.loss is not None:
            self.loss -= loss

    def use(self) -> None:
        """One use is gone."""
        self.given += 1
        if self.uses is not None:
            self.uses -= 1


def purse(left: Left) -> Purse:
    """A full one. What is overspent is nothing."""
    return Purse(
        left.uses,
        None if left.minor is None else max(0, left.minor),
        None if left.loss is None else max(0, left.loss),
        left,
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A revision that met 1 to 5, its lines in scope, and by which coupon."""

    live: Live
    purse: Purse
    lines: tuple[int, ...]
    coupon: Presented | None = None
    #: Of a choice: its price by SKU.
    prices: Mapping[UUID, int] | None = None


@dataclass(slots=True)
class Work:
    """One cart being priced. `floor` is the shop's."""

    cart: Cart
    floor: int
    gift_offers: Mapping[UUID, GiftOffer]
    lines: Sequence[CartLine]
    amounts: list[int]
    exclusive: list[bool]
    normal: list[bool]
    categories: list[dict[str, UUID]]
    shares: list[Share] = field(default_factory=list)
    gifts: list[GiftLine] = field(default_factory=list)
    gifts_taken: dict[UUID, int] = field(default_factory=dict)

    def may_touch(self, line: int, live: Live) -> str | None:
        """None, or why it may not: `exclusive`, `category`."""
        spec = live.spec
        if spec.stacking == JOINT:
            return None
        if self.exclusive[line] or (self.normal[line] and spec.stacking == EXCLUSIVE):
            return "exclusive"
        if spec.category and self.categories[line].get(spec.category, live.revision_id) != live.revision_id:
            return "category"
        return None

    def touch(self, line: int, live: Live) -> None:
        """The line has got a share of it, or has earned its gift."""
        spec = live.spec
        if _joint(spec):
            return
        self.normal[line] = True
        if spec.stacking == EXCLUSIVE:
            self.exclusive[line] = True
        if spec.category:
            self.categories[line][spec.category] = live.revision_id

    def give(self, entry: Entry, line: int, minor: int, loss: int, units: int = 0) -> None:
        """A share, which is more than nothing."""
        live, coupon = entry.live, entry.coupon
        self.amounts[line] -= minor
        self.shares.append(
            Share(
                line=line,
                campaign_id=live.campaign_id,
                revision_id=live.revision_id,
                minor=minor,
                units=units,
                coupon_id=None if coupon is None else coupon.coupon_id,
                loss=loss,
            )
        )
        self.touch(line, live)


def _joint(spec: Spec) -> bool:
    return spec.stacking == JOINT or isinstance(spec.effect, BundlePrice)


def start(cart: Cart, floor: int, gift_offers: Mapping[UUID, GiftOffer]) -> Work:
    """A cart at its list prices."""
    lines = cart.lines
    return Work(
        cart,
        floor,
        gift_offers,
        lines,
        [line.quantity * line.price for line in lines],
        [False] * len(lines),
        [False] * len(lines),
        [{} for _ in lines],
    )


def traced(entry: Entry, outcome: str, wanted: int = 0, given: int = 0, missing: int = 0) -> Traced:
    """An entry of the trace."""
    live, coupon = entry.live, entry.coupon
    return Traced(
        live.campaign_id,
        live.revision_id,
        outcome,
        wanted,
        given,
        None if coupon is None else coupon.coupon_id,
        missing,
    )
