"""A shop's campaigns on one order after the other, as they would have counted: limits, gifts, what stops. Pure.

The same steps as live: what is left for this buyer, the price, what it takes of which limits, and the rules by which
campaigns stop (`sql/to_tend.sql`, `sql/cut_off.sql`), looked at whenever an order is placed or paid for.
"""

import heapq
from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.promotions.bundle_prices import best
from goodfor.promotions.cart_types import Cart, GiftOffer, Live, Priced
from goodfor.promotions.evaluating.evaluate import price
from goodfor.promotions.givings import given_of, takings_of
from goodfor.promotions.limit_keys import buckets_of, names_of
from goodfor.promotions.simulating_types import Replay
from goodfor.promotions.states import BY_BUDGET, BY_FLOOR, BY_LOSS
from goodfor.promotions.whats_left import Found, keys_of, with_left

#: Keys are told from each other, and kept nowhere.
_NOWHERE: Final = UUID(int=0)
_STOPS: Final[Mapping[str, str]] = {"minor": BY_BUDGET, "loss": BY_LOSS}
#: As in sql/cut_off.sql.
_SPAN, _ORDERS = timedelta(days=1), 20


@dataclass(slots=True)
class _Campaign:
    """One that counts: its limits so far, and what of its promises was kept lately."""

    live: Live
    found: Found = field(default_factory=dict)
    #: Orders that hold something and are not paid for.
    reserved: int = 0
    #: Placed when, wanted, given: of orders that were paid for, by when they were placed.
    used: list[tuple[datetime, int, int]] = field(default_factory=list)
    stopped: str = ""

    def look(self, now: datetime) -> None:
        """Stop it where its budget is gone or floors cut it off."""
        if not self.reserved:
            for limit in self.live.spec.limits:
                if (limit.entity, limit.period) == ("campaign", "all") and limit.counts in _STOPS and limit.most > 0:
                    had = self.found.get((limit.entity, limit.counts, ""))
                    if had is not None and had[""] < 1:
                        self.stopped = _STOPS[limit.counts]
                        return
        while self.used and self.used[0][0] <= now - _SPAN:
            del self.used[0]
        if len(self.used) >= _ORDERS and sum(one[2] for one in self.used) * 2 < sum(one[1] for one in self.used):
            self.stopped = BY_FLOOR


class Trial:
    """All campaigns of a shop from the first order on. `gifts`: what of them is in stock when it begins."""

    def __init__(
        self, lives: Iterable[Live], *, zone: ZoneInfo, floor: int = 0, gifts: Mapping[UUID, GiftOffer]
    ) -> None:  # fmt: skip
        self._zone, self._floor = zone, floor
        self._campaigns = {one.campaign_id: _Campaign(one) for one in sorted(lives, key=lambda one: one.revision_id)}
        self._gifts = dict(gifts)
        #: When, in which place, (campaign, placed when, wanted, given).
        self._to_pay: list[tuple[datetime, int, Sequence[tuple[UUID, datetime, int, int]]]] = []
        self._placed = 0

    def stopped(self, campaign_id: UUID) -> str:
        """Why it stopped by itself; empty: it did not."""
        return self._campaigns[campaign_id].stopped

    def order(self, replay: Replay, cart: Cart) -> tuple[Priced, tuple[Live, ...]]:
        """Place it at its time: its price, and the plan by which it was made. All that it was given is taken."""
        self._pay_until(cart.now)
        names, buckets = names_of(_NOWHERE, replay.names), buckets_of(cart.now, self._zone)
        keys = keys_of(cart, names, whole=replay.names.whole)
        plan = [
            with_left(one.live, keys, one.found, buckets) if one.live.spec.limits else one.live
            for one in self._campaigns.values()
            if not one.stopped
        ]
        gifts = {sku: offer for sku, offer in self._gifts.items() if offer.pieces > 0} if replay.codes else {}
        evaluate = partial(price, zone=self._zone, floor=self._floor, gifts=gifts)
        whole, lives, priced = best(cart, plan, replay.bundles, price=evaluate)
        for gift in priced.gifts:
            offer = self._gifts[gift.sku_id]
            self._gifts[gift.sku_id] = replace(offer, pieces=offer.pieces - gift.pieces)
        kept = []
        for given in given_of(whole, priced):
            campaign = self._campaigns.get(given.campaign_id)
            if campaign is None:
                # A bundle's own price, which is not limited.
                continue
            for taken in takings_of(given, campaign.live.spec, names, buckets):
                had = campaign.found.setdefault((taken.limit.entity, taken.limit.counts, taken.bucket), {})
                had[taken.key] = had.get(taken.key, taken.most if taken.shared else 0) + (
                    -taken.amount if taken.shared else taken.amount
                )
            campaign.reserved += 1
            kept.append((given.campaign_id, cart.now, given.promised, given.minor))
        self._placed += 1
        heapq.heappush(self._to_pay, (max(replay.paid_at or cart.now, cart.now), self._placed, kept))
        return priced, lives

    def _pay_until(self, now: datetime) -> None:
        while self._to_pay and self._to_pay[0][0] <= now:
            at, _, kept = heapq.heappop(self._to_pay)
            for campaign_id, placed_at, wanted, given in kept:
                campaign = self._campaigns[campaign_id]
                campaign.reserved -= 1
                insort(campaign.used, (placed_at, wanted, given))
            self._look(at)
        self._look(now)

    def _look(self, now: datetime) -> None:
        for campaign in self._campaigns.values():
            if not campaign.stopped:
                campaign.look(now)
