"""`bench orders`: API orders of one code paid from a balance, full path, against the limit of the database."""

import json
import statistics
import subprocess
import sys
import tempfile
from typing import Any

from rich.console import Console

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import Site, running_site
from goodfor.cli.lazy import load

AIM, FLOOR = 0.6, 0.4
SALES_AIM = 1280


def run_load(site: Site, spec: dict[str, Any]) -> dict[str, Any]:
    """One run of the load in its own process."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"port": site.port, "path": "/api/v1/orders", "key": site.made.api_key, **spec}, file)
        file.flush()
        args = [sys.executable, "-m", "goodfor.cli.bench.load", file.name]
        done = subprocess.run(args, capture_output=True, text=True, check=True, timeout=spec["seconds"] + 120)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def order_body(sku_id: Any, quantity: int = 1) -> str:
    """An order of one SKU, paid from the balance."""
    return json.dumps({"lines": [{"sku_id": str(sku_id), "quantity": quantity}], "payment": "balance"})


def stock_up(site: Site, sku: str, count: int) -> None:
    """Put `count` fresh codes on sale, at a cost of 8.00 each."""
    world, clock = load("goodfor.cli.world"), load("goodfor.kernel.clock")
    world.load_codes(site.made.shop_id, site.made.skus[sku], world.random_codes(count), clock.utc_now(), cost_minor=800)


def limit_script(site: Site, sku: str) -> str:
    """Capture two orders through the WSGI application in this process, and turn them into a pgbench script."""
    client = load("django.test").Client()
    limit = load("goodfor.cli.bench.limit")
    load("django.conf").settings.ALLOWED_HOSTS.append("testserver")

    def buy(key: str) -> None:
        answer = client.post(
            "/api/v1/orders",
            order_body(site.made.skus[sku]),
            content_type="application/json",
            headers={"Authorization": f"Bearer {site.made.api_key}", "Idempotency-Key": key},
        )
        if answer.status_code != 201:
            raise RuntimeError(f"the captured order was refused: {answer.content[:300]!r}")

    for warm in range(3):
        buy(f"warm-{warm}")
    first = limit.capture(lambda: buy("capture-one"))
    second = limit.capture(lambda: buy("capture-two"))
    text: str = limit.script(first, second)
    return text


def run(
    *,
    json: bool = False,  # noqa: ARG001  (progress goes to stderr anyway)
    seconds: str = "8",
    rounds: str = "5",
    clients: str = "16",
) -> BenchResult:
    """Alternate load and pgbench; medians of the rounds. Options: seconds, rounds, clients."""
    console = Console(stderr=True, quiet=False)
    span, count, many = float(seconds), int(rounds), int(clients)
    sku = "kw-50"
    with running_site(console) as site:
        console.print("入库 / stocking up")
        stock_up(site, sku, int(span * 2 * count * 2500) + 20_000)
        limit = load("goodfor.cli.bench.limit")
        text = limit_script(site, sku)
        rates: list[float] = []
        limits: list[float] = []
        p50: list[float] = []
        p99: list[float] = []
        spec = {"body": order_body(site.made.skus[sku]), "clients": many}
        run_load(site, {**spec, "seconds": 3, "prefix": "warm-up-"})
        for number in range(count):
            done = run_load(site, {**spec, "seconds": span, "prefix": f"r{number}-"})
            sold = done["statuses"].get("201", 0)
            if sold != sum(done["statuses"].values()):
                raise RuntimeError(f"not all orders were sold: {done['statuses']} {done['problems']}")
            rates.append(sold / done["seconds"])
            p50.append(done["p50_ms"])
            p99.append(done["p99_ms"])
            limits.append(limit.run(text, seconds=span, clients=many, start=(number + 1) * 10_000_000))
            console.print(f"{number + 1}: {rates[-1]:.0f} orders/s, p99 {p99[-1]:.1f} ms; limit {limits[-1]:.0f}/s")
        return _result(rates, limits, p50, p99, text)


def _result(rates: list[float], limits: list[float], p50: list[float], p99: list[float], text: str) -> BenchResult:
    ratio = statistics.median(a / b for a, b in zip(rates, limits, strict=True))
    statements = [line for line in text.splitlines() if line and not line.startswith("\\")]
    decay = rates[-1] / rates[0]
    return BenchResult(
        "orders",
        {
            "orders_per_s": statistics.median(rates),
            "orders_per_s_min": min(rates),
            "orders_per_s_max": max(rates),
            "p50_ms": statistics.median(p50),
            "p99_ms": statistics.median(p99),
            "limit_per_s": statistics.median(limits),
            "ratio": ratio,
            "statements": len(statements),
            "last_to_first": decay,
        },
        [
            Bar("ratio to pgbench on the same statements", round(ratio, 3), f">= {FLOOR} (aim {AIM})", ratio >= FLOOR),
        ],
    )
