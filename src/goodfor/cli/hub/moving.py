"""Prices that move: how soon the shop knows, and whether anything is sold below its floor meanwhile."""

import random
import threading
import time
from collections import Counter
from decimal import Decimal
from functools import partial
from uuid import UUID

from goodfor.cli.bench.result import Bar
from goodfor.cli.hub import ends
from goodfor.cli.hub.buyers import Buyers
from goodfor.cli.hub.market import PRICE_MINOR, Market, Stall, make_market, open_stalls
from goodfor.cli.hub.measured import Fair, Part, summed, until
from goodfor.cli.soak import paying
from goodfor.cli.soak.sql import rows
from goodfor.orders import queries as orders
from goodfor.supply import queries as supply
from goodfor.vault.errors import OutOfStock

KNOWN_IN = 2.0
FLOOR_MINOR = 150
#: What may be lost in a day at the supplier without a guard that is allowed.
SURPRISE_MINOR = 3_000
_COSTS = "SELECT cost FROM supply_item WHERE shop_id = %s AND supplier_id = %s AND item_id = '1001'"
_BELOW = """
SELECT count(*) FILTER (WHERE b.lost > 0), coalesce(sum(b.lost) FILTER (WHERE b.lost > 0), 0), count(*)
FROM (SELECT ceil(a.charged * s.rate * 100) - (w.price_minor - %s) * a.quantity AS lost
FROM supply_attempt a JOIN supply_want w ON w.id = a.want_id AND w.shop_id = a.shop_id
JOIN supply_supplier s ON s.id = a.supplier_id AND s.shop_id = a.shop_id
WHERE a.shop_id = %s AND a.supplier_id = ANY (%s) AND a.state IN ('delivered', 'partial', 'late')) b
"""


def pushes(fair: Fair) -> Part:
    """A supplier tells that an item changed: its cost in our tables, and what the storefront offers of it."""
    rounds = fair.size(40)
    client, shop_id = fair.stands.client, fair.stack.made.shop_id
    market = make_market(shop_id, 1, slug="hub-push")
    stall = Stall("kasushou", "telling", "8.00", 10_000_000)
    open_stalls(market, client, [stall])
    hear(fair, market, stall)
    costs, offers = [], []
    for number in range(rounds):
        cost = f"8.{number + 10}"
        client.change(stall.vendor, stall.name, "1001", cost=cost, tell=True)
        costs.append(until(partial(_costs, shop_id, market.ids[stall.code], Decimal(cost)), 10, 0.02))
        state, offered = ("banned", False) if number % 2 == 0 else ("on", True)
        client.change(stall.vendor, stall.name, "1001", state=state, tell=True)
        offers.append(until(partial(_offered, market, offered), 10, 0.02))
    lost = costs.count(None) + offers.count(None)
    found = {
        **summed("cost_known", [one for one in costs if one is not None]),
        **summed("offer_changed", [one for one in offers if one is not None]),
    }
    worst = max(found["cost_known_max_s"], found["offer_changed_max_s"])
    return (
        {"pushes": 2 * rounds, **found},
        [
            Bar("pushes that changed nothing", lost, "= 0", lost == 0),
            Bar("push to storefront, the slowest (s)", worst, f"< {KNOWN_IN:g}", worst < KNOWN_IN),
        ],
    )


def _costs(shop_id: UUID, supplier_id: UUID, cost: Decimal) -> bool:
    return bool(rows(_COSTS, shop_id, supplier_id)[0][0] == cost)


def _offered(market: Market, so: bool) -> bool:
    return bool(orders.available(market.shop_id, market.skus)) == so


def hear(fair: Fair, market: Market, stall: Stall) -> None:
    """Have the stand-in call our address."""
    hook = supply.supplier(market.shop_id, market.ids[stall.code]).hook
    fair.stands.client.site(stall.vendor, stall.name, push_url=f"{fair.stack.url}/supply/hook/{hook}")


def guard(fair: Fair) -> Part:
    """Sales while costs climb to and over the floor, told late or not at all: what is dearer is not bought.

    First with nothing said about a supplier that has no guard, then at such a one alone with a budget for the day.
    """
    strict, strict_bars = _strict(fair)
    allowed, allowed_bars = _allowed(fair)
    return {**strict, **allowed}, strict_bars + allowed_bars


def _strict(fair: Fair) -> Part:
    sales = fair.size(1000)
    market = make_market(fair.stack.made.shop_id, 4, slug="hub-guard", floor_minor=FLOOR_MINOR)
    # With a guard per unit, with one for all, and without any.
    stalls = [Stall(vendor, "moving", "46.00", 20_000_000) for vendor in ("kasushou", "kayixin", "dujiao")]
    refused, errors = _sell(fair, market, stalls, sales)
    below, _lost, bought = _ends(market, list(market.ids))
    *_rest, unguarded = _ends(market, [stalls[2].code])
    return (
        {
            "sales_tried": sales, "bought": bought, "not_offered": refused,
            "errors": dict(Counter(word.partition(":")[0] for word in errors)),
            "price_minor": PRICE_MINOR, "floor_minor": FLOOR_MINOR,
        },
        [Bar("bought below the floor", below, "= 0", below == 0),
         Bar("bought without a guard and without a word of the operator", unguarded, "= 0", unguarded == 0),
         Bar("tries that ended otherwise", len(errors), "= 0", not errors),
         Bar("bought at all", bought, "> 0", bought > 0)],
    )  # fmt: skip


def _allowed(fair: Fair) -> Part:
    sales = fair.size(200)
    market = make_market(fair.stack.made.shop_id, 4, slug="hub-allowed", floor_minor=FLOOR_MINOR)
    stall = Stall("dujiao", "allowed", "46.00", 20_000_000, surprise_minor=SURPRISE_MINOR)
    refused, errors = _sell(fair, market, [stall], sales)
    below, lost, bought = _ends(market, [stall.code])
    return (
        {
            "allowed_tried": sales, "allowed_bought": bought, "allowed_not_offered": refused, "allowed_below": below,
            "allowed_lost_minor": lost, "allowed_budget_minor": SURPRISE_MINOR,
            "allowed_errors": dict(Counter(word.partition(":")[0] for word in errors)),
        },
        [Bar("lost to prices that rose after the question (minor units)", lost, f"<= {SURPRISE_MINOR}",
             lost <= SURPRISE_MINOR),
         Bar("bought at all with a budget", bought, "> 0", bought > 0)],
    )  # fmt: skip


def _sell(fair: Fair, market: Market, stalls: list[Stall], sales: int) -> tuple[int, list[str]]:
    """Sales while the costs of these stalls move, to their ends: how many were not offered, and other errors."""
    open_stalls(market, fair.stands.client, stalls)
    for stall in stalls:
        hear(fair, market, stall)
    stop = threading.Event()
    mover = threading.Thread(target=_move, args=(fair, market, stalls, stop), daemon=True)
    mover.start()
    buyers, refused = Buyers(market.shop_id), [0]

    def buy(index: int) -> None:
        try:
            buyers.buy(market.skus[index % len(market.skus)])
        except OutOfStock:
            refused[0] += 1
            time.sleep(0.05)

    errors = paying.spread(range(sales), buy, 4)
    stop.set()
    mover.join(30)
    until(lambda: not ends.open_orders(market.shop_id), 120, 0.5)
    return refused[0], errors


def _ends(market: Market, codes: list[str]) -> tuple[int, int, int]:
    """Purchases below the floor, what they lost (minor units), all with goods; at the stalls of these codes."""
    ids = [market.ids[code] for code in codes]
    below, lost, bought = rows(_BELOW, FLOOR_MINOR, market.shop_id, ids)[0]
    return int(below), int(lost), int(bought)


def _move(fair: Fair, market: Market, stalls: list[Stall], stop: threading.Event) -> None:
    """Costs around what leaves just the floor; every second change is told."""
    chance = random.Random(7)  # noqa: S311
    while not stop.wait(0.05):
        stall = chance.choice(stalls)
        item = str(1001 + chance.randrange(len(market.skus)))
        cost = f"{chance.uniform(44.5, 48.5):.2f}"
        fair.stands.client.change(stall.vendor, stall.name, item, cost=cost, tell=chance.random() < 0.5)
