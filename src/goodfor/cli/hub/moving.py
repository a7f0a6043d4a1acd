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
_COSTS = "SELECT cost FROM supply_item WHERE shop_id = %s AND supplier_id = %s AND item_id = '1001'"
_BELOW = """
SELECT count(*) FILTER (WHERE b.below AND b.guarded), count(*) FILTER (WHERE b.below AND NOT b.guarded), count(*)
FROM (SELECT w.price_minor - round(a.charged * s.rate * 100) / a.quantity < %s AS below,
             s.protocol <> 'dujiao' AS guarded
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
    """Sales while costs climb to and over the floor, told late or not at all: what is dearer is not bought."""
    sales = fair.size(1000)
    client, shop_id = fair.stands.client, fair.stack.made.shop_id
    market = make_market(shop_id, 4, slug="hub-guard", floor_minor=FLOOR_MINOR)
    # With a guard per unit, with one for all, and without any.
    stalls = [Stall(vendor, "moving", "46.00", 20_000_000) for vendor in ("kasushou", "kayixin", "dujiao")]
    open_stalls(market, client, stalls)
    for stall in stalls:
        hear(fair, market, stall)
    stop = threading.Event()
    mover = threading.Thread(target=_move, args=(fair, market, stalls, stop), daemon=True)
    mover.start()
    buyers, refused = Buyers(shop_id), [0]

    def buy(index: int) -> None:
        try:
            buyers.buy(market.skus[index % len(market.skus)])
        except OutOfStock:
            refused[0] += 1
            time.sleep(0.05)

    errors = paying.spread(range(sales), buy, 4)
    stop.set()
    mover.join(30)
    until(lambda: not ends.open_orders(shop_id), 120, 0.5)
    below, unguarded, bought = rows(_BELOW, FLOOR_MINOR, shop_id, list(market.ids.values()))[0]
    return (
        {
            "sales_tried": sales, "bought": int(bought), "not_offered": refused[0],
            "errors": dict(Counter(word.partition(":")[0] for word in errors)),
            "price_minor": PRICE_MINOR, "floor_minor": FLOOR_MINOR,
        },
        [Bar("bought below the floor where a protocol has a guard", int(below), "= 0", int(below) == 0),
         Bar("below the floor where it has none, and the price was asked just before", int(unguarded),
             "<= 0.2 % of sales", unguarded <= sales * 0.002),
         Bar("tries that ended otherwise", len(errors), "= 0", not errors),
         Bar("bought at all", int(bought), "> 0", int(bought) > 0)],
    )  # fmt: skip


def _move(fair: Fair, market: Market, stalls: list[Stall], stop: threading.Event) -> None:
    """Costs around what leaves just the floor; every second change is told."""
    chance = random.Random(7)  # noqa: S311
    while not stop.wait(0.05):
        stall = chance.choice(stalls)
        item = str(1001 + chance.randrange(len(market.skus)))
        cost = f"{chance.uniform(44.5, 48.5):.2f}"
        fair.stands.client.change(stall.vendor, stall.name, item, cost=cost, tell=chance.random() < 0.5)
