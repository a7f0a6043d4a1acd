"""How a price follows a cost: pure. Costs are exact decimals in the shop's currency, prices and bounds minor units."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import Final
from uuid import UUID

from goodfor.supply.routing import Candidate, Wanted, choose
from goodfor.supply.types import WatchRule

#: One percent in the points of a rule.
PERCENT: Final = 100
_WHOLE: Final = 100 * PERCENT
_NOBODY: Final = UUID(int=0)
#: A price at which nothing costs too much.
_ANY_PRICE: Final = 10**15


@dataclass(frozen=True, slots=True)
class Costs:
    """What a unit costs now, landed in the shop's currency.

    `first`: at whom routing would choose (the dearest where several share); `least`: at the cheapest who could deliver.
    """

    first: Decimal
    least: Decimal
    supplier_id: UUID


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule looks at. `day_minor`: the price with which the shop's day began. `cost`: applied to last."""

    price_minor: int
    day_minor: int
    floor_minor: int
    exponent: int
    cost: Decimal | None
    paused: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do. `price_minor`: the new price, None: it stays. `held_by`: which bound keeps it for a person.

    `alert`: the cost changed and the price stays by the rule's word. `pause`: True stop, False resume, None as it is.
    """

    price_minor: int | None = None
    held_by: str = ""
    alert: bool = False
    pause: bool | None = None
    #: The rule was applied to this cost; it is not again.
    cost: Decimal | None = None


def costs_of(candidates: Sequence[Candidate], exponent: int, kind: str = "code") -> Costs | None:
    """What buying one costs, whatever passes by itself (breakers, hours, balance) or hangs on who buys; None: nobody.

    A breaker that is open for a minute is no reason to change a price.
    """
    lasting = [
        replace(one, breaker="", from_minute=0, to_minute=0, funds=None, channels=(), terms={}, quota_left=None,
                refused=False, surprise_left=None if one.surprise_left is None else _ANY_PRICE)
        for one in candidates
    ]  # fmt: skip
    most = max((one.least * one.multiple for one in lasting), default=1)
    found = []
    # One where one can be bought, else the least that somebody sells.
    for quantity in sorted({1, *(one.least * one.multiple for one in lasting), most}):
        wanted = Wanted(_NOBODY, quantity, _ANY_PRICE, 0, exponent, "", kind)
        found = [pick.candidate for pick in choose(wanted, lasting, 0).picks]
        if found:
            break
    if not found:
        return None
    together = [one for one in found if one.priority == found[0].priority] if _shares(found) else found[:1]
    first = max(together, key=landed)
    return Costs(landed(first), min(landed(one) for one in found), first.supplier_id)


def _shares(found: Sequence[Candidate]) -> bool:
    return any(one.weight != 1 for one in found if one.priority == found[0].priority)


def landed(one: Candidate) -> Decimal:
    """A unit's cost in the shop's currency."""
    return (one.cost * one.rate).quantize(Decimal("0.000001"))


def price_for(rule: WatchRule, cost: Decimal, exponent: int) -> int:
    """What a unit of that cost is to be sold for: margin on top, the next ending up, within the bounds."""
    raw = cost.scaleb(exponent) * (_WHOLE + rule.margin_points) / _WHOLE + rule.margin_minor
    least = max(1, int(raw.to_integral_value(ROUND_CEILING)))
    price = least + (rule.ending_minor - least) % rule.step_minor
    if rule.least_minor is not None:
        price = max(price, rule.least_minor)
    return price if rule.most_minor is None else min(price, rule.most_minor)


def judge(rule: WatchRule, seen: Seen, costs: Costs | None) -> Verdict:
    """What the rule says now. The same verdict twice does nothing more: `cost` and `paused` are remembered."""
    if costs is None:
        # Nobody sells it: that is known to whoever asks what can be bought; no price follows from it.
        return Verdict()
    fresh = costs.first != seen.cost
    price, held_by, alert = None, "", False
    if fresh:
        wanted = price_for(rule, costs.first, seen.exponent)
        if rule.mode == "alert":
            alert = seen.cost is not None
        elif wanted != seen.price_minor:
            price, held_by = wanted, _held_by(rule, seen, wanted)
    price_then = price if price is not None and not held_by else seen.price_minor
    return Verdict(price, held_by, alert, _pause(rule, seen, costs, price_then), costs.first if fresh else None)


def _held_by(rule: WatchRule, seen: Seen, wanted: int) -> str:
    if _beyond(rule.most_once_points, seen.price_minor, wanted):
        return "once"
    return "day" if _beyond(rule.most_day_points, seen.day_minor, wanted) else ""


def _beyond(most: int | None, base: int, wanted: int) -> bool:
    return most is not None and abs(wanted - base) * _WHOLE > base * most


def _pause(rule: WatchRule, seen: Seen, costs: Costs, price: int) -> bool | None:
    loses = costs.least.scaleb(seen.exponent) + seen.floor_minor > price
    stop = rule.pause_on_loss and loses
    return None if stop == seen.paused else stop
