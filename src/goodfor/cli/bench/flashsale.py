"""`bench flashsale`: 10,000 buyers for 500 pieces at a flash price, through pages; others buy other goods meanwhile."""

from rich.console import Console

from goodfor.cli.bench.result import BenchResult
from goodfor.cli.lazy import load


def run(
    *,
    json: bool = False,  # noqa: ARG001  (progress goes to stderr anyway)
    buyers: str = "10000",
    pieces: str = "500",
    window: str = "400",
    steep: str = "1",
    before: str = "120",
    others: str = "2",
    rules: str = "1",
) -> BenchResult:
    """Options: buyers and pieces; window: seconds in which they come, one by one; steep: how many times the mean their
    rate is at first (1 to 2); before: seconds of the others alone; others: who begin a second; rules: 0 without risk
    control's starter rules."""
    console = Console(stderr=True, highlight=False)
    with load("goodfor.cli.stack").running_stack(fast=False, rules=rules != "0", say=console.print) as stack:
        result: BenchResult = load("goodfor.cli.bench.flash_ground").run(
            stack, console, buyers=int(buyers), pieces=int(pieces), window=float(window), steep=float(steep),
            before=float(before), others=float(others), rules=rules != "0",
        )  # fmt: skip
    return result
