"""`soak members`: a million members; the nightly runs over tiers, ends and presents, each killed once on its way.

Each run is begun in a process of its own that is killed while it is at it; then it is done to its end. Another one of
the same day must change nothing. In the end everybody stands where the plain rules say, has had each present once, and
the books owe what the lots are worth.
"""

from typing import Any

from rich.console import Console

from goodfor.cli.bench.result import BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load

MOST_SECONDS = 300


def run(*, json: bool = False, members: str = "1000000") -> BenchResult:  # noqa: ARG001
    """Option: members."""
    console = Console(stderr=True, highlight=False)
    with running_site(console, web=False) as site:
        ground: Any = load("goodfor.cli.soak.members_ground")
        result: BenchResult = ground.run(site.made.shop_id, console, int(members), MOST_SECONDS)
    return result
