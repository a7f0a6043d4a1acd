"""What a bench or a soak shows: figures, and the bars they are held to."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Bar:
    """One requirement: what was measured, its value, the bar in words (e.g. ">= 0.4"), and whether it is met."""

    what: str
    value: float | int | str
    bar: str
    ok: bool


@dataclass(frozen=True, slots=True)
class BenchResult:
    """The outcome of one bench or soak. `figures` are JSON values, each with its unit in the name."""

    name: str
    figures: Mapping[str, Any]
    bars: Sequence[Bar] = ()

    @property
    def ok(self) -> bool:
        """True when no bar is missed."""
        return all(bar.ok for bar in self.bars)

    def as_dict(self) -> dict[str, Any]:
        """The stable shape that `--json` prints."""
        bars = [{"what": bar.what, "value": bar.value, "bar": bar.bar, "ok": bar.ok} for bar in self.bars]
        return {"name": self.name, "figures": dict(self.figures), "bars": bars, "ok": self.ok}


def show(result: BenchResult, *, as_json: bool) -> None:
    """Print one result: a JSON object on one line, or tables for people."""
    if as_json:
        sys.stdout.write(json.dumps(result.as_dict(), ensure_ascii=False, default=str) + "\n")
        sys.stdout.flush()
        return
    console = Console()
    figures = Table(title=result.name, show_header=False, title_justify="left")
    for name, value in result.figures.items():
        figures.add_row(name, f"{value:,.3f}" if isinstance(value, float) else str(value))
    console.print(figures)
    if result.bars:
        bars = Table("要求 / bar", "实测 / value", "标准", "")
        for bar in result.bars:
            bars.add_row(bar.what, str(bar.value), bar.bar, "[green]✓[/]" if bar.ok else "[red]✗[/]")
        console.print(bars)
