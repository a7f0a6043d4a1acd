"""Layers 1 and 2, line by line, and bundle prices before them."""

from collections.abc import Sequence
from dataclasses import dataclass

from goodfor.promotions.cart_types import APPLIED, CUT, CartBundle, CartLine, Traced
from goodfor.promotions.evaluating.arithmetic import WHOLE_BP, allocate, percent
from goodfor.promotions.evaluating.holding import Held, hold, room
from goodfor.promotions.evaluating.work import Entry, Work, traced
from goodfor.promotions.spec_types import BundlePrice, UnitPercent, UnitPrice


@dataclass(slots=True)
class Story:
    """What became of a revision, over its lines: sums where it gave something, else what its first line says."""

    why: str = ""
    first: int = 0
    wanted: int = 0
    given: int = 0

    def fail(self, why: str, wanted: int = 0) -> None:
        """One line got nothing."""
        if not self.why:
            self.why, self.first = why, wanted

    def gave(self, wanted: int, given: int) -> None:
        """One line got something."""
        self.why = self.why or APPLIED
        self.wanted += wanted
        self.given += given

    def told(self, entry: Entry) -> Traced:
        """As an entry of the trace."""
        if self.given:
            return traced(entry, APPLIED if self.given == self.wanted else CUT, self.wanted, self.given)
        return traced(entry, self.why, self.first)


def price_bundles(work: Work, entries: Sequence[Entry]) -> list[Traced]:
    """Each instance by the revision that it names."""
    stories = {entry.live.revision_id: (entry, Story()) for entry in entries}
    lines_of: dict[object, list[int]] = {}
    for number, line in enumerate(work.lines):
        if line.bundle is not None:
            lines_of.setdefault(line.bundle, []).append(number)
    for bundle in work.cart.bundles:
        found, lines = stories.get(bundle.revision_id), lines_of.get(bundle.instance)
        if found is not None and lines:
            _price_instance(work, found[0], found[1], bundle, lines)
    return [story.told(entry) for entry, story in stories.values()]


def _price_instance(work: Work, entry: Entry, story: Story, bundle: CartBundle, lines: Sequence[int]) -> None:
    effect, whole = entry.live.spec.effect, sum(work.amounts[index] for index in lines)
    assert isinstance(effect, BundlePrice)
    if entry.purse.used_up and not entry.purse.given:
        return story.fail("used_up")
    if effect.minor is not None:
        wanted = whole - effect.minor * bundle.sets
    else:
        wanted = whole - percent(whole, WHOLE_BP - (effect.off_bp or 0))
    if wanted < 1:
        return story.fail("nothing")
    weights = [work.lines[index].weight for index in lines]
    given = [weight for weight in weights if weight is not None]
    if len(given) < len(lines) or sum(given) < 1:
        given = [work.amounts[index] for index in lines]
    held = hold(work, entry, lines, allocate(wanted, given))
    if not held.given:
        return story.fail(held.why, wanted)
    _use_once(entry)
    give_all(work, entry, lines, held)
    story.gave(wanted, held.given)
    return None


def _use_once(entry: Entry) -> None:
    if not entry.purse.given:
        entry.purse.use()


def give_all(work: Work, entry: Entry, lines: Sequence[int], held: Held) -> None:
    """Shares to their lines, and what they cost out of the purse."""
    entry.purse.pay(held.given, sum(held.losses))
    for index, share, loss in zip(lines, held.shares, held.losses, strict=True):
        if share:
            work.give(entry, index, share, loss)


@dataclass(slots=True)
class _Candidate:
    """A unit price with all that is the same for each line."""

    entry: Entry
    floor: int
    #: As revisions are preferred where they give the same; less is better.
    rank: tuple[int, int]
    used_up: bool
    story: Story


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a candidate would give a line."""

    by: _Candidate
    wanted: int
    given: int
    loss: int
    units: int


def price_layer(work: Work, entries: Sequence[Entry], priced: list[bool]) -> list[Traced]:
    """Each line takes the best price. `priced`: lines that have an activity price, told for those that follow."""
    by_line: list[list[_Candidate]] = [[] for _ in work.lines]
    candidates = []
    for entry in entries:
        spec = entry.live.spec
        rank = (-spec.priority, entry.live.revision_id.int)
        floor = work.floor if spec.floor is None else spec.floor
        candidate = _Candidate(entry, floor, rank, entry.purse.used_up, Story())
        candidates.append(candidate)
        for index in entry.lines:
            by_line[index].append(candidate)
    taken = list(priced)
    for index, found in enumerate(by_line):
        best = _best(work, index, found, activity=taken[index]) if found else None
        if best is not None:
            _take(work, index, best)
            priced[index] = True
    return [candidate.story.told(candidate.entry) for candidate in candidates]


def _best(work: Work, index: int, candidates: Sequence[_Candidate], *, activity: bool) -> _Offer | None:
    line, best = work.lines[index], None
    shut = "bundle" if line.bundle is not None else "activity" if activity else ""
    for candidate in candidates:
        story = candidate.story
        if candidate.used_up or shut:
            story.fail("used_up" if candidate.used_up else shut)
            continue
        offer = _offer(work, index, line, candidate, 0 if best is None else best.given)
        if offer is None:
            continue
        if best is None or (offer.given, best.by.rank) > (best.given, candidate.rank):
            best, offer = offer, best
        if offer is not None:
            offer.by.story.fail("better", offer.wanted)
    return best


def _offer(work: Work, index: int, line: CartLine, candidate: _Candidate, least: int) -> _Offer | None:
    """What it would give; None where nothing, or (with its first line told before) certainly less than `least`."""
    entry, story = candidate.entry, candidate.story
    purse, spec = entry.purse, entry.live.spec
    units = line.quantity
    if purse.left.units_each is not None or purse.left.units:
        left = purse.units(line.sku_id)
        if left is not None and left < units:
            units = left
    if units < 1:
        story.fail("used_up")
        return None
    wanted = units * (line.price - _unit(entry, line))
    if wanted < 1:
        story.fail("nothing")
        return None
    if wanted < least and story.why:
        return None
    loss = 0
    if spec.loss_leader:
        held = hold(work, entry, (index,), (wanted,))
        given, why = held.given, held.why
        loss = held.losses[0] if given else 0
    else:
        given, why = min(wanted, room(line, work.amounts[index], candidate.floor)), ""
        if given < 1:
            why = "cost_unknown" if line.cost is None else "floor"
        elif purse.minor is not None and given > purse.minor:
            given = purse.minor if spec.cut else 0
            why = "" if given else "budget"
    if why:
        story.fail(why, wanted)
        return None
    return _Offer(candidate, wanted, given, loss, units)


def _unit(entry: Entry, line: CartLine) -> int:
    """The price a piece."""
    effect = entry.live.spec.effect
    if isinstance(effect, UnitPercent):
        return max(1, percent(line.price, effect.bp))
    assert isinstance(effect, UnitPrice)
    if entry.prices is not None:
        return entry.prices[line.sku_id]
    return effect.by_sku.get(line.sku_id, effect.minor) if effect.by_sku else effect.minor


def _take(work: Work, index: int, offer: _Offer) -> None:
    entry, sku_id = offer.by.entry, work.lines[index].sku_id
    _use_once(entry)
    entry.purse.pay(offer.given, offer.loss)
    entry.purse.taken[sku_id] = entry.purse.taken.get(sku_id, 0) + offer.units
    work.give(entry, index, offer.given, offer.loss, offer.units)
    offer.by.story.gave(offer.wanted, offer.given)
