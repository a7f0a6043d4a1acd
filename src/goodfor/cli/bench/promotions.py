"""`bench promotions`: random carts of ten lines against 300 live campaigns of all kinds, in this process alone."""

import gc
import statistics
import time
from collections import Counter
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.lazy import load

MEDIAN_MS = 20.0
#: A plan is looked at by so many carts before the next is made.
CARTS_A_PLAN = 50


def run(
    *,
    json: bool = False,  # noqa: ARG001  (it prints nothing)
    carts: str = "2000",
    campaigns: str = "300",
    lines: str = "10",
    seed: str = "9",
) -> BenchResult:
    """Options: carts, campaigns, lines, seed."""
    make, evaluate = load("goodfor.cli.bench.promotions_carts"), load("goodfor.promotions.evaluating.evaluate")
    random, zone, offers = Random(int(seed)), ZoneInfo("Asia/Shanghai"), make.gift_offers()  # noqa: S311
    took, outcomes, off = [], Counter[str](), 0
    for number in range(int(carts)):
        if number % CARTS_A_PLAN == 0:
            plan = make.plan(random, int(campaigns))
            gc.collect()
        cart = make.cart(random, plan, int(lines))
        began = time.perf_counter()
        found = evaluate.price(cart, plan, zone=zone, gifts=offers)
        took.append((time.perf_counter() - began) * 1_000)
        outcomes.update(one.outcome for one in found.trace)
        off += sum(share.minor for share in found.shares)
    took.sort()
    median = statistics.median(took)
    figures: dict[str, Any] = {
        "carts": int(carts),
        "campaigns": int(campaigns),
        "lines": int(lines),
        "median_ms": round(median, 3),
        "p99_ms": round(took[int(len(took) * 0.99)], 3),
        "longest_ms": round(took[-1], 3),
        "off_a_cart_minor": off // int(carts),
        "traced_a_cart": round(sum(outcomes.values()) / int(carts), 1),
        "outcomes": dict(outcomes.most_common()),
    }
    what = f"a price of {lines} lines under {campaigns} campaigns, median"
    return BenchResult("promotions", figures, [Bar(what, round(median, 3), f"< {MEDIAN_MS} ms", median < MEDIAN_MS)])
