"""Section 3: what an effect wants to give."""

from fractions import Fraction
from math import floor
from uuid import UUID

from goodfor.promotions.cart_types import CartBundle, Live
from goodfor.promotions.spec_types import (
    BY_CHOICE,
    BundlePrice,
    FullPercent,
    FullReduce,
    Gift,
    Nth,
    Tier,
    UnitPercent,
    UnitPrice,
)
from goodfor.promotions.tests.reference.giving import allocated, held, percent
from goodfor.promotions.tests.reference.meeting import chosen
from goodfor.promotions.tests.reference.story import Attempt, Gave, Story


def at_unit_price(story: Story, live: Live, i: int) -> Attempt:
    """Layers 1 and 2, one line."""
    line = story.line(i)
    left = story.units_left(live, line.sku_id)
    if left is not None and left < 1:
        return Attempt("used_up")
    pieces = [k for k in range(line.quantity) if left is None or k < left]
    wanted = sum(line.price - unit_price(story, live, i) for _ in pieces)
    if wanted < 1:
        return Attempt("nothing")
    return held(story, live, None, {i: wanted}, {i: len(pieces)})


def unit_price(story: Story, live: Live, i: int) -> int:
    line, effect = story.line(i), live.spec.effect
    if isinstance(effect, UnitPercent):
        return max(1, percent(line.price, effect.bp))
    assert isinstance(effect, UnitPrice)
    if live.spec.trigger == BY_CHOICE:
        choice = chosen(live, story.cart, line)
        assert choice is not None
        return choice.price
    return effect.by_sku.get(line.sku_id, effect.minor)


def at_bundle_price(story: Story, live: Live, bundle: CartBundle) -> Attempt:
    """All lines of one instance."""
    effect = live.spec.effect
    assert isinstance(effect, BundlePrice)
    mine = [i for i, line in enumerate(story.cart.lines) if line.bundle == bundle.instance]
    amounts = [story.amount(i) for i in mine]
    if effect.minor is not None:
        wanted = sum(amounts) - effect.minor * bundle.sets
    else:
        assert effect.off_bp is not None
        wanted = sum(amounts) - percent(sum(amounts), 10_000 - effect.off_bp)
    if wanted < 1:
        return Attempt("nothing")
    weights = [story.line(i).weight for i in mine]
    given = [weight for weight in weights if weight is not None]
    by = given if len(given) == len(mine) and sum(given) > 0 else amounts
    return held(story, live, None, dict(zip(mine, allocated(wanted, by), strict=True)))


def reached(tiers: tuple[Tier, ...], measure: int) -> Tier | None:
    """The highest threshold at or below."""
    below = [tier for tier in tiers if tier.threshold <= measure]
    return max(below, key=lambda tier: tier.threshold) if below else None


def to_lines(story: Story, live: Live, coupon: UUID | None, lines: list[int]) -> Attempt:
    """Layers 3 and 4: over the lines that may be touched, of which there are some."""
    effect = live.spec.effect
    if isinstance(effect, Gift):
        return a_gift(story, live, effect, lines)
    if isinstance(effect, Nth):
        return every_nth(story, live, effect, lines)
    assert isinstance(effect, FullReduce | FullPercent)
    amounts = [story.amount(i) for i in lines]
    whole, pieces = sum(amounts), sum(story.line(i).quantity for i in lines)
    measure = pieces if effect.pieces else whole
    tier = reached(effect.tiers, measure)
    if tier is None:
        return Attempt("threshold")
    if isinstance(effect, FullPercent):
        wanted = whole - percent(whole, tier.value)
    elif effect.every:
        wanted = tier.value * floor(Fraction(measure, tier.threshold))
    else:
        wanted = tier.value
    wanted = min(wanted, whole) if effect.most is None else min(wanted, whole, effect.most)
    if wanted < 1:
        return Attempt("nothing")
    return held(story, live, coupon, dict(zip(lines, allocated(wanted, amounts), strict=True)))


def every_nth(story: Story, live: Live, effect: Nth, lines: list[int]) -> Attempt:
    """Piece by piece."""
    pieces = [(floor(Fraction(story.amount(i), story.line(i).quantity)), i) for i in lines for _ in range(q(story, i))]
    if effect.across:
        groups = [sorted(pieces, key=lambda piece: piece[0])]
    else:
        groups = [[piece for piece in pieces if piece[1] == i] for i in lines]
    reduced = [piece for group in groups for piece in group[: len(group) // effect.n]]
    if not reduced:
        return Attempt("threshold")
    wanted = {i: sum(price - percent(price, effect.bp) for price, of in reduced if of == i) for i in lines}
    if sum(wanted.values()) < 1:
        return Attempt("nothing")
    return held(story, live, None, wanted)


def q(story: Story, i: int) -> int:
    return story.line(i).quantity


def a_gift(story: Story, live: Live, effect: Gift, lines: list[int]) -> Attempt:
    """A line on top, as far as it is in stock and budgets do."""
    measure = sum(q(story, i) for i in lines) if effect.by_pieces else sum(story.amount(i) for i in lines)
    if measure < effect.threshold:
        return Attempt("threshold")
    pieces = effect.pieces * (floor(Fraction(measure, effect.threshold)) if effect.every else 1)
    if effect.most is not None:
        pieces = min(pieces, effect.most)
    offer = story.gifts.get(effect.sku_id)
    if offer is None or story.stock_left(offer) < pieces:
        return Attempt("gift_gone")
    wanted = pieces * offer.price
    if wanted < 1:
        return Attempt("nothing")
    minor, loss = story.minor_left(live), story.loss_left(live)
    can = pieces
    if minor is not None:
        can = min(can, floor(Fraction(max(0, minor), offer.price)))
    if loss is not None and offer.cost > 0:
        can = min(can, floor(Fraction(max(0, loss), offer.cost)))
    if can == 0 or (can < pieces and not live.spec.cut):
        return Attempt("budget", wanted)
    return Attempt("", wanted, (Gave(live, offer, can, tuple(lines)),))
