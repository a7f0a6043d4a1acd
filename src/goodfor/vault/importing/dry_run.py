"""What an import would do, without writing anything."""

from collections import Counter
from collections.abc import Callable, Generator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from uuid import UUID

from goodfor.vault.errors import refusal
from goodfor.vault.importing import source
from goodfor.vault.importing.context import seal_context, told
from goodfor.vault.importing.known import known_duplicates
from goodfor.vault.importing.pool import sealer
from goodfor.vault.importing.sealing import FINGERPRINT_BYTES, SealContext, Sealed
from goodfor.vault.parsing.fields import mask
from goodfor.vault.parsing.layout import CELL, Layout
from goodfor.vault.parsing.lines import parse
from goodfor.vault.parsing.problems import DUPLICATE_HELD, DUPLICATE_IN_FILE, NO_CODES, FileProblem
from goodfor.vault.types import Counts, DryRun, FileLayout, ImportOptions, LineFault, Progress

Sample = tuple[str, str, datetime | None]
SAMPLES = 5
SHOWN_FAULTS = 200


def dry_run(
    *,
    shop_id: UUID,
    sku_id: UUID,
    path: Path,
    options: ImportOptions,
    now: datetime,
    filename: str | None = None,
    max_bytes: int = source.MAX_BYTES,
    progress: Callable[[Progress], None] | None = None,
) -> DryRun:
    """Read the whole file as an import would: layout, counts, duplicates, masked samples, the first faults.

    Memory: about 70 bytes a code, to find duplicates. Raises FileRefused.
    """
    try:
        found = source.scan(path, filename=filename, max_bytes=max_bytes)
        layout = source.understand(found, told(options))
        context = seal_context(shop_id, sku_id, UUID(int=0), layout, options, now, dry=True)
        return _run(found, context, shop_id, progress)
    except FileProblem as problem:
        raise refusal(problem) from problem


def _run(
    found: source.Scan, context: SealContext, shop_id: UUID, progress: Callable[[Progress], None] | None
) -> DryRun:
    marks, counts, lines = _Marks(shop_id), Counts(), 0
    by_problem: Counter[str] = Counter()
    faults: list[LineFault] = []
    samples: list[Sample] = []
    cost_minor = 0
    workers = sealer(context, found.size)
    try:
        raw = source.chunks(found, context.layout, offset=0, lines_done=0)
        with closing(raw), closing(workers.seal_all(_sampled(raw, context, samples))) as chunks:
            for sealed in chunks:
                early = [LineFault(line_no, problem, other or None) for line_no, problem, other in sealed.faults]
                late = marks.duplicates(sealed)
                cost_minor += _cost(sealed, late)
                by_problem.update(fault.problem for fault in (*early, *late))
                counts = _total(counts.accepted + len(sealed) - len(late), by_problem)
                faults += sorted((*early, *late), key=lambda fault: fault.line_no)[: SHOWN_FAULTS - len(faults)]
                lines = sealed.first_line + sealed.lines - 1
                if progress is not None:
                    progress(Progress(sealed.end_offset, found.size, lines, counts))
    finally:
        workers.close()
    if counts.accepted + counts.duplicate_held == 0:
        raise FileProblem(NO_CODES, **by_problem)
    view = layout_view(context.layout)
    return DryRun(
        found.filename, found.size, view, lines, counts, dict(by_problem), tuple(samples), tuple(faults), cost_minor
    )


def _total(accepted: int, by_problem: Counter[str]) -> Counts:
    in_file, held = by_problem[DUPLICATE_IN_FILE], by_problem[DUPLICATE_HELD]
    return Counts(accepted, in_file, held, by_problem.total() - in_file - held)


def _cost(sealed: Sealed, late: list[LineFault]) -> int:
    """What the codes of a chunk cost that would come into stock."""
    left_out = {fault.line_no for fault in late}
    return sum(
        sealed.lots[lot][1]
        for line_no, lot in zip(sealed.line_nos, sealed.lot_of, strict=True)
        if line_no not in left_out
    )


class _Marks:
    """Fingerprints of the earlier chunks; half of each is enough to tell a million codes apart."""

    def __init__(self, shop_id: UUID) -> None:
        self._shop_id, self._seen = shop_id, set[int]()

    def duplicates(self, sealed: Sealed) -> list[LineFault]:
        """Codes of the chunk that stand in an earlier one, or that the shop ever held."""
        known, step, found = known_duplicates(self._shop_id, sealed.fingerprints), FINGERPRINT_BYTES, []
        for index, line_no in enumerate(sealed.line_nos):
            mark = sealed.fingerprints[index * step : index * step + step]
            half = int.from_bytes(mark[:8], "big")
            if half in self._seen:
                found.append(LineFault(line_no, DUPLICATE_IN_FILE))
                continue
            self._seen.add(half)
            if other := known.get(mark):
                found.append(LineFault(line_no, DUPLICATE_HELD, None, other[1]))
        return found


def _sampled(
    raw: Generator[source.RawChunk, None, None], context: SealContext, samples: list[Sample]
) -> Generator[source.RawChunk, None, None]:
    """The chunks as they are; the first records of the first one, masked, go to `samples`."""
    for chunk in raw:
        if not samples:
            parsed = parse(chunk.data, chunk.first_line, context.layout, context.rules)
            samples.extend(
                (mask(record[1].decode()), mask(record[2].decode()), record[3]) for record in parsed.records[:SAMPLES]
            )
        yield chunk


def layout_view(layout: Layout) -> FileLayout:
    """A layout as others see it."""
    return FileLayout(
        kind=layout.kind,
        encoding=layout.encoding,
        separator="" if layout.separator == CELL else layout.separator,
        columns=layout.columns,
        header=layout.header,
        skip_lines=layout.skip_lines,
        labelled=layout.labelled,
    )
