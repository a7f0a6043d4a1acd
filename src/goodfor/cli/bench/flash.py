"""`bench flash`: 5,000 buyers, 500 codes, place and pay at once: exactly 500 are sold."""

from rich.console import Console

from goodfor.cli.bench.orders import order_body, run_load, stock_up
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load

SKU = "kw-50"


def run(
    *,
    json: bool = False,  # noqa: ARG001  (progress goes to stderr anyway)
    buyers: str = "5000",
    codes: str = "500",
    clients: str = "64",
) -> BenchResult:
    """All buyers come at once over `clients` connections. Options: buyers, codes, clients."""
    console = Console(stderr=True)
    many, stock = int(buyers), int(codes)
    with running_site(console) as site:
        stock_up(site, "xh-month", 500)
        warm = {"body": order_body(site.made.skus["xh-month"]), "clients": 16, "seconds": 30}
        run_load(site, {**warm, "requests": 400, "prefix": "warm-"})
        stock_up(site, SKU, stock)
        spec = {"body": order_body(site.made.skus[SKU]), "clients": int(clients), "seconds": 120, "requests": many}
        done = run_load(site, {**spec, "prefix": "flash-"})
        sold = done["statuses"].get("201", 0)
        held = load("goodfor.vault.queries").stock(site.made.shop_id, [site.made.skus[SKU]])[site.made.skus[SKU]]
        now = load("goodfor.kernel.clock").utc_now()
        broken = [r.invariant.name for r in load("goodfor.kernel.invariants").run_all(now) if not r.ok]
    answered = sum(done["statuses"].values())
    return BenchResult(
        "flash",
        {
            "buyers": answered,
            "sold": sold,
            "refused": done["statuses"].get("409", 0),
            "requests_per_s": answered / done["seconds"],
            "p50_ms": done["p50_ms"],
            "p99_ms": done["p99_ms"],
            "seconds": done["seconds"],
        },
        [
            Bar("sold", sold, f"= {stock}", sold == stock == held.sold),
            Bar("all answered: sold or out of stock", answered, f"= {many}", _all_answered(done, many, stock)),
            Bar("audit", ", ".join(broken) or "clean", "clean", not broken),
        ],
    )


def _all_answered(done: dict[str, dict[str, int]], many: int, stock: int) -> bool:
    return done["statuses"] == {"201": stock, "409": many - stock} and not done["errors"]
