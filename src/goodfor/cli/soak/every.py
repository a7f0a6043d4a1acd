"""A soak over every channel, one after the other: each in a process of its own, with a shop and books of its own."""

import json
import subprocess
import sys
from collections.abc import Mapping

from rich.console import Console

from goodfor.cli.bench.result import Bar, BenchResult

ALL = "all"
#: As `gates.NAMES`, which needs Django.
NAMES = ("epay", "wechat", "alipay", "stripe", "paypal")


def run(name: str, console: Console, options: Mapping[str, object]) -> BenchResult:
    """Figures by channel, and all bars; a channel whose soak did not end is a bar missed."""
    figures: dict[str, object] = {}
    bars: list[Bar] = []
    for channel in NAMES:
        console.print(f"== {channel}")
        given = [f"{key}={value}" for key, value in {**options, "channel": channel}.items()]
        pairs = [part for one in given for part in ("-o", one)]
        command = [sys.executable, "-P", "-m", "goodfor", "soak", name, "--json", *pairs]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        lines = done.stdout.strip().splitlines()
        try:
            told = json.loads(lines[-1])
        except (IndexError, ValueError):
            bars.append(Bar(f"{channel}: ended", done.returncode, "= 0", ok=False))
            continue
        figures[channel] = told["figures"]
        bars += [Bar(f"{channel}: {bar['what']}", bar["value"], bar["bar"], bar["ok"]) for bar in told["bars"]]
    return BenchResult(name, figures, bars)
