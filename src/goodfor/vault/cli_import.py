"""The body of `goodfor codes import`: check the file, show what was understood, ask, import with a progress bar."""

import json as json_module
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.prompt import Confirm
from rich.table import Table

from goodfor.catalog.queries import sku_by_code
from goodfor.identity.queries import shop_by_code
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.vault import operations, queries
from goodfor.vault.errors import InvalidBatch
from goodfor.vault.parsing.fields import parse_expiry
from goodfor.vault.parsing.layout import ROLES
from goodfor.vault.types import Counts, DryRun, Imported, ImportOptions, LineFault
from goodfor.vault.types import Progress as Done
from goodfor.vault.wording import LINE_TEXTS

SHOWN_FAULTS = 20
_ROLE_TEXTS = {"number": "卡号", "secret": "卡密", "expiry": "有效期", "cost": "成本", "-": "忽略"}
_SEPARATOR_TEXTS = {"": "每行一个", "\t": "制表符", " ": "空格"}


def run(
    file: Path,
    sku: str,
    shop: str | None = None,
    dry_run: bool = False,
    yes: bool = False,
    json: bool = False,
    cost: str | None = None,
    cost_minor: int | None = None,
    expires: str | None = None,
    use_first: bool = False,
    note: str = "",
    separator: str | None = None,
    columns: str | None = None,
    skip_lines: int | None = None,
    strict: bool = False,
    actor: str = "cli",
) -> int:
    """Import `file` for the SKU (code or id) of the shop (code; the only one when None); returns the exit code.

    0 imported (or, with `dry_run`, could be), 1 refused or not confirmed, 2 wrong options. `cost` is a decimal amount
    in the shop's currency for each code (`cost_minor` the same in minor units), `expires` a date, `columns` roles
    joined by commas (number, secret, expiry, cost, -). Without a terminal to ask, `yes` is taken for granted.
    With `json`, one object on stdout and nothing else.
    """
    console = Console(file=sys.stderr if json else sys.stdout)
    try:
        view = shop_by_code(shop)
        sku_id = sku_by_code(view.id, sku).id
        options = _options(
            view.currency, cost, cost_minor, expires, use_first, note, separator, columns, skip_lines, strict
        )
    except (DomainError, ValueError) as error:
        return _refuse(console, error, json, 2)
    now = utc_now()
    try:
        dry = _check(console, view.id, sku_id, file, options, now, json)
        if not json:
            _show_dry_run(console, dry)
        if dry_run:
            return _finish(json, {"dry_run": _dry_json(dry)}, 0)
        ask = sys.stdin.isatty() and not (yes or json)
        if ask and not Confirm.ask(f"导入 {dry.counts.accepted:,} 个卡密？ / import them?", console=console):
            return 1
        with _bar(console, "导入 / import", json) as step:
            done = operations.import_file(
                shop_id=view.id, sku_id=sku_id, path=file, options=options, actor=actor, now=now, progress=step
            )
    except DomainError as error:
        return _refuse(console, error, json, 1)
    except OSError as error:
        return _refuse(console, InvalidInput(error.strerror or "cannot read"), json, 1)
    except KeyboardInterrupt:
        console.print("已停下；用同一命令会从停下的地方继续。/ stopped; run it again to go on.")
        return 1
    if not json:
        _show_imported(console, done)
    return _finish(json, {"imported": _done_json(done)}, 0)


def _options(
    currency: str,
    cost: str | None,
    cost_minor: int | None,
    expires: str | None,
    use_first: bool,
    note: str,
    separator: str | None,
    columns: str | None,
    skip_lines: int | None,
    strict: bool,
) -> ImportOptions:
    if cost is not None:
        cost_minor = Money.parse(cost, currency).amount_minor
    roles = tuple(role.strip() for role in columns.split(",")) if columns else None
    if roles and set(roles) - set(ROLES):
        raise InvalidBatch("columns: " + ", ".join(ROLES))
    return ImportOptions(
        currency=currency,
        unit_cost_minor=cost_minor or 0,
        expires_at=parse_expiry(expires) if expires else None,
        use_first=use_first,
        note=note,
        separator=None if separator is None else separator.replace("\\t", "\t"),
        columns=roles,
        skip_lines=skip_lines,
        strict=strict,
    )


def _check(
    console: Console, shop_id: UUID, sku_id: UUID, file: Path, options: ImportOptions, now: datetime, quiet: bool
) -> DryRun:
    with _bar(console, "检查 / check", quiet) as step:
        return queries.dry_run(shop_id=shop_id, sku_id=sku_id, path=file, options=options, now=now, progress=step)


class _Step:
    """A progress callback for a rich bar."""

    def __init__(self, bar: Progress, title: str) -> None:
        self._bar, self._task = bar, bar.add_task(title, total=None, codes=0)

    def __call__(self, done: Done) -> None:
        self._bar.update(self._task, total=done.bytes_total, completed=done.bytes_done, codes=done.counts.accepted)


@contextmanager
def _bar(console: Console, title: str, quiet: bool) -> Iterator[_Step]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[codes]:,}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        yield _Step(bar, title)


def _show_dry_run(console: Console, dry: DryRun) -> None:
    layout = dry.layout
    table = Table(title=dry.filename, show_header=False, title_justify="left")
    table.add_row("编码 / encoding", layout.encoding)
    if layout.kind == "text":
        separator = _SEPARATOR_TEXTS.get(layout.separator, layout.separator)
        table.add_row("分隔 / separator", "带名称 / labelled" if layout.labelled else separator)
    named = [f"{_ROLE_TEXTS[role]} / {role}" for role in layout.columns]
    if layout.header:
        named = [f"{name} → {role}" for name, role in zip(layout.header, named, strict=False)]
    table.add_row("列 / columns", "，".join(named))
    if layout.skip_lines:
        table.add_row("跳过的表头行 / header lines", str(layout.skip_lines))
    for number, secret, expires_at in dry.samples:
        shown = " ".join(filter(None, (number, secret, f"{expires_at:%Y-%m-%d %H:%MZ}" if expires_at else "")))
        table.add_row("样例 / sample", shown)
    console.print(table)
    _show_counts(console, dry.lines, dry.counts)
    _show_faults(console, dry.faults, dry.counts.faults)


def _show_imported(console: Console, done: Imported) -> None:
    if done.resumed_at_line:
        console.print(f"从第 {done.resumed_at_line + 1:,} 行继续 / resumed")
    _show_counts(console, done.batch.lines_done, done.batch.counts)
    console.print(f"[green]✓[/] {done.batch.counts.accepted:,} 个卡密已上架 / on sale  {done.batch.id}")


def _show_counts(console: Console, lines: int, counts: Counts) -> None:
    console.print(
        f"行 / lines {lines:,} · 可用 / good {counts.accepted:,} · 文件内重复 / twice in the file "
        f"{counts.duplicate_in_file:,} · 店铺已有 / held {counts.duplicate_held:,} · 拒绝 / refused {counts.rejected:,}"
    )


def _show_faults(console: Console, faults: tuple[LineFault, ...], total: int) -> None:
    if not faults:
        return
    table = Table("行 / line", "问题 / problem", "")
    for fault in faults[:SHOWN_FAULTS]:
        other = f"→ {fault.other_line}" if fault.other_line else str(fault.other_batch_id or "")
        table.add_row(str(fault.line_no), f"{LINE_TEXTS[fault.problem]} ({fault.problem})", other)
    console.print(table)
    if total > SHOWN_FAULTS:
        console.print(f"… {total - SHOWN_FAULTS:,}")


def _refuse(console: Console, error: Exception, as_json: bool, exit_code: int) -> int:
    code = error.code if isinstance(error, DomainError) else "invalid_option"
    detail = error.detail if isinstance(error, DomainError) else str(error)
    data = {key: str(value) for key, value in error.data.items()} if isinstance(error, DomainError) else {}
    if not as_json:
        console.print(f"[red]✗[/] {detail} ({code})", highlight=False)
    return _finish(as_json, {"error": {"code": code, "detail": detail, **data}}, exit_code)


def _finish(as_json: bool, body: dict[str, Any], exit_code: int) -> int:
    if as_json:
        sys.stdout.write(json_module.dumps({"ok": exit_code == 0, **body}, ensure_ascii=False, default=str) + "\n")
    return exit_code


def _dry_json(dry: DryRun) -> dict[str, Any]:
    return {**asdict(dry), "faults": [_fault_json(fault) for fault in dry.faults]}


def _done_json(done: Imported) -> dict[str, Any]:
    return {**asdict(done), "faults": [_fault_json(fault) for fault in done.faults]}


def _fault_json(fault: LineFault) -> dict[str, Any]:
    return {key: value for key, value in asdict(fault).items() if value is not None}
