"""`bench import`: a million codes from CSV, encrypted and deduplicated, against plain COPY into the same table."""

from rich.console import Console

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load

FLOOR, AIM, SLOWER, MEMORY_MB = 0.25, 0.5, 1.3, 600


def run(*, json: bool = False, rows: str = "1000000") -> BenchResult:
    """Measure on a throw-away database with fsync on. Options: rows."""
    with running_site(Console(stderr=True), web=False):
        figures = load("goodfor.vault.bench_import").run(json=json, rows=int(rows))
    ratio, memory = figures["ratio_to_plain_copy"], figures["peak_memory_mb"]
    slower = figures["import_seconds_with_as_many_held"] / figures["import_seconds"]
    return BenchResult(
        "import",
        {**figures, "slower_with_as_many_held": slower},
        [
            Bar("ratio to plain COPY", ratio, f">= {FLOOR} (aim {AIM})", ratio >= FLOOR),
            Bar("slower with as many held", round(slower, 3), f"<= {SLOWER}", slower <= SLOWER),
            Bar("peak memory, MB", memory, f"<= {MEMORY_MB}", memory <= MEMORY_MB),
        ],
    )
