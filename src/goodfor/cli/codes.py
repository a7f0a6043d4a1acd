"""`goodfor codes import`: a dry run with its report, then the import with a progress bar."""

import json as jsonlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.timezone import make_aware
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from goodfor.catalog.queries import sku_by_code
from goodfor.cli.errors import CliError
from goodfor.cli.wording import both, refusal
from goodfor.identity.queries import shop_by_code
from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.vault.operations import dry_run as run_dry
from goodfor.vault.operations.import_file import import_file
from goodfor.vault.queries import fault_text
from goodfor.vault.types import Counts, DryRun, ImportOptions, LineFault
from goodfor.vault.types import Progress as Done

ACTOR = "system:cli"
SHOWN = 50
REFUSED, WRONG_OPTION, STOPPED = 1, 2, 130
ROLES = {"number": "卡号", "secret": "卡密", "expiry": "有效期", "cost": "成本", "-": "忽略"}
SEPARATORS = {"": "每行一个 / one a line", "\t": "制表符 / tab", " ": "空格 / blanks"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line says about the codes of a file.

    `cost` is a decimal amount in the shop's currency for each code, `expires` the last day on which they are good,
    `columns` roles joined by commas; `\\t` in `separator` is a tab.
    """

    cost: str | None = None
    expires: datetime | None = None
    use_first: bool = False
    note: str = ""
    separator: str | None = None
    columns: str | None = None
    skip_lines: int | None = None
    strict: bool = False


def run_import(*, file: Path, sku: str, shop: str | None, dry_run: bool, json: bool, wish: Wish | None = None) -> int:
    """Check the file, show what is in it, and (unless `dry_run`) import it; returns the exit code.

    0 imported (or, with `dry_run`, could be), 1 refused, 2 unknown shop or SKU, 130 stopped by Ctrl-C. A refusal is one
    line with its stable code, or with `json` {"ok": false, "code", "title"}. Raises CliError for an option that makes
    no sense.
    """
    console = Console(stderr=json)
    try:
        owner = shop_by_code(shop)
        sku_id = sku_by_code(owner.id, sku).id
    except DomainError as error:
        return _refused(error, json, WRONG_OPTION)
    told: dict[str, Any] = {
        "shop_id": owner.id, "sku_id": sku_id, "path": file, "options": _options(owner, wish or Wish()),
    }  # fmt: skip
    try:
        with _bar(console, "检查 / checking") as progress:
            found = run_dry(**told, now=utc_now(), progress=progress)
        _show_dry(console, found)
        body: dict[str, Any] = {"ok": True, "dry_run": dry_run, "file": found.filename, "lines": found.lines}
        counts, by_problem, faults = found.counts, found.by_problem, found.faults
        if not dry_run:
            with _bar(console, "导入 / importing") as progress:
                done = import_file(**told, actor=ACTOR, now=utc_now(), progress=progress)
            body.update(batch_id=str(done.batch.id), resumed_at_line=done.resumed_at_line)
            counts, by_problem, faults = done.batch.counts, done.by_problem, done.faults
            if done.resumed_at_line:
                console.print(f"从第 {done.resumed_at_line + 1:,} 行继续 / resumed", highlight=False)
            console.print(f"已入库 {counts.accepted:,} 个 / imported", highlight=False)
        if faults:
            console.print(_faults_table(faults, counts.faults))
    except DomainError as error:
        return _refused(error, json, REFUSED)
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise CliError(f"不能读取 {file}：{said}", f"cannot read {file}: {said}") from error
    except KeyboardInterrupt:
        sys.stderr.write("已停下；再运行同一命令就从停下处继续 / stopped; run it again to go on\n")
        return STOPPED
    if json:
        body.update(_figures(counts, by_problem), faults=[_fault(fault) for fault in faults])
        _write(body)
    return 0


def _options(shop: ShopView, wish: Wish) -> ImportOptions:
    try:
        cost = Money.parse(wish.cost, shop.currency).amount_minor if wish.cost else 0
    except ValueError:
        raise CliError(
            f"--cost 应是 {shop.currency} 金额，如 9.90", f"--cost is an amount in {shop.currency}, such as 9.90",
            exit_code=WRONG_OPTION,
        ) from None  # fmt: skip
    columns = tuple(role.strip() for role in wish.columns.split(",")) if wish.columns else None
    if set(columns or ()) - set(ROLES):
        known = ",".join(ROLES)
        raise CliError(f"--columns 只能由 {known} 组成", f"--columns is made of {known}", exit_code=WRONG_OPTION)
    return ImportOptions(
        currency=shop.currency,
        unit_cost_minor=cost,
        # The first moment when no longer good: the midnight that ends the day, by the shop's clock.
        expires_at=make_aware(wish.expires + timedelta(days=1)) if wish.expires else None,
        use_first=wish.use_first,
        note=wish.note,
        separator=None if wish.separator is None else wish.separator.replace("\\t", "\t"),
        columns=columns,
        skip_lines=wish.skip_lines,
        strict=wish.strict,
    )


def _write(body: Mapping[str, Any]) -> None:
    sys.stdout.write(jsonlib.dumps(body, ensure_ascii=False, default=str) + "\n")


def _refused(error: DomainError, as_json: bool, exit_code: int) -> int:
    if as_json:
        _write({"ok": False, "code": error.code, "title": str(error.title), **error.data})
    else:
        sys.stderr.write(refusal(error) + "\n")
    return exit_code


@contextmanager
def _bar(console: Console, title: str) -> Iterator[Callable[[Done], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(),
               TextColumn("{task.fields[codes]}"))  # fmt: skip
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task(title, total=None, codes="")

        def show(done: Done) -> None:
            bars.update(
                task, total=done.bytes_total, completed=done.bytes_done, codes=f"{done.counts.accepted:,} 个 / codes"
            )

        yield show


def _show_dry(console: Console, found: DryRun) -> None:
    layout, counts = found.layout, found.counts
    table = Table(title=escape(found.filename), show_header=False, title_justify="left")
    table.add_row("格式 / format", f"{layout.kind} {layout.encoding}")
    if layout.kind == "text":
        separator = SEPARATORS.get(layout.separator, layout.separator)
        table.add_row("分隔 / separator", "带名称 / labelled" if layout.labelled else escape(separator))
    named = [f"{ROLES[role]} / {role}" for role in layout.columns]
    if layout.header:
        named = [f"{escape(name)} → {role}" for name, role in zip(layout.header, named, strict=False)]
    table.add_row("各列 / columns", "、".join(named))
    if layout.skip_lines:
        table.add_row("表头行 / header lines", str(layout.skip_lines))
    table.add_row("行数 / lines", f"{found.lines:,}")
    table.add_row("可导入 / accepted", f"{counts.accepted:,}")
    table.add_row("文件内重复 / duplicate in file", f"{counts.duplicate_in_file:,}")
    table.add_row("已有过 / held already", f"{counts.duplicate_held:,}")
    table.add_row("有问题 / rejected", f"{counts.rejected:,}")
    for name, count in sorted(found.by_problem.items()):
        table.add_row(f"  {name}", f"{count:,}  {_said(name)}")
    for number, secret, expiry in found.samples:
        until = f"{expiry:%Y-%m-%d %H:%MZ}" if expiry else "-"
        table.add_row("样例（遮盖）/ sample", escape(f"{number or '-'}  {secret}  {until}"))
    console.print(table)


def _faults_table(faults: Sequence[LineFault], total: int) -> Table:
    shown = faults[:SHOWN]
    title = f"没有导入的行 / lines left out ({len(shown)} / {total:,})"
    table = Table("行 / line", "问题 / problem", "说明 / what it means", title=title, title_justify="left")
    for fault in shown:
        other = f"（第 {fault.other_line} 行 / line {fault.other_line}）" if fault.other_line else ""
        if fault.other_batch_id:
            other = f"（批次 / batch {fault.other_batch_id}）"
        table.add_row(str(fault.line_no), fault.problem, f"{_said(fault.problem)}{other}")
    return table


def _said(problem: str) -> str:
    return both(lambda: fault_text(problem))


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
