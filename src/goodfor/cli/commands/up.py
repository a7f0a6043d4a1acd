"""`goodfor up`."""

from typing import Annotated

import typer

from goodfor.cli.commands.options import DataOption
from goodfor.cli.lazy import load
from goodfor.cli.paths import data_dir


def up(
    port: Annotated[int, typer.Option(min=1, max=65531, help="网页端口 / port of the web")] = 8000,
    data: DataOption = None,
    empty: Annotated[bool, typer.Option("--empty", help="不建演示商店 / without the demo shop")] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="网页进程数 / web processes")] = 2,
) -> None:
    """一条命令启动全部服务，Ctrl-C 停止。/ Start everything; Ctrl-C stops it."""
    supervisor = load("goodfor.cli.supervisor")
    console = load("rich.console").Console()
    options = supervisor.Options(data=data_dir(data), port=port, workers=workers, empty=empty)
    raise typer.Exit(supervisor.up(options, console))
