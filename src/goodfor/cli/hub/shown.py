"""From paid to the code on the buyer's page, through the storefront, the payment stand-in, worker and supplier."""

import time
from datetime import UTC, datetime

from goodfor.cli.bench.result import Bar
from goodfor.cli.demo.shopper import Shopper
from goodfor.cli.hub.market import Stall, make_market, open_stalls
from goodfor.cli.hub.measured import Fair, Part, summed
from goodfor.cli.soak.sql import rows

#: What the supplier takes for its answer, in seconds, and the bars.
ANSWERS_IN = 0.2
P50, P95 = 0.6, 1.5
_PAID = """
SELECT w.created_at FROM supply_want w JOIN orders_order o ON o.id = w.order_id AND o.shop_id = w.shop_id
WHERE w.shop_id = %s AND o.number = %s
"""


def measure(fair: Fair) -> Part:
    """Guests, one after the other. Paid: when our books had it; shown: when the page with the code was there."""
    rounds = fair.size(100)
    client, shop_id = fair.stands.client, fair.stack.made.shop_id
    market = make_market(shop_id, 1, slug="hub-shown")
    stall = Stall("kayixin", "quick", "8.00", 10_000_000)
    open_stalls(market, client, [stall])
    client.fault("late_answer", site=stall.key, on="create", seconds=ANSWERS_IN, times=None)
    times, wrong = [], 0
    for number in range(rounds):
        shopper = Shopper(fair.stack.url, f"10.9.{number // 250}.{number % 250 + 1}")
        try:
            order = shopper.checkout("hub-shown", market.skus[0])
            shopper.pay(shopper.way(order))
            limit = time.monotonic() + 20
            while shopper.state(order) != "delivered" and time.monotonic() < limit:
                time.sleep(0.04)
            shown = shopper.reveal(order)
            at = datetime.now(UTC)
            wrong += not shown
            times.append((at - rows(_PAID, shop_id, order)[0][0]).total_seconds())
        finally:
            shopper.close()
    found = summed("paid_to_code", times)
    p50, p95 = found["paid_to_code_p50_s"], found["paid_to_code_p95_s"]
    return (
        {"sales": len(times), "supplier_answers_in_s": ANSWERS_IN, **found},
        [
            Bar("pages without a code", wrong, "= 0", wrong == 0),
            Bar("paid to code shown, p50 (s)", p50, f"< {P50:g}", p50 < P50),
            Bar("paid to code shown, p95 (s)", p95, f"< {P95:g}", p95 < P95),
        ],
    )
