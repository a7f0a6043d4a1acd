"""Which revision prices a bundle in a cart: its own, or that of a campaign for it. Pure.

A campaign of play `bundle` names its bundle in `play_settings["bundle"]`; what it needs (window, audience, limits) is
asked of the evaluator, on the bundle's lines alone. What gives the buyer most counts; at the same, the bundle's own.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from goodfor.promotions.bundle_types import BundleInCart
from goodfor.promotions.bundling import price_of
from goodfor.promotions.cart_types import APPLIED, CUT, Cart, CartBundle, Live, Priced, Traced
from goodfor.promotions.spec_types import BundlePrice

#: The evaluator with the shop's floor, zone and gifts already given.
Price = Callable[[Cart, Sequence[Live]], Priced]


def best(
    cart: Cart, plan: Sequence[Live], found: Sequence[BundleInCart], *, price: Price
) -> tuple[Cart, tuple[Live, ...], Priced]:
    """The cart with its bundles, the plan with what prices them, and the price; a plain cart is priced as it is.

    Campaigns that were tried for a bundle and gave less stand in the trace with their reason, or as `better`.
    """
    if not found:
        return cart, tuple(plan), price(cart, plan)
    bundles: list[CartBundle] = []
    lives: list[Live] = []
    passed: list[Traced] = []
    for one in found:
        chosen, lost = _chosen(cart, plan, one, price)
        bundles.append(replace(one.cart, revision_id=chosen.revision_id))
        lives.append(chosen)
        passed += lost
    whole = replace(cart, bundles=tuple(bundles))
    named = {live.revision_id for live in lives}
    full = (*(live for live in plan if live.revision_id not in named), *lives)
    priced = price(whole, full)
    return whole, full, replace(priced, trace=(*priced.trace, *passed)) if passed else priced


def candidates(plan: Sequence[Live], one: BundleInCart) -> list[Live]:
    """The campaigns of the plan for this bundle, with what the buyer's picks add to a price of their own."""
    found = []
    for live in plan:
        effect = live.spec.effect
        if isinstance(effect, BundlePrice) and live.spec.play_settings.get("bundle") == str(one.cart.instance):
            effect = price_of(one.spec, one.cart.sets, one.picks, base=effect)
            found.append(replace(live, spec=replace(live.spec, effect=effect)))
    return found


def _chosen(cart: Cart, plan: Sequence[Live], one: BundleInCart, price: Price) -> tuple[Live, list[Traced]]:
    rivals = candidates(plan, one)
    if not rivals:
        return one.live, []
    lines = tuple(line for line in cart.lines if line.bundle == one.cart.instance)
    chosen, most, traced = one.live, -1, []
    for live in (one.live, *rivals):
        asked = replace(cart, lines=lines, bundles=(replace(one.cart, revision_id=live.revision_id),))
        trace = [step for step in price(asked, (live,)).trace if step.revision_id == live.revision_id]
        traced += [step for step in trace if live is not one.live]
        given = sum(step.given for step in trace if step.outcome in (APPLIED, CUT))
        if given > max(most, 0) or most < 0:
            chosen, most = live, given
    lost = [
        replace(step, outcome="better", given=0) if step.outcome in (APPLIED, CUT) else step
        for step in traced
        if step.revision_id != chosen.revision_id
    ]
    return chosen, lost
