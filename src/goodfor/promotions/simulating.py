"""A revision tried on orders of the past, beside all that is live: what would have been. Pure.

Windows are taken as open from the first order to the last; weekdays and hours count. Limits are full when it begins, of
the tried one and of the others, and counted order by order. Of a coupon that is tried one is in every hand; coupons of
others, groups and bargains are left out. Gifts are taken from what is in stock, which orders do not lower.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.promotions.cart_types import Cart, GiftOffer, Live, Presented, Priced
from goodfor.promotions.simulating_types import Replay, Simulated
from goodfor.promotions.spec_types import AUTO, BY_COUPON, USUAL_BP, Spec, Window
from goodfor.promotions.trying import Trial

SAMPLES: Final = 10
_NO_GIFTS: Final[Mapping[UUID, GiftOffer]] = MappingProxyType({})
#: Told each order and its price.
Watch = Callable[[Replay, Priced], None]


def simulate(
    live: Live, replays: Sequence[Replay], *, others: Sequence[Live] = (), zone: ZoneInfo, floor: int = 0,
    gifts: Mapping[UUID, GiftOffer] = _NO_GIFTS, watch: Watch | None = None,
) -> Simulated:  # fmt: skip
    """What `live` would have given to these orders (oldest first), beside `others` that give by themselves.

    `gifts`: those that can be had, by SKU, with what of them is in stock.
    """
    if not replays:
        return Simulated(0, 0, 0, 0, 0, 0, 0, 0, 0)
    span = replays[0].cart.now, replays[-1].cart.now + timedelta(seconds=1)
    beside = [
        replace(one, spec=opened(one.spec, span))
        for one in others
        if one.campaign_id != live.campaign_id and one.spec.trigger == AUTO
    ]
    tried = replace(live, spec=opened(live.spec, span))
    with_it = Trial([tried, *beside], zone=zone, floor=floor, gifts=gifts)
    without = Trial(beside, zone=zone, floor=floor, gifts=gifts)
    found = _Sum(floor if live.spec.floor is None else live.spec.floor)
    for replay in replays:
        priced, _lives = with_it.order(replay, _with_coupon(replay.cart, tried))
        was, _lives = without.order(replay, replay.cart)
        if watch is not None:
            watch(replay, priced)
        found.add(replay, live.campaign_id, priced, was)
        if not found.stopped and with_it.stopped(live.campaign_id):
            found.stopped, found.stopped_at = with_it.stopped(live.campaign_id), replay.number
    return found.said(len(replays), {one.campaign_id for one in beside})


def opened(spec: Spec, span: tuple[datetime, datetime]) -> Spec:
    """The same with its window open in this span, but for its weekdays and hours."""
    start, end = span
    return replace(spec, window=Window(start, end, spec.window.weekdays, spec.window.hours))


@dataclass
class _Sum:
    """Figures that grow order by order. `keep`: what a piece must bring over its cost."""

    keep: int
    touched: int = 0
    given: int = 0
    gifts: int = 0
    loss: int = 0
    listed: int = 0
    nets: int = 0
    before: int = 0
    after: int = 0
    below: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    both: Counter[UUID] = field(default_factory=Counter)
    theirs: Counter[UUID] = field(default_factory=Counter)
    samples: list[tuple[str, int, int]] = field(default_factory=list)
    stopped: str = ""
    stopped_at: str = ""
    more_minor: int = 0
    more_plus: int = 0

    def add(self, replay: Replay, campaign_id: UUID, priced: Priced, was: Priced) -> None:
        """What became of it in this order; more where it gave something."""
        traced = next((one for one in priced.trace if one.campaign_id == campaign_id), None)
        if traced is not None:
            self.outcomes[traced.outcome] += 1
        by = _by_campaign(priced)
        mine = [one for one in priced.extras if one.campaign_id == campaign_id]
        if mine:
            self.touched += 1
            self.nets += priced.total
            self.listed += sum(line.quantity * line.price for line in replay.cart.lines)
            self.more_plus += sum(one.plus for one in mine)
            self.more_minor += sum(priced.nets[one.line] * (one.times_bp - USUAL_BP) // USUAL_BP for one in mine)
        if campaign_id not in by:
            return
        given = by.pop(campaign_id)
        self.touched += 1
        self.given += given
        self.samples.append((replay.number, given, priced.total))
        gifts = [one for one in priced.gifts if one.campaign_id == campaign_id]
        self.loss += sum(one.loss for one in priced.shares if one.campaign_id == campaign_id)
        self.loss += sum(one.loss for one in gifts)
        self.gifts += sum(one.pieces for one in gifts)
        self.listed += sum(line.quantity * line.price for line in replay.cart.lines)
        self.nets += priced.total
        for campaign, minor in by.items():
            self.both[campaign] += 1
            self.theirs[campaign] += minor
        self._margins(replay.cart, priced, was)

    def _margins(self, cart: Cart, priced: Priced, was: Priced) -> None:
        for line, net, net_before in zip(cart.lines, priced.nets, was.nets, strict=True):
            if line.cost is not None:
                cost = line.quantity * line.cost
                self.before, self.after = self.before + net_before - cost, self.after + net - cost
                # What lies below by itself is not this campaign's doing.
                self.below += net < min(line.quantity * (line.cost + self.keep), net_before)
        self.before -= sum(one.loss for one in was.gifts)
        self.after -= sum(one.loss for one in priced.gifts)

    def said(self, orders: int, others: Set[UUID]) -> Simulated:
        """All of it. `others`: what is no campaign of these is a bundle's own price."""
        most = sorted(self.samples, key=lambda one: (-one[1], one[0]))[:SAMPLES]
        beside = {one: (count, self.theirs[one]) for one, count in self.both.items() if one in others}
        return Simulated(
            orders, self.touched, self.given, self.loss, self.listed, self.nets, self.before, self.after, self.below,
            dict(self.outcomes), beside, tuple(most), self.gifts, self.stopped, self.stopped_at,
            self.more_minor, self.more_plus,
        )  # fmt: skip


def _by_campaign(priced: Priced) -> Counter[UUID]:
    """What each gave, gifts at their list price."""
    found: Counter[UUID] = Counter()
    for share in priced.shares:
        found[share.campaign_id] += share.minor
    for gift in priced.gifts:
        found[gift.campaign_id] += gift.pieces * gift.price
    return found


def _with_coupon(cart: Cart, live: Live) -> Cart:
    """Whoever has none cannot use it: the most that it could cost."""
    if live.spec.trigger != BY_COUPON:
        return cart
    return replace(cart, coupons=(Presented(live.revision_id, live.campaign_id),))
