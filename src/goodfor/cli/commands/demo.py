"""`goodfor demo`, `goodfor demo fill` and `goodfor demo empty`."""

from typing import Annotated

import typer

from goodfor.cli.commands.options import DataOption, JsonOption
from goodfor.cli.database import attached
from goodfor.cli.lazy import attribute, load, setup_django

demo = typer.Typer(help="演示，和店铺的示例数据 / the demo, and demo data of a shop")
ShopOption = Annotated[
    str | None, typer.Option("--shop", help="商店代码（只有一个商店时可省）/ shop code", show_default=False)
]


@demo.callback(invoke_without_command=True)
def walk(context: typer.Context, as_json: JsonOption = False) -> None:
    """在临时数据库上演示完整的销售，并验证结果。/ Walk whole sales on a throw-away database."""
    if context.invoked_subcommand is None:
        raise typer.Exit(attribute("goodfor.cli.demo:run")(json=as_json))


@demo.command()
def supply(as_json: JsonOption = False) -> None:
    """演示没有库存的销售：自动换供应商、查明不明结果、按时退款。/ Sales without stock: failover, unknown outcomes."""
    raise typer.Exit(attribute("goodfor.cli.demo:run_supply")(json=as_json))


@demo.command()
def fill(shop: ShopOption = None, data: DataOption = None) -> None:
    """给店铺填入示例数据；重复运行只补齐缺少的。/ Fill a shop with demo data."""
    _run("fill", shop, data)


@demo.command()
def empty(
    shop: ShopOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 / do not ask")] = False,
    data: DataOption = None,
) -> None:
    """清空店铺的示例数据；真实订单碰过的原样保留。/ Take a shop's demo data away again."""
    _run("empty", shop, data, ask=not yes)


def _run(kind: str, shop: str | None, data: DataOption, *, ask: bool = False) -> None:
    with attached(data):
        setup_django()
        code = load("goodfor.cli.demo_data").run(kind=kind, shop=shop, ask=ask)
        load("django.db").connections.close_all()
    raise typer.Exit(code)
