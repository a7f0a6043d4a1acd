"""`goodfor worker`."""

import typer

from goodfor.cli.commands.options import DataOption
from goodfor.cli.database import attached
from goodfor.cli.lazy import load, setup_django


def worker(data: DataOption = None) -> None:
    """运行后台任务与定时循环（`up` 会自动启动）。/ Run background jobs and loops."""
    with attached(data):
        setup_django()
        code = load("goodfor.cli.worker").main()
    raise typer.Exit(code)
