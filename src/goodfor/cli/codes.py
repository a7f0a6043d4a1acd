"""`goodfor codes import`: a dry run with its report, then the import with a progress bar."""

import json as jsonlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from goodfor.catalog import queries as catalog
from goodfor.cli.errors import CliError
from goodfor.identity import queries as identity
from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.vault.operations import dry_run as run_dry
from goodfor.vault.operations.import_file import import_file
from goodfor.vault.queries import fault_text
from goodfor.vault.types import Counts, DryRun, ImportOptions, LineFault
from goodfor.vault.types import Progress as Done

ACTOR = "system:cli"
SHOWN = 50


def run_import(*, file: Path, sku: str, shop: str | None, dry_run: bool, json: bool) -> int:
    """Check the file, show what is in it, and (unless `dry_run`) import it; returns the exit code.

    A refusal is one line with its stable code, or with `json` {"ok": false, "code", "title"}. Raises CliError for an
    unknown shop or SKU.
    """
    console = Console(stderr=json)
    try:
        owner = identity.shop_by_code(shop)
        sku_id = _sku(owner, sku)
        options = ImportOptions(currency=owner.currency)
        with _bar(console, "检查 / checking") as progress:
            found = run_dry(
                shop_id=owner.id, sku_id=sku_id, path=file, options=options, now=utc_now(), progress=progress
            )
        _show_dry(console, found)
        body: dict[str, Any] = {"ok": True, "dry_run": dry_run, "file": found.filename, "lines": found.lines}
        counts, by_problem, faults = found.counts, found.by_problem, found.faults
        if not dry_run:
            with _bar(console, "导入 / importing") as progress:
                done = import_file(
                    shop_id=owner.id, sku_id=sku_id, path=file, options=options, actor=ACTOR, now=utc_now(),
                    progress=progress,
                )  # fmt: skip
            body["batch_id"] = str(done.batch.id)
            counts, by_problem, faults = done.batch.counts, done.by_problem, done.faults
            console.print(f"已入库 {counts.accepted:,} 个 / imported", highlight=False)
        if faults:
            console.print(_faults_table(faults, counts.faults))
    except DomainError as error:
        return _refused(error, json)
    if json:
        body.update(_figures(counts, by_problem), faults=[_fault(fault) for fault in faults])
        sys.stdout.write(jsonlib.dumps(body, ensure_ascii=False) + "\n")
    return 0


def _sku(shop: ShopView, text: str) -> UUID:
    try:
        wanted = UUID(text)
    except ValueError:
        return catalog.sku_by_code(shop.id, text).id
    if wanted not in catalog.sku_ids(shop.id):
        raise CliError(f"商店 {shop.code} 没有 SKU {text}", f"shop {shop.code} has no SKU {text}")
    return wanted


def _refused(error: DomainError, as_json: bool) -> int:
    if as_json:
        body = {"ok": False, "code": error.code, "title": str(error.title), **error.data}
        sys.stdout.write(jsonlib.dumps(body, ensure_ascii=False, default=str) + "\n")
    else:
        told = "，".join(f"{name} {value}" for name, value in error.data.items())
        sys.stderr.write(f"错误：{error.title}{'：' + told if told else ''}（{error.code}）\n")
    return 1


@contextmanager
def _bar(console: Console, title: str) -> Iterator[Callable[[Done], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(),
               TextColumn("{task.fields[codes]}"))  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task(title, total=None, codes="")

        def show(done: Done) -> None:
            bars.update(
                task, total=done.bytes_total, completed=done.bytes_done, codes=f"{done.counts.accepted:,} 个 / codes"
            )

        yield show


def _show_dry(console: Console, found: DryRun) -> None:
    layout, counts = found.layout, found.counts
    table = Table(title=found.filename, show_header=False, title_justify="left")
    table.add_row("格式 / format", f"{layout.kind} {layout.encoding}")
    table.add_row("各列 / columns", "、".join(layout.columns))
    table.add_row("行数 / lines", f"{found.lines:,}")
    table.add_row("可导入 / accepted", f"{counts.accepted:,}")
    table.add_row("文件内重复 / duplicate in file", f"{counts.duplicate_in_file:,}")
    table.add_row("已有过 / held already", f"{counts.duplicate_held:,}")
    table.add_row("有问题 / rejected", f"{counts.rejected:,}")
    for name, count in sorted(found.by_problem.items()):
        table.add_row(f"  {name}", f"{count:,}  {fault_text(name)}")
    for number, secret, expiry in found.samples:
        until = f"{expiry:%Y-%m-%d}" if expiry else "-"
        table.add_row("样例（遮盖）/ sample", f"{number or '-'}  {secret}  {until}")
    console.print(table)


def _faults_table(faults: Sequence[LineFault], total: int) -> Table:
    shown = faults[:SHOWN]
    title = f"没有导入的行 / lines left out ({len(shown)} / {total})"
    table = Table("行 / line", "问题 / problem", "说明", title=title, title_justify="left")
    for fault in shown:
        other = f"（第 {fault.other_line} 行）" if fault.other_line else ""
        table.add_row(str(fault.line_no), fault.problem, f"{fault_text(fault.problem)}{other}")
    return table


def _figures(counts: Counts, by_problem: Mapping[str, int]) -> dict[str, Any]:
    return {
        "accepted": counts.accepted,
        "duplicate_in_file": counts.duplicate_in_file,
        "duplicate_held": counts.duplicate_held,
        "rejected": counts.rejected,
        "by_problem": dict(by_problem),
    }


def _fault(fault: LineFault) -> dict[str, Any]:
    other = str(fault.other_batch_id) if fault.other_batch_id else None
    return {"line": fault.line_no, "problem": fault.problem, "other_line": fault.other_line, "other_batch": other}
