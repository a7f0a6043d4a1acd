"""`bench promotions`: random carts of ten lines against 300 live campaigns of all kinds.

First the evaluator alone; then the same kind of campaigns stored and in force, each cart with a plan read for it.
"""

import gc
import statistics
import time
from collections import Counter
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load

MEDIAN_MS = 20.0
ZONE = ZoneInfo("Asia/Shanghai")
WARM = 20
#: A plan is looked at by so many carts before the next is made.
CARTS_A_PLAN = 50


def run(
    *,
    json: bool = False,  # noqa: ARG001  (progress goes to stderr anyway)
    carts: str = "2000",
    stored: str = "500",
    campaigns: str = "300",
    lines: str = "10",
    seed: str = "9",
) -> BenchResult:
    """Options: carts (without a database), stored (carts with one; 0: no database at all), campaigns, lines, seed."""
    many, size, random = int(campaigns), int(lines), Random(int(seed))  # noqa: S311
    figures: dict[str, Any] = {"carts": int(carts), "campaigns": many, "lines": size}
    figures |= _pure(random, int(carts), many, size)
    what = f"a price of {size} lines under {many} campaigns, median"
    bars = [Bar(what, figures["median_ms"], f"< {MEDIAN_MS} ms", figures["median_ms"] < MEDIAN_MS)]
    if int(stored):
        figures |= _stored(random, int(stored), many, size)
        both = figures["with_plan_median_ms"]
        bars.append(Bar(f"{what}, its plan read for it", both, f"< {MEDIAN_MS} ms", both < MEDIAN_MS))
    return BenchResult("promotions", figures, bars)


def _pure(random: Random, carts: int, campaigns: int, lines: int) -> dict[str, Any]:
    """The evaluator alone, with a new plan from time to time."""
    make, evaluate = load("goodfor.cli.bench.promotions_carts"), load("goodfor.promotions.evaluating.evaluate")
    took, outcomes, offers, off = [], Counter[str](), make.gift_offers(), 0
    for number in range(carts):
        if number % CARTS_A_PLAN == 0:
            plan = make.plan(random, campaigns)
            gc.collect()
        cart = make.cart(random, plan, lines)
        began = time.perf_counter()
        found = evaluate.price(cart, plan, zone=ZONE, gifts=offers)
        took.append((time.perf_counter() - began) * 1_000)
        outcomes.update(one.outcome for one in found.trace)
        off += sum(share.minor for share in found.shares)
    return {
        **_quantiles("", took),
        "off_a_cart_minor": off // carts,
        "traced_a_cart": round(sum(outcomes.values()) / carts, 1),
        "outcomes": dict(outcomes.most_common()),
    }


def _stored(random: Random, carts: int, campaigns: int, lines: int) -> dict[str, Any]:
    """Campaigns in force in a database, their limits too; bundles, which have prices of their own, are left out."""
    make, evaluate = load("goodfor.cli.bench.promotions_carts"), load("goodfor.promotions.evaluating.evaluate")
    with running_site(Console(stderr=True), web=False) as site:
        shop, lives = site.made.shop_id, make.put_in_force(random, site.made.shop_id, campaigns)
        plan_of, names_of = load("goodfor.promotions.queries").plan, load("goodfor.promotions.types").BuyerNames
        plans, whole, counted = [], [], []
        for number in range(carts + WARM):
            cart, names = make.cart(random, lives, lines), names_of(f"buyer:{number}", f"device-{number}")
            began = time.perf_counter()
            plan = plan_of(shop, cart, names, cart.now)
            read = time.perf_counter()
            evaluate.price(cart, plan, zone=ZONE, gifts=make.gift_offers())
            plans.append((read - began) * 1_000)
            whole.append((time.perf_counter() - began) * 1_000)
            counted.append(len(plan))
    figures = {**_quantiles("plan_", plans[WARM:]), **_quantiles("with_plan_", whole[WARM:])}
    return {"stored_carts": carts, "revisions_a_plan": statistics.mean(counted), **figures}


def _quantiles(name: str, took: list[float]) -> dict[str, float]:
    found = sorted(took)
    return {
        f"{name}median_ms": round(statistics.median(found), 3),
        f"{name}p99_ms": round(found[int(len(found) * 0.99)], 3),
        f"{name}longest_ms": round(found[-1], 3),
    }
