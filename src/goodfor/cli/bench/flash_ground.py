"""Where `bench flashsale` is held: the shop's goods and sale, the people, and what the database says in the end."""

import json
import subprocess
import sys
import tempfile
import time
from typing import Any, Final
from uuid import UUID

from rich.console import Console

from goodfor.cli import world
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.demo.shopper import Shopper, read
from goodfor.cli.errors import CliError
from goodfor.cli.soak import proof, sale
from goodfor.cli.stack import Stack
from goodfor.kernel.clock import utc_now

SLUG, SKU = "kuwan-coin", "kw-100"
LISTED, PRICE = 9650, 6650
#: What the others buy.
ELSEWHERE: Final = (("xinghe-video", "xh-month"), ("shunyu-ride", "sy-20"))
#: Seconds: from the page to the order, from the order to the cashier.
THINKS, PAYS = (0.5, 2.0), (3.0, 20.0)
MOST_REFUSED_MS, MOST_TIMES = 300, 2.0
_RULES = "SELECT count(*) FROM risk_rule WHERE shop_id = %s"


def run(
    stack: Stack, console: Console, *, buyers: int, pieces: int, window: float, steep: float, before: float,
    others: float, rules: bool,
) -> BenchResult:  # fmt: skip
    """Hold it and count. Arrivals are open: nobody waits for another's answer before he comes."""
    shop_id, skus = stack.made.shop_id, stack.made.skus
    if rules:
        _wait_for_rules(stack)
    now, actor = utc_now(), sale.owner(stack.made.shop_id, utc_now())
    world.load_codes(shop_id, skus[SKU], world.random_codes(2 * pieces), now, cost_minor=3000)
    for _, code in ELSEWHERE:
        many = int((before + window) * others) + 200
        world.load_codes(shop_id, skus[code], world.random_codes(many), now, cost_minor=800)
    campaign = sale.open_flash(shop_id, skus[SKU], price=PRICE, units=pieces, actor=actor, now=now)
    spec = {
        "port": stack.options.port, "slug": SLUG, "sku": str(skus[SKU]), "deal": _deal(stack, campaign),
        "price": PRICE, "buyers": buyers, "window": window, "steep": steep, "before": before, "others": others,
        "elsewhere": [(slug, str(skus[code])) for slug, code in ELSEWHERE], "thinks": THINKS, "pays": PAYS, "seed": 9,
    }  # fmt: skip
    _warm(stack)
    console.print(f"{before + window:.0f} 秒 / s: {buyers} 人抢 {pieces} 件 / buyers for pieces")
    told = _held(spec)
    waited = proof.wait_settled(stack, 180)
    figures, bars = proof.end(stack, console)
    for text, times in list(told["odd"].items())[:5]:
        console.print(f"{times} x {text}", markup=False)
    return BenchResult(
        "flashsale",
        {**told, "buyers": buyers, "buyers_per_s": buyers / window, "steep": steep, "others_per_s": others,
         "starter_rules": rules, "settled_after_seconds": waited, **figures},
        [*_bars(told, sale.count(shop_id, campaign), buyers, pieces), *bars],
    )  # fmt: skip


def _bars(told: dict[str, Any], sold: sale.Count, buyers: int, pieces: int) -> list[Bar]:
    took, ends = told["took"], told["ends"]
    refused = took["refused"]["p99_ms"]
    alone, beside = (took[f"others {phase}"]["p99_ms"] for phase in ("before", "meanwhile"))
    exact = sold.exact(pieces, off=LISTED - PRICE) and sold.pieces == sold.orders == pieces
    turned = ends.get("refused at page", 0) + ends.get("refused at order", 0)
    stopped = sum(times for end, times in ends.items() if end.startswith("stopped"))
    times = round(beside / alone, 2) if alone else 0.0
    return [
        Bar("pieces sold at the flash price, by orders, limits and money", sold.pieces, f"= {pieces}", exact),
        Bar("buyers refused", turned, f"= {buyers - pieces}", turned == buyers - pieces),
        Bar("p99 of the refused, ms", refused, f"< {MOST_REFUSED_MS}", refused < MOST_REFUSED_MS),
        Bar("p99 of other goods' pages and orders, times that before", times, f"<= {MOST_TIMES}", times <= MOST_TIMES),
        Bar("honest buyers stopped by risk control", stopped, "= 0", stopped == 0),
        Bar("other answers", sum(told["odd"].values()), "= 0", not told["odd"]),
    ]


def _held(spec: dict[str, Any]) -> dict[str, Any]:
    """The people, in a process of their own: what they met."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(spec, file)
        file.flush()
        command = [sys.executable, "-P", "-m", "goodfor.cli.bench.flash_client", file.name]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _deal(stack: Stack, campaign: UUID) -> str:
    """As the product page names it, which everybody has open when it begins."""
    shopper = Shopper(stack.url, "10.1.0.1")
    try:
        page = read(shopper.get(f"/p/{SLUG}?sku={stack.made.skus[SKU]}").text)
    finally:
        shopper.close()
    found = dict(next(form for form in page.forms if form.action == "/checkout").fields).get("deal", "")
    if found != str(campaign):
        raise CliError("商品页没有秒杀价", "the product page shows no flash price")
    return found


def _warm(stack: Stack) -> None:
    """Every web process has read its templates and plans."""
    for number in range(60):
        shopper = Shopper(stack.url, f"10.2.0.{number + 1}")
        try:
            for slug, code in ELSEWHERE:
                shopper.get(f"/p/{slug}?sku={stack.made.skus[code]}")
                if number < 20:
                    shopper.checkout(slug, stack.made.skus[code])
                else:
                    shopper.get(f"/checkout?p={slug}&sku={stack.made.skus[code]}&qty=1")
        finally:
            shopper.close()


def _wait_for_rules(stack: Stack) -> None:
    until = time.monotonic() + 60
    while not proof.rows(_RULES, stack.made.shop_id)[0][0]:
        if time.monotonic() > until:
            raise CliError("风控规则 60 秒内没有装好", "no rules of risk control within 60 s")
        time.sleep(0.5)
