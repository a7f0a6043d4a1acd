"""`goodfor demo fill` and `empty`: the same runs as the console's page, done here and now, with a progress bar."""

import time

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from goodfor.demo import queries
from goodfor.demo.operations.start_run import start_run
from goodfor.identity.queries import shop_by_code
from goodfor.kernel.clock import utc_now
from goodfor.kernel.loops import REGISTRY, run_once

ACTOR = "system:cli"
PAUSE = 0.5


def run(*, kind: str, shop: str | None, ask: bool) -> int:
    """Fill or empty a shop; 0 when it is done, 1 when the person said no. Stopped, it goes on when called again."""
    console = Console(highlight=False)
    found = shop_by_code(shop)
    there = queries.present(found.id)
    if kind == "empty":
        console.print(
            f"{found.name}：下架 {there.products} 件商品，作废 {there.codes:,} 条卡密；订单和账本作为历史保留"
            f" / {there.products} products off sale, {there.codes:,} codes void; orders and the ledger stay",
            markup=False,
        )
        if ask and there.any and not typer.confirm("继续？/ Go on?"):
            return 1
    start_run(shop_id=found.id, kind=kind, actor=ACTOR, now=utc_now())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        bar = bars.add_task("示例数据 / demo data", total=None)
        while (state := queries.latest_run(found.id)) is not None and state.state == "running":
            bars.update(bar, total=state.total, completed=state.total - state.left)
            # Where a worker runs, it may be at it already.
            if not run_once(REGISTRY["demo.runs"], utc_now()):
                time.sleep(PAUSE)
    kept = state.kept if state else ()
    console.print("完成 / done" + (f"；保留 / kept: {'、'.join(kept)}" if kept else ""), markup=False)
    return 0
