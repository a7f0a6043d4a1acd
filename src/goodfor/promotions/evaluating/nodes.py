"""Layers 3 and 4: nodes one after another, and in each its members by its mode."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from goodfor.promotions.cart_types import APPLIED, CUT, GiftLine, Traced
from goodfor.promotions.evaluating.effects import Wish, wish
from goodfor.promotions.evaluating.holding import Held, hold
from goodfor.promotions.evaluating.lines import give_all
from goodfor.promotions.evaluating.work import Entry, Work, traced
from goodfor.promotions.spec_types import BEST, FIRST, LEAST, STACK, Gift

_NOTHING: Final = Held((), (), 0)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one revision would do now; `why` where nothing."""

    entry: Entry
    why: str = ""
    wanted: int = 0
    given: int = 0
    missing: int = 0
    lines: Sequence[int] = ()
    held: Held = _NOTHING
    gift: GiftLine | None = None

    def told(self, instead: str = "") -> Traced:
        """As an entry of the trace: as it was done, or why it was not."""
        if instead or self.why:
            return traced(self.entry, instead or self.why, self.wanted, missing=self.missing)
        outcome = APPLIED if self.given == self.wanted else CUT
        return traced(self.entry, outcome, self.wanted, self.given, self.missing)


def price_nodes(work: Work, entries: Sequence[Entry], *, coupons: bool) -> list[Traced]:
    """Node by node. Coupons stand in the order of presenting, others by priority."""
    order = {coupon.coupon_id: number for number, coupon in reversed(list(enumerate(work.cart.coupons)))}

    def rank(entry: Entry) -> tuple[int, int]:
        first = -entry.live.spec.priority
        if coupons and entry.coupon is not None:
            first = order[entry.coupon.coupon_id]
        return first, entry.live.revision_id.int

    def node(entry: Entry) -> tuple[int, str, str]:
        of = entry.live.spec.node
        return of.position, of.name, of.mode

    trace: list[Traced] = []
    ordered = sorted(entries, key=lambda entry: (node(entry), rank(entry)))
    for (_position, _name, mode), members in groupby(ordered, key=node):
        trace.extend(_MODES[mode](work, list(members)))
    return trace


def _stack(work: Work, members: Sequence[Entry]) -> Iterator[Traced]:
    for entry in members:
        yield _do(work, attempt(work, entry))


def _first(work: Work, members: Sequence[Entry]) -> Iterator[Traced]:
    given = False
    for entry in members:
        if given:
            yield traced(entry, "node_first")
            continue
        tried = attempt(work, entry)
        given = tried.given > 0
        yield _do(work, tried)


def _best(work: Work, members: Sequence[Entry]) -> Iterator[Traced]:
    tried = [attempt(work, entry) for entry in members]
    chosen = max((one for one in tried if one.given), key=lambda one: (one.given, *_preferred(one)), default=None)
    return _choose(work, tried, chosen, "node_best")


def _least(work: Work, members: Sequence[Entry]) -> Iterator[Traced]:
    tried = [attempt(work, entry) for entry in members]
    chosen = max((one for one in tried if one.given), key=lambda one: (-one.given, *_preferred(one)), default=None)
    return _choose(work, tried, chosen, "node_least")


def _preferred(one: Attempt) -> tuple[int, int]:
    live = one.entry.live
    return live.spec.priority, -live.revision_id.int


def _choose(work: Work, tried: Sequence[Attempt], chosen: Attempt | None, why: str) -> Iterator[Traced]:
    for one in tried:
        if one is chosen:
            yield _do(work, one)
        else:
            yield one.told(why if one.given else "")


_MODES: Final = {STACK: _stack, FIRST: _first, BEST: _best, LEAST: _least}


def attempt(work: Work, entry: Entry) -> Attempt:
    """What it would do at this moment. Changes nothing."""
    live, spec = entry.live, entry.live.spec
    if entry.purse.used_up:
        return Attempt(entry, "used_up")
    refusals = [work.may_touch(index, live) for index in entry.lines]
    lines = [index for index, refusal in zip(entry.lines, refusals, strict=True) if refusal is None]
    if not lines:
        return Attempt(entry, refusals[0] or "")
    if entry.coupon is not None and entry.purse.given >= spec.per_order:
        return Attempt(entry, "per_order")
    wished = wish(spec.effect, [work.lines[index] for index in lines], [work.amounts[index] for index in lines])
    if wished.why:
        return Attempt(entry, wished.why, missing=wished.missing)
    if isinstance(spec.effect, Gift):
        return _attempt_gift(work, entry, spec.effect, lines, wished)
    held = hold(work, entry, lines, wished.wanted)
    return Attempt(entry, held.why, sum(wished.wanted), held.given, wished.missing, lines, held)


def _attempt_gift(work: Work, entry: Entry, effect: Gift, lines: Sequence[int], wished: Wish) -> Attempt:
    offer, purse, missing = work.gift_offers.get(effect.sku_id), entry.purse, wished.missing
    if offer is None or offer.pieces - work.gifts_taken.get(effect.sku_id, 0) < wished.pieces:
        return Attempt(entry, "gift_gone", missing=missing)
    pieces, wanted = wished.pieces, wished.pieces * offer.price
    if wanted < 1:
        return Attempt(entry, "nothing", missing=missing)
    if purse.minor is not None:
        pieces = min(pieces, purse.minor // offer.price)
    if purse.loss is not None and offer.cost > 0:
        pieces = min(pieces, purse.loss // offer.cost)
    if pieces < 1 or (pieces < wished.pieces and not entry.live.spec.cut):
        return Attempt(entry, "budget", wanted, missing=missing)
    live = entry.live
    gift = GiftLine(
        campaign_id=live.campaign_id,
        revision_id=live.revision_id,
        sku_id=effect.sku_id,
        pieces=pieces,
        price=offer.price,
        earned_by=tuple(lines),
        loss=pieces * offer.cost,
    )
    return Attempt(entry, "", wanted, pieces * offer.price, missing, lines, gift=gift)


def _do(work: Work, tried: Attempt) -> Traced:
    """Give it, if it gives anything."""
    entry, gift = tried.entry, tried.gift
    if tried.given:
        entry.purse.use()
        if gift is None:
            give_all(work, entry, tried.lines, tried.held)
        else:
            entry.purse.pay(tried.given, gift.loss)
            work.gifts.append(gift)
            work.gifts_taken[gift.sku_id] = work.gifts_taken.get(gift.sku_id, 0) + gift.pieces
            for index in tried.lines:
                work.touch(index, entry.live)
    return tried.told()
