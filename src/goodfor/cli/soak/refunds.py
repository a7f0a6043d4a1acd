"""`soak refunds`: how long a refund takes: from the decision until it is booked, accepted by the channel, arrived."""

import statistics
import time
from typing import Any
from uuid import UUID

from rich.console import Console

from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.cli import world
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.soak import paying, proof
from goodfor.cli.stack import Stack
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.orders.operations.refund_order import refund_order

STAFF, CLAIM = "staff", "claim"
_TIMES = """
SELECT extract(epoch FROM accepted_at - created_at), extract(epoch FROM finished_at - created_at)
FROM payments_refund WHERE shop_id = %s AND state = 'succeeded'
"""
#: The bar of the issue: the decision is booked in less than a second, 99 times of 100.
BOOKED_P99 = 1.0
ACCEPTED_P95 = 3.0


def run(
    stack: Stack, console: Console, *, count: int = 1_000, threads: int = 8, by: str = STAFF
) -> BenchResult:  # fmt: skip
    """`count` delivered orders, refunded one after the other by two at work; `by` claim: by one tap of each buyer
    who has not looked at the code."""
    shop_id = stack.made.shop_id
    world.load_codes(shop_id, stack.made.skus[paying.SKU], world.random_codes(count + 100), utc_now(), cost_minor=9000)
    paying.open_gate(stack, "v2")
    made: list[paying.Paying] = []

    def buy(index: int) -> None:
        one = paying.start(stack, index, "gate2/alipay")
        paying.pay(stack.control, one)
        made.append(one)

    console.print("正在卖出 / selling")
    errors = paying.spread(range(1, count + 1), buy, threads)
    proof.wait_settled(stack, 120)
    booked: list[float] = []

    def give_back(one: paying.Paying) -> None:
        if orders.order_view(shop_id, one.order_id).state != "delivered":
            raise RuntimeError(f"{one.number} is not delivered")
        began = time.perf_counter()
        if by == STAFF:
            refund_order(shop_id=shop_id, order_id=one.order_id, reason="soak", actor="soak", now=utc_now())
        else:
            _tap(shop_id, one.order_id)
        booked.append(time.perf_counter() - began)

    console.print("正在退款 / refunding")
    errors += paying.spread(made, give_back, 2)
    waited = proof.wait_settled(stack, 300)
    figures, bars = proof.end(stack, console)
    rows = proof.rows(_TIMES, shop_id)
    for error in errors[:5]:
        console.print(error, markup=False)
    return BenchResult(
        "refunds",
        {
            "refunds": len(rows), **_three("booked", booked), **_three("accepted", [float(r[0]) for r in rows]),
            **_three("arrived", [float(r[1]) for r in rows]), "settled_after_seconds": waited, "errors": len(errors),
            **figures,
        },
        [
            Bar("refunds arrived", len(rows), f"= {count}", len(rows) == count),
            Bar("decision to booked, p99 (s)", _three("b", booked)["b_p99_s"], f"< {BOOKED_P99:g}",
                _three("b", booked)["b_p99_s"] < BOOKED_P99),
            Bar("accepted by the channel, p95 (s)", round(_accepted(rows), 3), f"< {ACCEPTED_P95:g}",
                _accepted(rows) < ACCEPTED_P95),
            Bar("errors", len(errors), "= 0", not errors),
            *bars,
        ],
    )  # fmt: skip


def _accepted(rows: list[tuple[Any, ...]]) -> float:
    return _three("a", [float(row[0]) for row in rows])["a_p95_s"]


def _three(name: str, seconds: list[float]) -> dict[str, float]:
    """Median, p95 and p99."""
    if len(seconds) < 2:
        return {f"{name}_{part}_s": float("inf") for part in ("p50", "p95", "p99")}
    cuts = statistics.quantiles(seconds, n=100)
    return {f"{name}_p50_s": cuts[49], f"{name}_p95_s": cuts[94], f"{name}_p99_s": cuts[98]}


def _tap(shop_id: UUID, order_id: UUID) -> None:
    """All of it: the claim is written down, looked into, decided, and the refund booked."""
    line = orders.order_view(shop_id, order_id).lines[0]
    made = make_claim(
        shop_id=shop_id, order_id=order_id, line_id=line.line_id, reason="changed_mind", fresh=True, actor="soak",
        now=utc_now(),
    )  # fmt: skip
    if made.case.claim_state != "refunded":
        raise RuntimeError(f"{made.case.number} is {made.case.claim_state}")
