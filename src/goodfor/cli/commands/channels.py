"""`goodfor channels`."""

from typing import Annotated

import typer

from goodfor.cli.commands.options import DataOption
from goodfor.cli.database import attached
from goodfor.cli.lazy import load, setup_django

channels = typer.Typer(help="平台的收款账户 / channel accounts of the platform", no_args_is_help=True)
Lender = Annotated[str, typer.Option("--from", help="拥有账户的商店代码 / shop that owns the account")]
Code = Annotated[str, typer.Option("--account", help="收款账户编码 / code of the account")]
Borrower = Annotated[str, typer.Option("--to", help="使用账户的商店代码 / shop that may use it")]


@channels.callback()
def _group() -> None:
    """平台的收款账户 / channel accounts of the platform."""


@channels.command("lend")
def lend(lender: Lender, account: Code, to: Borrower, data: DataOption = None) -> None:
    """让另一家店使用这个收款账户。/ Let another shop take money through this account."""
    _run("lend", lender, account, to, data)
    typer.echo(f"{to} 现在可以使用 {lender} 的收款账户 {account} / may use it now")


@channels.command("recall")
def recall(lender: Lender, account: Code, to: Borrower, data: DataOption = None) -> None:
    """收回：不再产生新的支付，旧的照常处理。/ No new payments there; old ones go on."""
    _run("recall", lender, account, to, data)
    typer.echo(f"已从 {to} 收回收款账户 {account} / recalled")


def _run(what: str, lender: str, account: str, to: str, data: DataOption) -> None:
    with attached(data):
        setup_django()
        shop = load("goodfor.identity.queries").shop_by_code
        owner = load("goodfor.payments.types").Lender(shop(lender).id, account)
        now = load("goodfor.kernel.clock").utc_now()
        operations = load("goodfor.payments.operations.lend_account")
        if what == "lend":
            operations.lend_account(lender=owner, to_shop_id=shop(to).id, actor="platform:cli", now=now)
        else:
            operations.recall_account(lender=owner, from_shop_id=shop(to).id, actor="platform:cli", now=now)
        load("django.db").connections.close_all()
