"""What a buyer sees of an outage: a longer wait, or the money back with a reason; never an error or an odd state."""

import time
from collections import Counter
from uuid import UUID

from goodfor.cli.bench.result import Bar
from goodfor.cli.hub.buyers import Bought, Buyers
from goodfor.cli.hub.market import Stall, make_market, open_stalls
from goodfor.cli.hub.measured import Fair, Part
from goodfor.orders import queries as orders
from goodfor.vault.errors import OutOfStock

#: The shortest deadline that a shop can promise.
DEADLINE = 10
ALLOWED = frozenset({"paid", "refunding", "refunded", "delivered"})


def measure(fair: Fair) -> Part:
    """Of two SKUs one has a second supplier. The first dies; whoever orders then waits, and what then?"""
    each = fair.size(40)
    client, shop_id = fair.stands.client, fair.stack.made.shop_id
    market = make_market(shop_id, 2, slug="hub-outage", deadline=DEADLINE)
    first, second = Stall("kasushou", "dying", "8.00", 10_000_000), Stall("kayixin", "alive", "9.00", 10_000_000)
    open_stalls(market, client, [first, second])
    client.change(second.vendor, second.name, "1001", state="banned", tell=False)
    client.fault("dead", site=first.key, how="refuse", times=None)
    buyers, seen = Buyers(shop_id), Counter[str]()
    alone, with_other = [], []
    for _ in range(each):
        alone.append(_try(buyers, market.skus[0]))
        with_other.append(_try(buyers, market.skus[1]))
        time.sleep(0.05)
    began = time.monotonic()
    ends: dict[str, Counter[str]] = {"alone": Counter(), "with_other": Counter()}
    while time.monotonic() - began < DEADLINE + 20:
        now = {name: [_state(shop_id, one) for one in made if one] for name, made in
               (("alone", alone), ("with_other", with_other))}  # fmt: skip
        seen.update(state for found in now.values() for state in found)
        ends = {name: Counter(found) for name, found in now.items()}
        if not any(state in ("paid", "refunding") for found in now.values() for state in found):
            break
        time.sleep(0.25)
    waited = time.monotonic() - began
    strange = sorted(set(seen) - ALLOWED)
    unended = sum(found["paid"] + found["refunding"] for found in ends.values())
    return (
        {
            "orders_in_outage": sum(map(bool, [*alone, *with_other])), "not_offered_any_more": alone.count(None),
            "only_supplier_dead": dict(ends["alone"]), "first_supplier_dead": dict(ends["with_other"]),
            "ended_after_seconds": round(waited, 1),
        },
        [
            Bar("states that no buyer should see", ", ".join(strange) or "none", "none", not strange),
            Bar("orders that neither came nor were given back", unended, "= 0", unended == 0),
            Bar("with another supplier delivered at all", ends["with_other"]["delivered"], "> 0",
                ends["with_other"]["delivered"] > 0),
        ],
    )  # fmt: skip


def _try(buyers: Buyers, sku: UUID) -> Bought | None:
    """None: the shop does not offer it any more, which is an honest answer, too."""
    try:
        return buyers.buy(sku)
    except OutOfStock:
        return None


def _state(shop_id: UUID, one: Bought) -> str:
    return str(orders.order_view(shop_id, one.order_id).state)
