"""Soaks: the long evidence (storms, kill tests, simulated months). Each is a function in `SOAKS`, like a bench."""

from collections.abc import Callable

from goodfor.cli.bench.result import Bar, BenchResult

SOAKS: dict[str, Callable[..., BenchResult]] = {}

__all__ = ["SOAKS", "Bar", "BenchResult"]
