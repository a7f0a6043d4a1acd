"""Soaks: the long evidence (storms, kill tests, simulated months). Each is a function in `SOAKS`, like a bench."""

from collections.abc import Callable

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.lazy import load
from goodfor.cli.soak import pages


def _soak(name: str) -> Callable[..., BenchResult]:
    """Its module is imported when it runs: it needs Django, which is set up with the stack."""

    def run(**options: object) -> BenchResult:
        console = load("rich.console").Console(stderr=True, highlight=False)
        options.pop("json", None)
        with load("goodfor.cli.stack").running_stack(fast=False, say=console.print) as stack:
            result: BenchResult = load(f"goodfor.cli.soak.{name}").run(stack, console, **options)
        return result

    return run


SOAKS: dict[str, Callable[..., BenchResult]] = {
    **{name: _soak(name) for name in ("race", "notify", "kill", "storm", "lost", "edges", "refunds")},
    "pages": pages.run,
}

__all__ = ["SOAKS", "Bar", "BenchResult"]
