"""`goodfor codes`."""

from datetime import datetime
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
    file: Annotated[
        Path, typer.Argument(help="TXT、CSV 或 XLSX 文件 / the file", exists=True, dir_okay=False, readable=True)
    ],
    sku: Annotated[str, typer.Option("--sku", help="SKU 编号或 id / SKU code or id")],
    shop: Annotated[str | None, typer.Option("--shop", help="商店代码（只有一个商店时可省）/ shop code")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入 / check only")] = False,
    cost: Annotated[str | None, typer.Option("--cost", metavar="9.90", help="每个的成本 / cost of each code")] = None,
    expires: Annotated[
        datetime | None,
        typer.Option("--expires", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="最后有效日 / last day when good"),
    ] = None,
    use_first: Annotated[bool, typer.Option("--use-first", help="优先售出 / sell these first")] = False,
    note: Annotated[str, typer.Option("--note", help="备注 / note")] = "",
    separator: Annotated[str | None, typer.Option("--separator", help="列的分隔，\\t 为制表符 / \\t is a tab")] = None,
    columns: Annotated[
        str | None, typer.Option("--columns", metavar="ROLES", help="各列 / of number,secret,expiry,cost,-")
    ] = None,
    skip_lines: Annotated[int | None, typer.Option("--skip-lines", min=0, help="表头行数 / header lines")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="有一行不合格就不导入 / refuse it for one bad line")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """导入一个文件的卡密：先检查，再整批写入。/ Import a file of codes, checked first, all or nothing."""
    with attached(data):
        setup_django()
        body = load("goodfor.cli.codes")
        wish = body.Wish(cost, expires, use_first, note, separator, columns, skip_lines, strict)
        code = body.run_import(file=file.resolve(), sku=sku, shop=shop, dry_run=dry_run, json=as_json, wish=wish)
        load("django.db").connections.close_all()
    raise typer.Exit(code)
