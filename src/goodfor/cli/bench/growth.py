"""`bench growth`: the cost of an order with a thousand codes sold and free, and with a million of each."""

import statistics
from typing import Any

from rich.console import Console

from goodfor.cli.bench.orders import order_body, run_load, stock_up
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import Site, running_site
from goodfor.cli.lazy import load

SKU = "kw-50"
BAR = 1.3
CHUNK = 250_000
#: A past sale in bulk: its order, line, history, event and code, as the hot path leaves them.
HISTORY = """
WITH picked AS (
    SELECT c.id, gen_random_uuid() AS order_id, gen_random_uuid() AS line_id
    FROM vault_code c WHERE c.shop_id = %(shop)s AND c.sku_id = %(sku)s AND c.state = 0 ORDER BY c.id LIMIT %(many)s
), orders AS (
    INSERT INTO orders_order (id, shop_id, number, state, channel, client_id, locale, total_minor, paid_minor,
        refunded_minor, currency, payment_id, placed_at, pay_by, paid_at, deliver_by, delivered_at)
    SELECT order_id, %(shop)s, 'H' || left(replace(order_id::text, '-', ''), 30), 'delivered', 'api', %(client)s, '',
        4850, 4850, 0, 'CNY', gen_random_uuid(), now(), now(), now(), now(), now() FROM picked
), lines AS (
    INSERT INTO orders_line (id, shop_id, order_id, position, sku_id, title, quantity, unit_price_minor)
    SELECT line_id, %(shop)s, order_id, 1, %(sku)s, 'past', 1, 4850 FROM picked
), history AS (
    INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)
    SELECT %(shop)s, 'order', order_id, 1, NULL, 'delivered', 'past', 'past', now() FROM picked
), events AS (
    INSERT INTO kernel_event (shop_id, name, version, payload, occurred_at)
    SELECT %(shop)s, 'orders.order_delivered', 1, '{}'::jsonb, now() FROM picked
), keys AS (
    INSERT INTO kernel_idempotency (shop_id, scope, key, body_hash, status, answer, created_at)
    SELECT %(shop)s, 'past', order_id::text, sha256('x'), 201, ''::bytea, now() FROM picked
)
UPDATE vault_code c SET state = 2, holder_id = p.line_id, sold_at = now() FROM picked p WHERE c.id = p.id
"""


def run(
    *,
    json: bool = False,  # noqa: ARG001  (progress goes to stderr anyway)
    small: str = "1000",
    large: str = "1000000",
    seconds: str = "6",
    rounds: str = "3",
) -> BenchResult:
    """One client, so that p50 is the cost of an order and not of a queue. Options: small, large, seconds, rounds."""
    console = Console(stderr=True)
    with running_site(console) as site:
        stock_up(site, SKU, int(small) * 2)
        _make_past(site, int(small))
        stock_up(site, SKU, 40_000)
        before = _p50(site, float(seconds), int(rounds), "small", console)
        console.print("一百万已售，一百万在库 / a million sold, a million free")
        for _ in range(0, int(large) * 2, CHUNK):
            stock_up(site, SKU, CHUNK)
        _make_past(site, int(large))
        after = _p50(site, float(seconds), int(rounds), "large", console)
    ratio = after / before
    return BenchResult(
        "growth",
        {"p50_small_ms": before, "p50_large_ms": after, "ratio": ratio, "small": int(small), "large": int(large)},
        [Bar("p50 large / p50 small", round(ratio, 3), f"<= {BAR}", ratio <= BAR)],
    )


def _make_past(site: Site, count: int) -> None:
    made = site.made
    params: dict[str, Any] = {"shop": made.shop_id, "sku": made.skus[SKU], "client": made.client_id}
    connection = load("django.db").connection
    for start in range(0, count, CHUNK):
        with connection.cursor() as cursor:
            cursor.execute(HISTORY, {**params, "many": min(CHUNK, count - start)})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _p50(site: Site, seconds: float, rounds: int, name: str, console: Console) -> float:
    spec = {"body": order_body(site.made.skus[SKU]), "clients": 1, "seconds": seconds}
    run_load(site, {**spec, "seconds": 2, "prefix": f"{name}-warm-"})
    values: list[float] = []
    for number in range(rounds):
        done = run_load(site, {**spec, "prefix": f"{name}-{number}-"})
        if set(done["statuses"]) != {"201"}:
            raise RuntimeError(f"not all orders were sold: {done['statuses']} {done['problems']}")
        values.append(done["p50_ms"])
        console.print(f"{name} {number + 1}: p50 {values[-1]:.2f} ms")
    return statistics.median(values)
