"""A revision tried on orders of the past: its limits are counted as they would have been. Pure.

The window is taken as open; weekdays and hours count. Of a coupon every buyer has one. A buyer is known by one name
here, so that limits by browser, telephone and address may let more through than the shop does.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.promotions.cart_types import Cart, Left, Live, Presented, Priced
from goodfor.promotions.evaluating.evaluate import price
from goodfor.promotions.limit_keys import SHARED, UNITS, bucket_of, most_of
from goodfor.promotions.simulating_types import Replay, Simulated
from goodfor.promotions.spec_types import AUTO, BY_COUPON, Limit, Spec, Window

SAMPLES: Final = 10
_Key = tuple[str, str, str, UUID | None]


@dataclass
class _Used:
    """What was taken of the limits so far."""

    zone: ZoneInfo
    taken: Counter[_Key] = field(default_factory=Counter)

    def left(self, spec: Spec, replay: Replay) -> Left:
        """The least of all limits for this buyer now."""
        least: dict[str, int] = {}
        units: dict[UUID, int] = {}
        for limit in spec.limits:
            if limit.counts == UNITS:
                for sku in {line.sku_id for line in replay.cart.lines}:
                    rest = self._rest(spec, limit, replay, sku)
                    units[sku] = min(units.get(sku, rest), rest)
            else:
                rest = self._rest(spec, limit, replay, None)
                least[limit.counts] = min(least.get(limit.counts, rest), rest)
        return Left(least.get("uses"), least.get("minor"), least.get("loss"), units)

    def take(self, spec: Spec, replay: Replay, amounts: dict[str, int], units: Counter[UUID]) -> None:
        """What an order was given."""
        for limit in spec.limits:
            if limit.counts == UNITS:
                for sku, count in units.items():
                    self.taken[self._key(limit, replay, sku)] += count
            else:
                self.taken[self._key(limit, replay, None)] += amounts[limit.counts]

    def _rest(self, spec: Spec, limit: Limit, replay: Replay, sku: UUID | None) -> int:
        return max(most_of(spec, limit, sku) - self.taken[self._key(limit, replay, sku)], 0)

    def _key(self, limit: Limit, replay: Replay, sku: UUID | None) -> _Key:
        who = "" if limit.entity in SHARED else replay.buyer
        bucket = bucket_of(limit.period, replay.cart.now, self.zone)
        return f"{limit.entity}.{limit.counts}.{limit.period}", who, bucket, sku


@dataclass
class _Sum:
    """Figures that grow order by order."""

    touched: int = 0
    given: int = 0
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


def simulate(
    live: Live, replays: Sequence[Replay], *, others: Sequence[Live] = (), zone: ZoneInfo, floor: int = 0
) -> Simulated:
    """What `live` would have given to these orders, beside what others give by themselves.

    Others count without their limits; coupons and choices of others are left out, gifts are not in stock here.
    """
    if not replays:
        return Simulated(0, 0, 0, 0, 0, 0, 0, 0, 0)
    span = replays[0].cart.now, replays[-1].cart.now + timedelta(seconds=1)
    tried = replace(live, spec=_open(live.spec, span))
    beside = [
        replace(one, spec=_open(one.spec, span), left=Left())
        for one in others
        if one.campaign_id != live.campaign_id and one.spec.trigger == AUTO
    ]
    used, found = _Used(zone), _Sum()
    for replay in replays:
        cart = _with_coupon(replay.cart, tried)
        now = replace(tried, left=used.left(tried.spec, replay))
        priced = price(cart, (now, *beside), zone=zone, floor=floor)
        if _gave(found, now, priced):
            without = price(cart, beside, zone=zone, floor=floor).nets
            _add(found, replay, now, priced, without, floor)
            _take(used, replay, now, priced)
    return _said(found, len(replays))


def _gave(found: _Sum, live: Live, priced: Priced) -> bool:
    """Whether it gave something; what became of it is counted."""
    traced = next((one for one in priced.trace if one.campaign_id == live.campaign_id), None)
    if traced is not None:
        found.outcomes[traced.outcome] += 1
    return any(one.campaign_id == live.campaign_id for one in priced.shares)


def _take(used: _Used, replay: Replay, live: Live, priced: Priced) -> None:
    mine = [one for one in priced.shares if one.campaign_id == live.campaign_id]
    units: Counter[UUID] = Counter()
    for one in mine:
        units[replay.cart.lines[one.line].sku_id] += one.units
    amounts = {"uses": 1, "minor": sum(one.minor for one in mine), "loss": sum(one.loss for one in mine)}
    used.take(live.spec, replay, amounts, +units)


def _add(found: _Sum, replay: Replay, live: Live, priced: Priced, without: Sequence[int], floor: int) -> None:
    mine = [one for one in priced.shares if one.campaign_id == live.campaign_id]
    given = sum(one.minor for one in mine)
    found.touched += 1
    found.given, found.loss = found.given + given, found.loss + sum(one.loss for one in mine)
    found.listed += sum(line.quantity * line.price for line in replay.cart.lines)
    found.nets += priced.total
    keep = floor if live.spec.floor is None else live.spec.floor
    for line, net, was in zip(replay.cart.lines, priced.nets, without, strict=True):
        if line.cost is not None:
            cost = line.quantity * line.cost
            found.before, found.after = found.before + was - cost, found.after + net - cost
            # What lies below by itself is not this campaign's doing.
            found.below += net < min(line.quantity * (line.cost + keep), was)
    for campaign in {one.campaign_id for one in priced.shares} - {live.campaign_id}:
        found.both[campaign] += 1
        found.theirs[campaign] += sum(one.minor for one in priced.shares if one.campaign_id == campaign)
    found.samples.append((replay.number, given, priced.total))


def _said(found: _Sum, orders: int) -> Simulated:
    most = sorted(found.samples, key=lambda one: (-one[1], one[0]))[:SAMPLES]
    return Simulated(
        orders, found.touched, found.given, found.loss, found.listed, found.nets, found.before, found.after,
        found.below, dict(found.outcomes), {one: (count, found.theirs[one]) for one, count in found.both.items()},
        tuple(most),
    )  # fmt: skip


def _open(spec: Spec, span: tuple[datetime, datetime]) -> Spec:
    start, end = span
    return replace(spec, window=Window(start, end, spec.window.weekdays, spec.window.hours))


def _with_coupon(cart: Cart, live: Live) -> Cart:
    """Whoever has none cannot use it: the most that it could cost."""
    if live.spec.trigger != BY_COUPON:
        return cart
    return replace(cart, coupons=(Presented(live.revision_id, live.campaign_id),))
