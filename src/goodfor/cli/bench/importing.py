"""`bench import`: a million codes from CSV, encrypted and deduplicated, against plain COPY into the same table.

The database of the run is thrown away, so the codes may stay there.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.db import DatabaseError, connection
from rich.console import Console

from goodfor.cli.bench.memory import PeakMemory
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tenancy import platform_job
from goodfor.vault.types import ImportOptions, Progress

FLOOR, AIM, SLOWER, MEMORY_MB = 0.25, 0.5, 1.3, 600
# What an import writes itself; the other columns of a new code are defaults.
COLUMNS = "id, shop_id, sku_id, lot_id, key_id, fingerprint, blob"
_OPTIONS = ImportOptions(currency="CNY", unit_cost_minor=950)
_READ = 1 << 20


def run(*, json: bool = False, rows: int = 1_000_000) -> BenchResult:
    """Measure on a throw-away database with fsync on. Options: rows."""
    with running_site(Console(stderr=True), web=False):
        figures = measure(rows=int(rows), quiet=json)
    ratio, memory = figures["ratio_to_plain_copy"], figures["peak_memory_mb"]
    slower = figures["slowdown_with_as_many_held"]
    return BenchResult(
        "import",
        figures,
        [
            Bar("ratio to plain COPY", ratio, f">= {FLOOR} (aim {AIM})", ratio >= FLOOR),
            Bar("slower with as many held", slower, f"<= {SLOWER}", slower <= SLOWER),
            Bar("peak memory, MB", memory, f"<= {MEMORY_MB}", memory <= MEMORY_MB),
        ],
    )


def measure(*, rows: int, quiet: bool = False) -> dict[str, Any]:
    """Measure with `rows` codes (number of 16 and secret of 20 characters); returns figures, units in the names.

    Twice the same work: into an empty table, then with the first `rows` codes held. Plain COPY gets the very rows that
    the import made, and a table of the same columns, indexes, checks and fill factor; both go through one connection.
    """
    shop_id, sku_id = uuid4(), uuid4()
    times, peaks, copies = [], [], []
    with tempfile.TemporaryDirectory(prefix="goodfor-bench-") as folder, platform_job("bench import"):
        files = [_write_csv(Path(folder) / f"codes-{part}.csv", rows, part) for part in range(2)]
        batches = []
        for path in files:
            batch_id, seconds, peak = _import(path, shop_id, sku_id, rows, quiet=quiet)
            batches.append(batch_id)
            times.append(seconds)
            peaks.append(peak)
            _say(quiet, f"import: {seconds:.2f} s, peak {peak / 2**20:.0f} MB")
        sealed = [_rows_of(batch_id, path.with_suffix(".copy")) for batch_id, path in zip(batches, files, strict=True)]
        with _copy_table():
            for path in sealed:
                copies.append(_plain_copy(path, rows))
                _say(quiet, f"plain COPY: {copies[-1]:.2f} s")
    return {
        "rows": rows,
        "import_seconds": round(times[0], 3),
        "codes_per_second": round(rows / times[0]),
        "plain_copy_seconds": round(copies[0], 3),
        "plain_copy_rows_per_second": round(rows / copies[0]),
        "ratio_to_plain_copy": round(copies[0] / times[0], 3),
        "import_seconds_with_as_many_held": round(times[1], 3),
        "plain_copy_seconds_with_as_many_held": round(copies[1], 3),
        "slowdown_with_as_many_held": round(times[1] / times[0], 3),
        "peak_memory_mb": round(max(peaks) / 2**20),
        "cores": os.cpu_count() or 1,
        "fsync": _setting("fsync"),
        "synchronous_commit": _setting("synchronous_commit"),
    }


def _say(quiet: bool, text: str) -> None:
    if not quiet:
        sys.stderr.write(text + "\n")


def _setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return str(cursor.fetchone()[0])


def _write_csv(path: Path, rows: int, part: int) -> Path:
    noise = os.urandom(10 * rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("卡号,卡密\r\n")
        for index in range(rows):
            secret = noise[10 * index : 10 * index + 10].hex().upper()
            file.write(f"{6200000000000000 + part * 10**12 + index},{secret}\r\n")
    return path


def _rows_of(batch_id: UUID, target: Path) -> Path:
    """The rows of a batch in the binary form of COPY, in the order of their making."""
    # COPY takes no parameters; the id is our own.
    lots = f"SELECT id FROM vault_lot WHERE batch_id = '{batch_id}'"  # noqa: S608
    chosen = f"SELECT {COLUMNS} FROM vault_code WHERE lot_id IN ({lots})"  # noqa: S608
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({chosen} ORDER BY id) TO STDOUT (FORMAT binary)") as copy,
        target.open("wb") as file,
    ):
        for block in copy:
            file.write(block)
    return target


@contextmanager
def _copy_table() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS vault_bench_copy")
        cursor.execute("CREATE TABLE vault_bench_copy (LIKE vault_code INCLUDING ALL) WITH (fillfactor = 85)")
        # So that plain COPY does not pay for what the import left to clean and to write out.
        cursor.execute("VACUUM vault_code")
        with suppress(DatabaseError):
            cursor.execute("CHECKPOINT")
        try:
            yield
        finally:
            cursor.execute("DROP TABLE vault_bench_copy")


def _plain_copy(path: Path, rows: int) -> float:
    began = time.perf_counter()
    with connection.cursor() as cursor, path.open("rb") as file:
        with cursor.copy(f"COPY vault_bench_copy ({COLUMNS}) FROM STDIN (FORMAT binary)") as copy:
            while block := file.read(_READ):
                copy.write(block)
        seconds = time.perf_counter() - began
        if cursor.rowcount != rows:
            raise RuntimeError(f"plain COPY took {cursor.rowcount} of {rows} rows")
    return seconds


def _import(path: Path, shop_id: UUID, sku_id: UUID, rows: int, *, quiet: bool) -> tuple[UUID, float, int]:
    def show(progress: Progress) -> None:
        if not quiet and sys.stderr.isatty():
            sys.stderr.write(f"\r{100 * progress.bytes_done // progress.bytes_total} %")

    import_file = load("goodfor.vault.operations").import_file
    with PeakMemory() as memory:
        began = time.perf_counter()
        done = import_file(
            shop_id=shop_id, sku_id=sku_id, path=path, options=_OPTIONS, actor="bench", now=utc_now(), progress=show
        )
        seconds = time.perf_counter() - began
    if done.batch.counts.accepted != rows:
        raise RuntimeError(f"{done.batch.counts.accepted} of {rows} codes came in")
    return done.batch.id, seconds, memory.peak
