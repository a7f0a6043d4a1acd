"""What has happened while an order is priced, as a list of events. All else (what is left, who has touched what) is
counted from it each time anew: slow, and nothing can be forgotten to be kept up to date."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from goodfor.promotions.cart_types import Cart, CartLine, GiftOffer, Live
from goodfor.promotions.spec_types import EXCLUSIVE, JOINT, BundlePrice


@dataclass(frozen=True)
class Took:
    """A share: what one revision (by one coupon) took off one line; `line` by its index."""

    live: Live
    coupon: UUID | None
    line: int
    minor: int
    units: int = 0
    loss: int = 0


@dataclass(frozen=True)
class Gave:
    """A gift, and the lines that earned it."""

    live: Live
    offer: GiftOffer
    pieces: int
    lines: tuple[int, ...]
    coupon: None = None


Event = Took | Gave


@dataclass(frozen=True)
class Attempt:
    """What one revision would do now: a reason why it gives nothing, or events. `wanted` in fen."""

    reason: str = ""
    wanted: int = 0
    events: tuple[Event, ...] = ()

    @property
    def given(self) -> int:
        return sum(worth(event) for event in self.events)


def worth(event: Event) -> int:
    """In fen: what the buyer saves."""
    return event.minor if isinstance(event, Took) else event.pieces * event.offer.price


def is_joint(live: Live) -> bool:
    """Bundle prices are, whatever they say."""
    return live.spec.stacking == JOINT or isinstance(live.spec.effect, BundlePrice)


@dataclass(frozen=True)
class Story:
    cart: Cart
    gifts: Mapping[UUID, GiftOffer]
    shop_floor: int
    events: tuple[Event, ...] = ()

    def after(self, attempt: Attempt) -> "Story":
        return replace(self, events=self.events + attempt.events)

    def line(self, i: int) -> CartLine:
        return self.cart.lines[i]

    def amount(self, i: int) -> int:
        """What a line still costs: `a`."""
        line = self.line(i)
        return line.quantity * line.price - sum(e.minor for e in self.shares() if e.line == i)

    def shares(self) -> list[Took]:
        return [e for e in self.events if isinstance(e, Took)]

    def of(self, live: Live) -> list[Event]:
        return [e for e in self.events if e.live.revision_id == live.revision_id]

    def touched_by(self, i: int) -> list[Live]:
        """Who has touched a line, in order."""
        return [
            e.live for e in self.events if (e.line == i and e.minor > 0 if isinstance(e, Took) else i in e.lines)
        ]  # fmt: skip

    # What is left of limits; None: no limit.

    def may_use(self, live: Live, coupon: UUID | None) -> bool:
        """One use an order for a revision, one for each coupon: what has a use already needs no other."""
        taken = {e.coupon for e in self.of(live)}
        return live.left.uses is None or coupon in taken or live.left.uses - len(taken) >= 1

    def coupons_given(self, live: Live) -> int:
        return len({e.coupon for e in self.of(live)})

    def minor_left(self, live: Live) -> int | None:
        return None if live.left.minor is None else live.left.minor - sum(worth(e) for e in self.of(live))

    def loss_left(self, live: Live) -> int | None:
        if live.left.loss is None:
            return None
        lost = [e.loss if isinstance(e, Took) else e.pieces * e.offer.cost for e in self.of(live)]
        return live.left.loss - sum(lost)

    def units_left(self, live: Live, sku: UUID) -> int | None:
        limit = live.left.units.get(sku, live.left.units_each)
        if limit is None:
            return None
        return limit - sum(e.units for e in self.of(live) if isinstance(e, Took) and self.line(e.line).sku_id == sku)

    def stock_left(self, offer: GiftOffer) -> int:
        given = [e.pieces for e in self.events if isinstance(e, Gave) and e.offer.sku_id == offer.sku_id]
        return offer.pieces - sum(given)

    def barred(self, live: Live, i: int) -> str:
        """Why a revision may not touch a line beside those that have: `exclusive`, `category`, or nothing."""
        if is_joint(live):
            return ""
        before = [other for other in self.touched_by(i) if not is_joint(other)]
        if any(other.spec.stacking == EXCLUSIVE for other in before):
            return "exclusive"
        if live.spec.stacking == EXCLUSIVE and before:
            return "exclusive"
        category = live.spec.category
        if category and any(
            other.spec.category == category and other.revision_id != live.revision_id for other in before
        ):
            return "category"
        return ""
