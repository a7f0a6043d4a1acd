"""`soak subscriptions` in several shops at once: a process and a database of its own for each, and one sum of them."""

import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from goodfor.cli.bench.result import Bar, BenchResult

NAME = "subscriptions"


def run(parts: int, count: int, seed: int, options: Mapping[str, str]) -> BenchResult:
    """`count` members spread over the parts; a part that did not end is a bar missed."""
    share = [count // parts + (part < count % parts) for part in range(parts)]
    with ThreadPoolExecutor(max_workers=parts) as pool:
        told = list(pool.map(lambda part: _part(share[part], seed + part, options), range(parts)))
    ended = [one for one in told if one is not None]
    bars = [Bar("parts that did not end", parts - len(ended), "= 0", len(ended) == parts), *_bars(ended)]
    return BenchResult(NAME, {"parts": parts, **_figures(ended)}, bars)


def _part(count: int, seed: int, options: Mapping[str, str]) -> dict[str, Any] | None:
    given = {**options, "count": str(count), "seed": str(seed)}
    pairs = [word for key, value in given.items() for word in ("-o", f"{key}={value}")]
    command = [sys.executable, "-P", "-m", "goodfor", "soak", NAME, "--json", *pairs]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    try:
        told: dict[str, Any] = json.loads(lines[-1])
    except (IndexError, ValueError):
        return None
    return told


def _figures(told: list[dict[str, Any]]) -> dict[str, Any]:
    """Summed; of the seconds the longest, since the parts ran at the same time."""
    names = list(dict.fromkeys(name for one in told for name in one["figures"]))
    values = {name: [one["figures"].get(name, 0) for one in told] for name in names}
    return {name: max(found) if name == "seconds" else sum(found) for name, found in values.items()}


def _bars(told: list[dict[str, Any]]) -> list[Bar]:
    """Each bar is met where every part meets it. Differences are summed by their size, so that none hides another."""
    bars = []
    for same in zip(*(one["bars"] for one in told), strict=True):
        value = sum(abs(bar["value"]) for bar in same)
        bars.append(Bar(same[0]["what"], value, same[0]["bar"], all(bar["ok"] for bar in same)))
    return bars
