"""Benches: short measurements with bars. Each is a function in `BENCHES`, found by its name.

A function takes `json: bool` (print nothing but progress on stderr when true) and options, and returns a BenchResult.
"""

from collections.abc import Callable

from goodfor.cli.bench import (
    backtest,
    bills,
    cards,
    flash,
    flashsale,
    growth,
    importing,
    insights,
    ledger,
    lists,
    orders,
    promotions,
    recon,
    risk,
    search,
    supply,
)
from goodfor.cli.bench.result import Bar, BenchResult

BENCHES: dict[str, Callable[..., BenchResult]] = {
    "orders": orders.run,
    "import": importing.run,
    "flash": flash.run,
    "flashsale": flashsale.run,
    "growth": growth.run,
    "lists": lists.run,
    "search": search.run,
    "bills": bills.run,
    "cards": cards.run,
    "recon": recon.run,
    "supply": supply.run,
    "backtest": backtest.run,
    "risk": risk.run,
    "ledger": ledger.run,
    "insights": insights.run,
    "promotions": promotions.run,
}

__all__ = ["BENCHES", "Bar", "BenchResult"]
