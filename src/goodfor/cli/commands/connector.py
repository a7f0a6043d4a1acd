"""`goodfor connector`."""

from pathlib import Path
from typing import Annotated

import typer

from goodfor.cli.lazy import attribute

connector = typer.Typer(help="供应商连接器 / connectors to suppliers", no_args_is_help=True)


@connector.callback()
def _group() -> None:
    """供应商连接器 / connectors to suppliers."""


@connector.command()
def new(
    name: Annotated[str, typer.Argument(help="协议名，如 acme_v2 / the protocol's name")],
    folder: Annotated[
        Path | None,
        typer.Option("--into", help="放连接器的目录 / where connectors are", file_okay=False, show_default=False),
    ] = None,
) -> None:
    """新建一个连接器：各部分都先拒绝，测试等着签名向量。/ Lay out a new connector with its tests."""
    made = attribute("goodfor.cli.connector:lay_out")(name, folder)
    for path in made:
        typer.echo(str(path))
    typer.echo(attribute("goodfor.cli.connector:NEXT"))
