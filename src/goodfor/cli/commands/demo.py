"""`goodfor demo`."""

import typer

from goodfor.cli.commands.options import JsonOption
from goodfor.cli.lazy import attribute


def demo(as_json: JsonOption = False) -> None:
    """在临时数据库上演示完整的销售，并验证结果。/ Walk whole sales on a throw-away database."""
    raise typer.Exit(attribute("goodfor.cli.demo:run")(json=as_json))
