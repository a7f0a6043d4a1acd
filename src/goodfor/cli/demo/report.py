"""What the demo prints."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from rich.console import Console
from rich.table import Table

from goodfor.cli.commands.audit import report as audit_report
from goodfor.cli.commands.audit import show as show_audit
from goodfor.kernel import invariants
from goodfor.kernel.clock import utc_now


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done, how it ended, and how long it took."""

    name: str
    result: str
    ok: bool
    ms: float


@dataclass
class Outcome:
    """Everything that happened; `audit` are kernel.invariants results."""

    steps: list[Step] = field(default_factory=list)
    audit: list[Any] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when every step and every invariant held."""
        return bool(self.audit) and all(s.ok for s in self.steps) and all(r.ok for r in self.audit)

    def do(self, console: Console, name: str, work: Callable[[], str]) -> bool:
        """Do one step; what it raises is its result."""
        began = monotonic()
        try:
            result, ok = work(), True
        except Exception as error:
            said = str(error).strip().splitlines()
            result, ok = f"{type(error).__name__}: {said[0] if said else ''}", False
        step = Step(name, result, ok, (monotonic() - began) * 1000)
        self.steps.append(step)
        console.print(f"  {'✓' if ok else '✗'} {name}：{result}（{step.ms:,.0f} ms）", markup=False)
        return ok

    def walk(self, console: Console, steps: Sequence[tuple[str, Callable[[], str]]]) -> None:
        """Every step in order, then the audit; a step that fails does not stop the others."""
        for name, work in steps:
            self.do(console, name, work)
        console.print("正在审计 / audit")
        self.audit = invariants.run_all(utc_now())


def show(outcome: Outcome, *, as_json: bool, name: str = "demo") -> int:
    """Print it; returns the exit code."""
    if as_json:
        steps = [{"step": s.name, "result": s.result, "ok": s.ok, "ms": round(s.ms, 1)} for s in outcome.steps]
        body = {"name": name, "steps": steps, "audit": audit_report(outcome.audit), "ok": outcome.ok}
        sys.stdout.write(json.dumps(body, ensure_ascii=False) + "\n")
        return 0 if outcome.ok else 1
    table = Table("", "步骤 / step", "结果 / result", "ms")
    for step in outcome.steps:
        table.add_row("[green]✓[/]" if step.ok else "[red]✗[/]", step.name, step.result, f"{step.ms:,.0f}")
    console = Console()
    console.print(table)
    show_audit(outcome.audit)
    console.print("演示全部成立 / the demo held" if outcome.ok else "演示有不成立之处 / the demo did not hold")
    return 0 if outcome.ok else 1
