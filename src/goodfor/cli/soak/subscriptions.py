"""`soak subscriptions`: a year of subscriptions in told time, by a channel with books of its own.

Members sign, pick, pause, change plans and cancel; charges are refused now and then; the staff give money back; the
worker's loops run in processes that are killed on their way. A part is charged through the stand-in of Alipay, over
HTTP. In the end the channels' own books say how often everybody was charged, and income is cash less refunds less what
is still owed in time, to the fen.
"""

import os
from typing import Any

from rich.console import Console

from goodfor.cli.bench.result import BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load
from goodfor.cli.soak import subscriptions_parts


def run(
    *,
    json: bool = False,  # noqa: ARG001
    count: str = "200",
    days: str = "365",
    http: str = "10",
    picks: str = "60",
    kills: str = "5",
    monthly: str = "60",
    seed: str = "1",
    parts: str = "1",
) -> BenchResult:
    """Options: count, days, http (of them through the stand-in), picks (percent that are made), kills (percent of
    rounds whose process may die), monthly (percent who pay by the month, the others by quarter or year), seed, parts
    (shops that live at the same time, in a process and a database each; http is for each of them).
    """
    if int(parts) > 1:
        options = {"days": days, "http": http, "picks": picks, "kills": kills, "monthly": monthly}
        return subscriptions_parts.run(int(parts), int(count), int(seed), options)
    console = Console(stderr=True, highlight=False)
    os.environ["GOODFOR_SANDBOX_PROVIDER"] = "1"
    os.environ["GOODFOR_LOOPBACK_CHANNELS"] = "1"
    with running_site(console, web=False) as site:
        ground: Any = load("goodfor.cli.soak.subscriptions_ground")
        size = ground.Size(int(count), int(days), int(http), int(picks), int(kills), int(monthly), int(seed))
        result: BenchResult = ground.run(site.made, console, size)
    return result
