"""`goodfor codes`."""

from pathlib import Path
from typing import Annotated

import typer

from goodfor.cli.commands.options import DataOption, JsonOption
from goodfor.cli.database import attached
from goodfor.cli.lazy import load, setup_django

codes = typer.Typer(help="卡密：导入等 / card codes", no_args_is_help=True)


@codes.callback()
def _group() -> None:
    """卡密：导入等 / card codes."""


@codes.command("import")
def import_codes(
    file: Annotated[Path, typer.Argument(help="TXT、CSV 或 XLSX 文件 / the file", exists=True, dir_okay=False)],
    sku: Annotated[str, typer.Option("--sku", help="SKU 编号或 id / SKU code or id")],
    shop: Annotated[str | None, typer.Option("--shop", help="商店代码（只有一个商店时可省）/ shop code")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入 / check only")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """导入一个文件的卡密：先检查，再整批写入。/ Import a file of codes, checked first, all or nothing."""
    with attached(data):
        setup_django()
        code = load("goodfor.cli.codes").run_import(
            file=file.resolve(), sku=sku, shop=shop, dry_run=dry_run, json=as_json
        )
        load("django.db").connections.close_all()
    raise typer.Exit(code)
