"""`soak books`: a month of a busy shop written as plain text, and added up again by others than the ledger (R5).

By a reader of our own that knows nothing but the language, and by beancount's `bean-check`, where it is installed: it
is a tool beside, in a process of its own, never a dependency (GPL-2).
"""

import os
import shutil
import subprocess
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load
from goodfor.cli.soak.year import SEED, first_day


def run(
    *,
    json: bool = False,  # noqa: ARG001
    orders: str = "6000",
    days: str = "64",
    seed: str = str(SEED),
    bean: str = "bean-check",
) -> BenchResult:
    """Options: orders, days (62 and more hold a whole month), seed, bean (beancount's program)."""
    console = Console(stderr=True, highlight=False)
    os.environ["GOODFOR_LOOPBACK_CHANNELS"] = "1"
    with running_site(console, web=False) as site:
        worlds, courses = load("goodfor.cli.year.world"), load("goodfor.cli.year.course")
        start = first_day(load("goodfor.kernel.clock").utc_now())
        follower = load("goodfor.cli.year.follower").Follower()
        with worlds.make_world(site.made, start) as world, follower:
            courses.Year(world, follower, orders=int(orders), days=int(days), seed=int(seed)).run(lambda _day: None)
            path = Path(str(load("django.conf").settings.DATA_DIR)) / "books.beancount"
            return check(site.made.shop_id, whole_month(start.date()), path, bean)


def whole_month(start: date) -> tuple[date, date]:
    """First and last day of the first month that begins after `start`."""
    first = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def check(shop_id: Any, month: tuple[date, date], path: Path, bean: str) -> BenchResult:
    """Export the month to `path` and have it added up."""
    began = time.monotonic()
    with path.open("wb") as file:
        count = load("goodfor.ledger.exports").write_export(
            shop_id=shop_id, form="beancount", first_day=month[0], last_day=month[1], file=file
        )
    written = time.monotonic() - began
    with path.open(encoding="utf-8") as text:
        plain = load("goodfor.cli.year.plain").read(text)
    unlike = _unlike(shop_id, month[1], plain)
    figures: dict[str, Any] = {
        "month": f"{month[0]:%Y-%m}", "transactions": count, "postings": plain.postings, "accounts": len(plain.codes),
        "bytes": path.stat().st_size, "written_in_s": round(written, 1),
    }  # fmt: skip
    bars = [
        Bar("wrong by our own reader", "; ".join(plain.wrong[:3]) or 0, "0", not plain.wrong),
        Bar("accounts unlike those of the trial balance", "; ".join(unlike[:3]) or 0, "0", not unlike),
        Bar("balances asserted, and accounts", f"{plain.asserted} and {len(plain.codes)}", "as many",
            plain.asserted >= len(plain.codes) > 0),
    ]  # fmt: skip
    program = shutil.which(bean)
    figures["beancount"] = "not installed"
    if program:
        began = time.monotonic()
        done = subprocess.run([program, str(path)], capture_output=True, text=True, timeout=1800, check=False)
        figures["beancount"] = f"{time.monotonic() - began:.1f} s"
        said = (done.stdout + done.stderr).strip().splitlines()
        bars.append(Bar("errors by beancount", "; ".join(said[:3]) or 0, "0", done.returncode == 0 and not said))
    return BenchResult("books", figures, bars)


def _unlike(shop_id: Any, last: date, plain: Any) -> list[str]:
    rows = load("goodfor.ledger.queries").trial_balance(shop_id, as_of=last)
    ours = {(row.code, row.currency): Decimal(row.debit_minor - row.credit_minor) / 100 for row in rows}
    theirs = {(plain.codes.get(name, name), currency): amount for (name, currency), amount in plain.sums.items()}
    return [
        f"{code} {currency}: {ours.get((code, currency), 0)} and {theirs.get((code, currency), 0)}"
        for code, currency in sorted(ours.keys() | theirs.keys())
        if ours.get((code, currency), 0) != theirs.get((code, currency), 0)
    ]
