"""`goodfor soak`."""

from typing import Annotated

import typer

from goodfor.cli.commands.bench import run
from goodfor.cli.commands.options import JsonOption, PairsOption, pairs
from goodfor.cli.lazy import attribute


def soak(
    name: Annotated[str, typer.Argument(help="名称 / which one")],
    as_json: JsonOption = False,
    option: PairsOption = None,
    channel: Annotated[
        str | None,
        typer.Option("--channel", help="支付渠道，all 为逐个 / which payment channel, or all", show_default=False),
    ] = None,
) -> None:
    """长时间的证据：风暴、断电、模拟数月。/ The long evidence: storms, kill tests, simulated months."""
    chosen = {"channel": channel} if channel else {}
    raise typer.Exit(run(attribute("goodfor.cli.soak:SOAKS"), name, as_json, {**pairs(option), **chosen}))
