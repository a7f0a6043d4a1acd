"""Import a file of codes from beginning to end: scan, stage chunk by chunk, put on sale.

The one use case of the vault that is many transactions: each chunk commits with its progress, so that a run that is
killed goes on where it stopped, and nothing is on sale before the last step.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import connection

from goodfor.kernel.tenancy import platform_job
from goodfor.vault.errors import BatchHasFaults, refusal
from goodfor.vault.importing import source
from goodfor.vault.importing.context import seal_context, told
from goodfor.vault.importing.pool import sealer
from goodfor.vault.models import Batch
from goodfor.vault.operations.activate_batch import activate_batch
from goodfor.vault.operations.begin_batch import begin_batch
from goodfor.vault.operations.cancel_batch import cancel_batch
from goodfor.vault.operations.load_chunk import load_chunk
from goodfor.vault.operations.purge_batch import purge_batch
from goodfor.vault.parsing.layout import Layout
from goodfor.vault.parsing.problems import NO_CODES, FileProblem
from goodfor.vault.queries import batch_view
from goodfor.vault.types import Counts, Imported, ImportOptions, LineFault, Progress

SHOWN_FAULTS = 200
#: After a chunk with codes that were held already, so many chunks are looked up before they are stored.
WARY_CHUNKS = 16
#: From here on the planner should know of the new rows at once.
MANY = 10_000


def import_file(
    *,
    shop_id: UUID,
    sku_id: UUID,
    path: Path,
    options: ImportOptions,
    actor: str,
    now: datetime,
    filename: str | None = None,
    max_bytes: int = source.MAX_BYTES,
    progress: Callable[[Progress], None] | None = None,
) -> Imported:
    """Import a TXT, CSV or XLSX file for a SKU and put its codes on sale, all or none (with `options.hold`: none yet).

    Lines that give no code are reported and left out; with `options.strict` they refuse the file. Call it again with
    the same file and options after an interruption, and it goes on. Not inside a transaction.
    Raises FileRefused (its `code` tells what), BatchImported, BatchMismatch, BatchBusy, BatchHasFaults, InvalidBatch.
    """
    try:
        found = source.scan(path, filename=filename, max_bytes=max_bytes)
        layout = source.understand(found, told(options))
    except FileProblem as problem:
        raise refusal(problem) from problem
    batch = begin_batch(
        shop_id=shop_id,
        sku_id=sku_id,
        filename=found.filename,
        sha256=found.sha256,
        size_bytes=found.size,
        layout=layout.as_json(),
        options=options,
        actor=actor,
        now=now,
    )
    resumed_at = batch.lines_done
    faults, by_problem = _stage(batch, found, layout, options, progress, now)
    batch.refresh_from_db()
    if batch.accepted == 0 or (options.strict and batch.lines_done and _view_counts(batch).faults):
        _give_up(batch, actor, now)
        if batch.accepted == 0:
            raise refusal(FileProblem(NO_CODES, **by_problem))
        raise BatchHasFaults(**by_problem)
    if options.hold:
        return Imported(batch_view(batch), resumed_at, dict(by_problem), tuple(faults))
    activate_batch(shop_id=shop_id, batch_id=batch.id, actor=actor, now=now)
    if batch.accepted >= MANY:
        with platform_job("statistics after an import"), connection.cursor() as cursor:
            cursor.execute("ANALYZE vault_code")
    batch.refresh_from_db()
    return Imported(batch_view(batch), resumed_at, dict(by_problem), tuple(faults))


def _stage(
    batch: Batch,
    found: source.Scan,
    layout: Layout,
    options: ImportOptions,
    progress: Callable[[Progress], None] | None,
    now: datetime,
) -> tuple[list[LineFault], Counter[str]]:
    faults: list[LineFault] = []
    by_problem: Counter[str] = Counter()
    wary = 1
    counts, context = _view_counts(batch), seal_context(batch.shop_id, batch.sku_id, batch.id, layout, options, now)
    workers = sealer(context, found.size - batch.bytes_done)
    try:
        raw = source.chunks(found, layout, offset=batch.bytes_done, lines_done=batch.lines_done)
        with closing(raw), closing(workers.seal_all(raw)) as chunks:
            for sealed in chunks:
                done = load_chunk(shop_id=batch.shop_id, batch_id=batch.id, sealed=sealed, look_first=wary > 0, now=now)
                wary = WARY_CHUNKS if done.met_others else max(0, wary - 1)
                counts += done.counts
                by_problem.update(fault.problem for fault in done.faults)
                faults += sorted(done.faults, key=lambda fault: fault.line_no)[: SHOWN_FAULTS - len(faults)]
                if progress is not None:
                    progress(Progress(sealed.end_offset, found.size, sealed.first_line + sealed.lines - 1, counts))
    except FileProblem as problem:
        # What is wrong with a file will be wrong again: nothing to resume.
        _give_up(batch, "system", now)
        raise refusal(problem) from problem
    finally:
        workers.close()
    return faults, by_problem


def _view_counts(batch: Batch) -> Counts:
    return Counts(batch.accepted, batch.duplicate_in_file, batch.duplicate_held, batch.rejected)


def _give_up(batch: Batch, actor: str, now: datetime) -> None:
    cancel_batch(shop_id=batch.shop_id, batch_id=batch.id, reason="import refused", actor=actor, now=now)
    while purge_batch(shop_id=batch.shop_id, batch_id=batch.id):
        continue
