"""The order of things: layers, nodes, turns, and what the trace tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.promotions.cart_types import (
    APPLIED,
    CUT,
    Cart,
    GiftLine,
    GiftOffer,
    Live,
    Priced,
    Share,
    Traced,
)
from goodfor.promotions.spec_types import (
    ACTIVITY,
    BEST,
    BY_COUPON,
    COUPON,
    FIRST,
    LEAST,
    ORDER,
    PRICE,
    STACK,
    BundlePrice,
)
from goodfor.promotions.tests.reference.effects import at_bundle_price, at_unit_price, to_lines
from goodfor.promotions.tests.reference.meeting import eligible, first_unmet, lines_in_scope
from goodfor.promotions.tests.reference.story import Attempt, Gave, Story, Took


@dataclass(frozen=True)
class Member:
    """A revision in its node; of a coupon: which, and the how manieth that was presented."""

    live: Live
    coupon: UUID | None = None
    turn: int = 0


@dataclass(frozen=True)
class Seen:
    """A revision (and coupon) that had a line in scope, and what it tried in the end, in order."""

    live: Live
    coupon: UUID | None
    attempts: tuple[Attempt, ...]

    def traced(self) -> Traced:
        """Sums over where it gave something; else what the first says."""
        gave = [attempt for attempt in self.attempts if attempt.given > 0]
        told = gave or list(self.attempts[:1])
        wanted, given = sum(one.wanted for one in told), sum(one.given for one in told)
        outcome = told[0].reason if not gave else APPLIED if wanted == given else CUT
        return Traced(self.live.campaign_id, self.live.revision_id, outcome, wanted, given, self.coupon)


def price(
    cart: Cart,
    plan: Sequence[Live],
    *,
    floor: int = 0,
    gifts: Mapping[UUID, GiftOffer] | None = None,
    zone: ZoneInfo,
) -> Priced:
    """As `evaluating.price`: pure."""
    story = Story(cart, gifts or {}, floor)
    seen: list[Seen] = []
    looked_at = [live for live in plan if lines_in_scope(live, cart)]
    unmet = {live.revision_id: first_unmet(live, cart, zone) for live in looked_at}
    for layer in (ACTIVITY, PRICE, ORDER, COUPON):
        mine = [live for live in looked_at if live.spec.layer == layer]
        if layer == ACTIVITY:
            story = bundle_prices(story, [live for live in mine if is_bundle(live)], unmet, seen)
        if layer in (ACTIVITY, PRICE):
            story = line_prices(story, layer, [live for live in mine if not is_bundle(live)], unmet, seen)
        else:
            story = nodes(story, mine, unmet, seen)
    return finished(story, seen)


def is_bundle(live: Live) -> bool:
    return isinstance(live.spec.effect, BundlePrice)


def bundle_prices(story: Story, lives: list[Live], unmet: Mapping[UUID, str], seen: list[Seen]) -> Story:
    tried: dict[UUID, list[Attempt]] = {live.revision_id: [] for live in lives}
    for bundle in story.cart.bundles:
        for live in lives:
            if live.revision_id != bundle.revision_id:
                continue
            if all(line.bundle != bundle.instance for line in story.cart.lines):
                continue
            reason = unmet[live.revision_id] or ("" if story.may_use(live, None) else "used_up")
            attempt = Attempt(reason) if reason else at_bundle_price(story, live, bundle)
            story = story.after(attempt)
            tried[live.revision_id].append(attempt)
    seen += [Seen(live, None, tuple(tried[live.revision_id])) for live in lives]
    return story


def line_prices(story: Story, layer: str, lives: list[Live], unmet: Mapping[UUID, str], seen: list[Seen]) -> Story:
    """Layers 1 and 2: line by line, the best for the buyer."""
    tried: dict[UUID, list[Attempt]] = {live.revision_id: [] for live in lives}
    for i in range(len(story.cart.lines)):
        attempts: list[tuple[Live, Attempt]] = []
        for live in lives:
            if unmet[live.revision_id] or i not in eligible(live, story.cart):
                continue
            attempts.append((live, on_line(story, layer, live, i)))
        giving = [pair for pair in attempts if pair[1].given > 0]
        giving.sort(key=lambda pair: (-pair[1].given, -pair[0].spec.priority, pair[0].revision_id))
        winner = giving[0][0] if giving else None
        before = story
        for live, attempt in attempts:
            won = live is winner
            if won:
                story = before.after(attempt)
            better = attempt.given > 0 and not won
            tried[live.revision_id].append(Attempt("better", attempt.wanted) if better else attempt)
    for live in lives:
        reason = unmet[live.revision_id]
        seen.append(Seen(live, None, (Attempt(reason),) if reason else tuple(tried[live.revision_id])))
    return story


def on_line(story: Story, layer: str, live: Live, i: int) -> Attempt:
    """6, in place of 7 `bundle` and `activity`, then the effect."""
    if not story.may_use(live, None):
        return Attempt("used_up")
    if story.line(i).bundle is not None:
        return Attempt("bundle")
    if layer == PRICE and any(e.line == i and e.live.spec.layer == ACTIVITY for e in story.shares()):
        return Attempt("activity")
    return at_unit_price(story, live, i)


def nodes(story: Story, lives: list[Live], unmet: Mapping[UUID, str], seen: list[Seen]) -> Story:
    """Layers 3 and 4."""
    grouped: dict[tuple[int, str, str], list[Member]] = {}
    for live in lives:
        reason = unmet[live.revision_id]
        for member in members(live, story.cart):
            if reason:
                seen.append(Seen(live, member.coupon, (Attempt(reason),)))
                continue
            node = live.spec.node
            grouped.setdefault((node.position, node.name, node.mode), []).append(member)
    for key in sorted(grouped):
        story = one_node(story, key[2], sorted(grouped[key], key=turn), seen)
    return story


def members(live: Live, cart: Cart) -> list[Member]:
    """One, or one for each of its coupons that was presented (a coupon counts once)."""
    if live.spec.trigger != BY_COUPON:
        return [Member(live)]
    ids = [one.coupon_id for one in cart.coupons]
    firsts = [k for k, one in enumerate(cart.coupons) if ids.index(one.coupon_id) == k]
    mine = [Member(live, ids[k], k) for k in firsts if cart.coupons[k].campaign_id == live.campaign_id]
    return mine or [Member(live)]


def turn(member: Member) -> tuple[int, UUID]:
    live = member.live
    return (member.turn if live.spec.layer == COUPON else -live.spec.priority, live.revision_id)


def one_node(story: Story, mode: str, turns: list[Member], seen: list[Seen]) -> Story:
    if mode in (BEST, LEAST):
        return chosen_of_node(story, mode, turns, seen)
    assert mode in (STACK, FIRST)
    for k, member in enumerate(turns):
        attempt = attempted(story, member)
        seen.append(Seen(member.live, member.coupon, (attempt,)))
        story = story.after(attempt)
        if mode == FIRST and attempt.given > 0:
            seen += [Seen(late.live, late.coupon, (Attempt("node_first"),)) for late in turns[k + 1 :]]
            break
    return story


def chosen_of_node(story: Story, mode: str, turns: list[Member], seen: list[Seen]) -> Story:
    """Each tried alone at the node's beginning."""
    tried = [(member, attempted(story, member)) for member in turns]
    sign = -1 if mode == BEST else 1
    giving = [pair for pair in tried if pair[1].given > 0]
    giving.sort(
        key=lambda pair: (sign * pair[1].given, -pair[0].live.spec.priority, pair[0].live.revision_id, pair[0].turn)
    )
    winner = giving[0][0] if giving else None
    after = story
    for member, attempt in tried:
        told = attempt
        if member is winner:
            after = story.after(attempt)
        elif attempt.given > 0:
            told = Attempt(f"node_{mode}", attempt.wanted)
        seen.append(Seen(member.live, member.coupon, (told,)))
    return after


def attempted(story: Story, member: Member) -> Attempt:
    """6, 7, `per_order`, then the effect, as things stand."""
    live = member.live
    if not story.may_use(live, member.coupon):
        return Attempt("used_up")
    lines = eligible(live, story.cart)
    free = [i for i in lines if not story.barred(live, i)]
    if not free:
        return Attempt(story.barred(live, lines[0]))
    if live.spec.trigger == BY_COUPON and story.coupons_given(live) >= live.spec.per_order:
        return Attempt("per_order")
    return to_lines(story, live, member.coupon, free)


def finished(story: Story, seen: list[Seen]) -> Priced:
    shares, gifts = [], []
    for event in story.events:
        live = event.live
        if isinstance(event, Took):
            shares.append(
                Share(
                    event.line, live.campaign_id, live.revision_id, event.minor, event.units, event.coupon, event.loss
                )
            )
        else:
            assert isinstance(event, Gave)
            gifts.append(
                GiftLine(
                    live.campaign_id,
                    live.revision_id,
                    event.offer.sku_id,
                    event.pieces,
                    event.offer.price,
                    event.lines,
                    event.pieces * event.offer.cost,
                )
            )
    nets = tuple(story.amount(i) for i in range(len(story.cart.lines)))
    return Priced(nets, tuple(shares), tuple(gifts), tuple(one.traced() for one in seen))
