"""`goodfor audit`."""

import json
import sys
from collections.abc import Sequence
from typing import Any

import typer

from goodfor.cli.commands.options import DataOption, JsonOption
from goodfor.cli.database import attached
from goodfor.cli.lazy import load, setup_django


def audit(data: DataOption = None, as_json: JsonOption = False) -> None:
    """检查全部不变量；有一条不成立就列出并以 1 退出。/ Run every invariant; exit 1 if one fails."""
    with attached(data):
        setup_django()
        now = load("goodfor.kernel.clock").utc_now()
        results = load("goodfor.kernel.invariants").run_all(now)
        load("django.db").connections.close_all()
    ok = all(result.ok for result in results)
    if as_json:
        sys.stdout.write(json.dumps(report(results), ensure_ascii=False) + "\n")
    else:
        show(results)
    raise typer.Exit(0 if ok else 1)


def report(results: Sequence[Any]) -> dict[str, Any]:
    """The stable shape that `--json` prints; `violations` holds the first 100, `count` says how many there are."""
    return {
        "ok": all(result.ok for result in results),
        "invariants": [
            {
                "name": result.invariant.name,
                "room": result.invariant.room,
                "ok": result.ok,
                "count": result.count,
                "violations": [{"subject": subject, "detail": detail} for subject, detail in result.violations],
            }
            for result in results
        ],
    }


def show(results: Sequence[Any]) -> None:
    """A table for people, then what violates what."""
    console = load("rich.console").Console()
    table = load("rich.table").Table("", "模块 / room", "不变量 / invariant", "违反 / violations")
    for result in results:
        mark = "[green]✓[/]" if result.ok else "[red]✗[/]"
        table.add_row(mark, result.invariant.room, result.invariant.name, "" if result.ok else str(result.count))
    console.print(table)
    failed = [result for result in results if not result.ok]
    for result in failed:
        console.print(f"\n{result.invariant.name}: {result.invariant.why}", highlight=False, markup=False)
        for subject, detail in result.violations:
            console.print(f"  {subject}  {detail}", highlight=False, markup=False, soft_wrap=True)
    verdict = f"{len(failed)} 条不成立 / failed" if failed else f"全部 {len(results)} 条成立 / all hold"
    console.print(verdict, highlight=False)
