"""`goodfor ledger`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from goodfor.cli.commands.options import DataOption, JsonOption
from goodfor.cli.database import attached
from goodfor.cli.lazy import load, setup_django

ledger = typer.Typer(help="账簿：导出等 / the books", no_args_is_help=True)
_DAY = ["%Y-%m-%d"]
_FORMS = "journal-csv, journal-xlsx, trial-csv, trial-xlsx, beancount, kingdee, yonyou"


@ledger.callback()
def _group() -> None:
    """账簿：导出等 / the books."""


@ledger.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="写到这个文件 / the file to write", dir_okay=False)],
    form: Annotated[str, typer.Option("--format", help=f"格式 / one of {_FORMS}")],
    first: Annotated[
        datetime, typer.Option("--from", formats=_DAY, metavar="YYYY-MM-DD", help="第一天 / first day of the books")
    ],
    last: Annotated[
        datetime, typer.Option("--to", formats=_DAY, metavar="YYYY-MM-DD", help="最后一天 / last day of the books")
    ],
    shop: Annotated[str | None, typer.Option("--shop", help="商店代码（只有一个商店时可省）/ shop code")] = None,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", help="utf-8 或 gbk / of CSV and vouchers", show_default="utf-8; yonyou: gbk"),
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", help="凭证的币种 / of vouchers", show_default="商店的 / the shop's")
    ] = None,
    accounts: Annotated[
        Path | None,
        typer.Option(
            "--accounts",
            help="科目对照 CSV：我方科目开头,对方科目[,名称] / our code's beginning,their account[,name]",
            exists=True,
            dir_okay=False,
            readable=True,
            show_default=False,
        ),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """导出这些天的账（两端都含）：日记账、试算平衡表、凭证等。/ Write the books of these days, both included."""
    with attached(data):
        setup_django()
        body = load("goodfor.cli.ledger_export")
        wish = body.Wish(form, first.date(), last.date(), encoding, currency, accounts)
        code = body.run_export(file=file.resolve(), shop=shop, json=as_json, wish=wish)
        load("django.db").connections.close_all()
    raise typer.Exit(code)
