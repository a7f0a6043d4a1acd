"""What every soak ends with: the audit, the stand-in's books, and orders that are neither delivered nor refunded."""

import time
from typing import Any

from rich.console import Console

from goodfor.cli.bench.result import Bar
from goodfor.cli.demo import books
from goodfor.cli.soak.gates import Gate, gate_of
from goodfor.cli.soak.sql import rows as rows
from goodfor.cli.stack import Stack
from goodfor.kernel import invariants
from goodfor.kernel.clock import utc_now

#: The name of the bar.
OWED = "paid without code or refund"
_STATES = "SELECT state, count(*) FROM orders_order WHERE shop_id = %s GROUP BY state"
_SOLD = """
SELECT count(*) FROM vault_code c
JOIN orders_line l ON l.shop_id = c.shop_id AND l.id = c.holder_id
JOIN orders_order o ON o.shop_id = l.shop_id AND o.id = l.order_id
WHERE c.shop_id = %s AND c.sku_id = %s AND c.state = 2 AND o.state = 'delivered'
"""
#: Money that a channel took and that has led to nothing: what "paid without code or refund" means.
_OWED = """
SELECT count(*) FROM payments_payment p JOIN orders_order o ON o.shop_id = p.shop_id AND o.id = p.source_id
WHERE p.shop_id = %s AND p.captured_minor > 0 AND p.captured_minor <> coalesce(
    (SELECT sum(r.amount_minor) FROM payments_refund r
     WHERE r.shop_id = p.shop_id AND r.payment_id = p.id AND r.state = 'succeeded'), 0)
  AND NOT (o.state = 'delivered' AND o.payment_id = p.id)
"""


def states(stack: Stack) -> dict[str, int]:
    """How many orders are in each state."""
    return {str(state): int(count) for state, count in rows(_STATES, stack.made.shop_id)}


def sold(stack: Stack, sku: str) -> int:
    """Codes of a SKU that belong to a delivered order."""
    return int(rows(_SOLD, stack.made.shop_id, stack.made.skus[sku])[0][0])


def owed(stack: Stack) -> int:
    """Payments taken that ended neither in a delivered order nor in a refund that arrived."""
    return int(rows(_OWED, stack.made.shop_id)[0][0])


def differences(stack: Stack, gate: Gate | None = None) -> list[str]:
    """Where our payments and the stand-in's books differ, by each provider of the gate (none given: EPay)."""
    found = []
    for provider, theirs in (gate or gate_of(stack, "epay")).books().items():
        unlike = books.compare(stack.made.shop_id, provider, theirs.trades)
        found += [f"{provider} {line}" for line in (*unlike, *theirs.problems)]
    return found


def settled(stack: Stack, gate: Gate | None = None) -> bool:
    """No money on its way: no paid or refunding order, no open refund, payments equal to the stand-in's books.

    In the order of the money: what the stand-in had when it was asked is ours by then, and what has not been dealt with
    yet shows afterwards. The other way round, money that comes between two looks is seen by neither.
    """
    if differences(stack, gate) or owed(stack) or books.open_refunds(stack.made.shop_id):
        return False
    now = states(stack)
    return not now.get("paid") and not now.get("refunding")


def wait_settled(stack: Stack, seconds: float, gate: Gate | None = None) -> float:
    """Wait for it, at most `seconds`; how long it took."""
    began = time.monotonic()
    while not settled(stack, gate) and time.monotonic() - began < seconds:
        time.sleep(0.25)
    return time.monotonic() - began


def end(stack: Stack, console: Console, gate: Gate | None = None) -> tuple[dict[str, Any], list[Bar]]:
    """Figures and bars that every soak shares."""
    console.print("正在审计 / audit")
    results = invariants.run_all(utc_now())
    failed = [r for r in results if not r.ok]
    different = differences(stack, gate)
    for result in failed:
        console.print(f"{result.invariant.name}: {result.count} {result.violations[:3]}", markup=False)
    for line in different[:5]:
        console.print(line, markup=False)
    unpaid = owed(stack)
    bars = [
        Bar(OWED, unpaid, "= 0", unpaid == 0),
        Bar("invariants violated", len(failed), "= 0", not failed),
        Bar("payments that differ from the stand-in's books", len(different), "= 0", not different),
    ]
    return {"orders_by_state": states(stack), "invariants": len(results)}, bars
