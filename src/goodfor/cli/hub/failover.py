"""From a supplier's no to the order at the next one, by the clocks of the two stand-ins."""

import time

from goodfor.cli.bench.result import Bar
from goodfor.cli.hub import ends
from goodfor.cli.hub.buyers import Buyers
from goodfor.cli.hub.market import Stall, make_market, open_stalls
from goodfor.cli.hub.measured import Fair, Part, summed, until
from goodfor.cli.soak.sql import rows

BAR = 1.0
#: Orders a second: a shop at its usual pace, so that nothing waits for anything else.
PACE = 4.0
_PAIRS = """
SELECT a.number, b.number FROM supply_attempt a
JOIN supply_attempt b ON b.shop_id = a.shop_id AND b.want_id = a.want_id AND b.supplier_id = %s
WHERE a.shop_id = %s AND a.supplier_id = %s AND a.state = 'rejected'
"""


def measure(fair: Fair) -> Part:
    """Each round sells another item: the first supplier has none of it left, the second delivers."""
    rounds = fair.size(200)
    client, shop_id = fair.stands.client, fair.stack.made.shop_id
    market = make_market(shop_id, rounds, slug="hub-failover")
    first, second = Stall("kasushou", "no", "8.00", 10_000_000), Stall("kayixin", "yes", "9.00", 10_000_000)
    open_stalls(market, client, [first, second])
    client.fault("refuse", site=first.key, on="create", why="stock", times=None)
    buyers = Buyers(shop_id)
    for sku in market.skus:
        buyers.buy(sku)
        time.sleep(1 / PACE)
    until(lambda: not ends.open_orders(shop_id), 60)
    no = {
        call["number"]: call["at_ms"]
        for call in client.site_books(first.vendor, first.name)["calls"]
        if call["endpoint"] == "create" and call["verdict"] == "stock"
    }
    yes = {order["number"]: order["created_ms"] for order in client.site_books(second.vendor, second.name)["orders"]}
    times = [
        (yes[b] - no[a]) / 1000
        for a, b in rows(_PAIRS, market.ids[second.code], shop_id, market.ids[first.code])
        if a in no and b in yes
    ]
    found = summed("failover", times)
    return (
        {"failovers": len(times), **found},
        [
            Bar("failovers measured", len(times), f"= {rounds}", len(times) == rounds),
            Bar(
                "a no to the next order, p95 (s)", found["failover_p95_s"], f"< {BAR:g}", found["failover_p95_s"] < BAR
            ),
        ],
    )
