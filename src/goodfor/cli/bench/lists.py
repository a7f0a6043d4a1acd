"""`bench lists`: the console's lists over a million orders: filter, sort, open, page 1 and page 1,000, server time."""

import statistics
import time
from typing import Any

from rich.console import Console

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import Site, running_site
from goodfor.cli.lazy import load

BAR_MS = 300
DAYS = 90
#: What a page costs is asked this often; the first time, which fills caches, is shown apart.
ROUNDS = 7


def run(*, json: bool = False, orders: str = "1000000", rounds: str = str(ROUNDS)) -> BenchResult:  # noqa: ARG001
    """Pages through the whole of Django in this process, as an owner sees them. Options: orders, rounds."""
    console = Console(stderr=True)
    with running_site(console, web=False) as site:
        console.print(f"写入 {int(orders):,} 个订单 / writing the past")
        _fill(site, int(orders))
        client = _owner(site)
        pages = {name: _measure(client, path, int(rounds)) for name, path in _paths(site, int(orders)).items()}
    for name, (median, worst, first) in pages.items():
        console.print(f"{name}: median {median:.0f} ms, worst {worst:.0f} ms, first {first:.0f} ms")
    figures: dict[str, Any] = {"orders": int(orders)}
    for name, (median, worst, first) in pages.items():
        key = name.replace(" ", "_").replace(",", "")
        figures |= {
            f"{key}_ms": round(median, 1),
            f"{key}_worst_ms": round(worst, 1),
            f"{key}_first_ms": round(first, 1),
        }
    bars = [Bar(name, round(found[0], 1), f"< {BAR_MS} ms", found[0] < BAR_MS) for name, found in pages.items()]
    return BenchResult("lists", figures, bars)


def _fill(site: Site, count: int) -> None:
    now = load("goodfor.kernel.clock").utc_now()
    account = load("goodfor.payments.queries").accounts(site.made.shop_id, now)[0]
    load("goodfor.cli.past").past_orders(
        shop_id=site.made.shop_id,
        client_id=site.made.client_id,
        account_id=account.id,
        skus=list(site.made.skus.values()),
        count=count,
        days=DAYS,
        until=now,
    )
    with load("django.db").connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")


def _owner(site: Site) -> Any:
    """A browser in which an owner came in by a one-time link."""
    load("django.conf").settings.ALLOWED_HOSTS.append("testserver")
    now, shop_id = load("goodfor.kernel.clock").utc_now(), site.made.shop_id
    identity = load("goodfor.identity.operations")
    user_id = identity.create_user(username="bench")
    staff = identity.add_staff(shop_id=shop_id, user_id=user_id, role="owner", actor="bench", now=now)
    link = identity.issue_signin_link(shop_id=shop_id, staff_id=staff.id, actor="bench", now=now)
    client = load("django.test").Client()
    if client.post("/console/signin", {"token": link.token}).status_code != 302:
        raise RuntimeError("the console did not open")
    return client


def _paths(site: Site, count: int) -> dict[str, str]:
    sku, week = site.made.skus["kw-100"], time.strftime("%Y-%m-%d", time.gmtime(time.time() - 7 * 86_400))
    middle = count // 2
    return {
        "page 1": "/console/orders/",
        "page 1,000": "/console/orders/?page=1000",
        "page 1,000 of 200 rows": "/console/orders/?page=1000&size=200",
        "sort": "/console/orders/?sort=placed&page=1000",
        "filter state": "/console/orders/?tab=delivered&page=1000",
        "filter rare state": "/console/orders/?tab=paid",
        "filter time": f"/console/orders/?placed_from={week}&page=100",
        "filter channel": "/console/orders/?channel=api&page=1000",
        "filter amount": "/console/orders/?total_from=10&total_until=10.01",
        "filter product": f"/console/orders/?sku=sku:{sku}&page=1000",
        "filter product in a state": f"/console/orders/?sku=sku:{sku}&tab=refunding",
        "filter number": f"/console/orders/?number=P{middle}",
        "filter external number": f"/console/orders/?external=past-{middle}",
        "filter contact": "/console/orders/?contact=nobody@shop.example",
        "open": f"/console/orders/P{middle}/",
        "payments page 1,000": "/console/payments/?page=1000",
        "payments closed": "/console/payments/?tab=closed&page=1000",
        "overview": "/console/",
    }


def _measure(client: Any, path: str, rounds: int) -> tuple[float, float, float]:
    """Median, worst and first of several, in ms."""
    times: list[float] = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
    return statistics.median(times[1:]), max(times[1:]), times[0]
