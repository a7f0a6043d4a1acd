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
) -> None:
    """长时间的证据：风暴、断电、模拟数月。/ The long evidence: storms, kill tests, simulated months."""
    raise typer.Exit(run(attribute("goodfor.cli.soak:SOAKS"), name, as_json, pairs(option)))
