"""How the orders of a storm ended: in time, with which codes; and the shared bars."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from goodfor.cli.bench.result import Bar
from goodfor.cli.hub import books
from goodfor.cli.hub.buyers import Bought
from goodfor.cli.hub.market import Market
from goodfor.cli.soak import paying
from goodfor.cli.soak.sql import rows
from goodfor.kernel import invariants
from goodfor.kernel.clock import utc_now
from goodfor.orders.operations.reveal_codes import reveal_codes
from goodfor.sandbox.suppliers.client import SuppliersClient

_STATES = "SELECT state, count(*) FROM orders_order WHERE shop_id = %s GROUP BY state"
_DELIVERED = "SELECT id FROM orders_order WHERE shop_id = %s AND state = 'delivered'"
_LATE = """
SELECT max(extract(epoch FROM coalesce(delivered_at, refunded_at) - deliver_by))
FROM orders_order WHERE shop_id = %s AND state IN ('delivered', 'refunded')
"""
_OPEN = """
SELECT count(*) FROM supply_attempt WHERE shop_id = %s AND state IN ('sending', 'accepted', 'unknown')
"""


def states(shop_id: UUID) -> dict[str, int]:
    """How many orders are in each state."""
    return {str(state): int(count) for state, count in rows(_STATES, shop_id)}


def open_orders(shop_id: UUID) -> int:
    """Orders that are neither delivered nor given back."""
    return sum(count for state, count in states(shop_id).items() if state not in ("delivered", "refunded"))


def open_purchases(shop_id: UUID) -> int:
    """Purchases whose end is not known and not a person's to find out."""
    return int(rows(_OPEN, shop_id)[0][0])


def wait_quiet(shop_id: UUID, seconds: float, rest: Callable[[], None]) -> float:
    """Until all orders and purchases have ended, at most so long; how long it took. `rest`: what passes the time."""
    began = time.monotonic()
    while (open_orders(shop_id) or open_purchases(shop_id)) and time.monotonic() - began < seconds:
        rest()
    return time.monotonic() - began


def end(
    market: Market, client: SuppliersClient, made: Sequence[Bought], *, lateness: float, threads: int = 4
) -> tuple[dict[str, Any], list[Bar], list[str]]:
    """Figures, bars, and words about whatever is wrong."""
    compared = books.compare(market, client)
    twice, strange, shown = _shown(market.shop_id, compared.given, threads)
    found = states(market.shop_id)
    ended = found.get("delivered", 0) + found.get("refunded", 0)
    late = float(rows(_LATE, market.shop_id)[0][0] or 0.0)
    broken = [result.invariant.name for result in invariants.run_all(utc_now()) if not result.ok]
    unasked = compared.figures["purchases_nobody_asks_about"]
    bars = [
        Bar("lines bought twice, and orders we know nothing of", len(compared.twice), "= 0", not compared.twice),
        Bar("codes handed out twice", len(twice), "= 0", not twice),
        Bar("codes shown that no supplier gave", len(strange), "= 0", not strange),
        Bar("lines delivered or refunded", ended, f"= {len(made)}", ended == len(made)),
        Bar("worst lateness against the deadline (s)", round(late, 1), f"<= {lateness:g}", late <= lateness),
        Bar("suppliers whose books differ from the ledger", len(compared.money), "= 0", not compared.money),
        Bar("purchases that nobody asks about", unasked, "= 0", unasked == 0),
        Bar("invariants violated", ", ".join(broken) or "none", "none", not broken),
    ]
    figures = {"orders_by_state": found, "codes_shown": shown, "worst_lateness_seconds": late, **compared.figures}
    return figures, bars, [*compared.twice[:5], *compared.money, *twice[:3], *strange[:3]]


def _shown(shop_id: UUID, given: Mapping[str, str], threads: int) -> tuple[list[str], list[str], int]:
    """Every buyer looks at the codes: what two were shown, what no supplier gave, and how many there were."""
    seen: dict[str, UUID] = {}
    twice: list[str] = []
    strange: list[str] = []

    def look(order_id: UUID) -> None:
        for code in reveal_codes(shop_id=shop_id, order_id=order_id, actor="buyer", ip="", now=utc_now()):
            if seen.setdefault(code.secret, code.code_id) != code.code_id:
                twice.append(f"order {order_id}: code {code.code_id} was given out before")
            if code.secret not in given:
                strange.append(f"order {order_id}: code {code.code_id} is no supplier's")

    errors = paying.spread([row[0] for row in rows(_DELIVERED, shop_id)], look, threads)
    return twice, strange + errors, len(seen)
