"""What the worker does for a file on its way in: check it, import it, or clear it away.

Like `import_file` many transactions: a run that is killed is found again by its state and goes on.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.errors import DomainError
from goodfor.vault.errors import FileGone
from goodfor.vault.importing.dry_run import dry_run
from goodfor.vault.importing.intake_files import intake_path
from goodfor.vault.importing.reports import options_from, report_json
from goodfor.vault.models import Batch, Intake
from goodfor.vault.operations.cancel_batch import cancel_batch
from goodfor.vault.operations.import_file import import_file
from goodfor.vault.operations.move_intake import move_intake
from goodfor.vault.operations.purge_batch import purge_batch
from goodfor.vault.states import CANCELLING, CHECKED, CONFIRMED, DONE, DROPPED, FAILED, REFUSED, STAGING, WAITING
from goodfor.vault.types import Progress


class _Stopped(Exception):
    """The row is no longer what this run began with."""


def advance_intake(*, shop_id: UUID, intake_id: UUID, now: datetime) -> bool:
    """Do the next step; False when there is none for now. Harmless when repeated, or when somebody is faster."""
    row = Intake.objects.filter(shop_id=shop_id, id=intake_id).first()
    if row is None or row.state not in (WAITING, CONFIRMED, CANCELLING):
        return False
    # A batch that this intake begins is never older than its confirmation.
    now = max(now, row.confirmed_at or now)
    try:
        if row.state == WAITING:
            _check(row, now)
        elif row.state == CONFIRMED:
            _import(row, now)
        else:
            _clear_away(row, now)
    except _Stopped:
        return True
    return True


def _check(row: Intake, now: datetime) -> None:
    try:
        report = dry_run(
            shop_id=row.shop_id,
            sku_id=row.sku_id,
            path=intake_path(row.id, row.filename),
            options=options_from(row.options),
            filename=row.filename,
            now=now,
            progress=lambda done: _note(row, done),
        )
    except (DomainError, OSError) as error:
        _end(row, REFUSED, now, problem=_code(error))
        return
    _end(row, CHECKED, now, report=report_json(report))


def _import(row: Intake, now: datetime) -> None:
    try:
        done = import_file(
            shop_id=row.shop_id,
            sku_id=row.sku_id,
            path=intake_path(row.id, row.filename),
            options=options_from(row.options),
            actor=row.actor,
            filename=row.filename,
            now=now,
            progress=lambda done: _note(row, done),
        )
    except (DomainError, OSError) as error:
        row.refresh_from_db()
        batch = _batch_of(row, "active")
        if batch is not None:
            # It was on sale already when the worker before this one was killed.
            _end(row, DONE, now, batch_id=batch.id, accepted=batch.accepted, lines_done=batch.lines_done)
        else:
            _give_up_batch(row, "import failed", now)
            _end(row, FAILED, now, problem=_code(error))
        return
    row.refresh_from_db()
    _end(row, DONE, now, batch_id=done.batch.id, accepted=done.batch.counts.accepted, lines_done=done.batch.lines_done)


def _clear_away(row: Intake, now: datetime) -> None:
    _give_up_batch(row, "import cancelled", now)
    batch = _batch_of(row, "active")
    if batch is None:
        _end(row, DROPPED, now)
    else:
        _end(row, DONE, now, batch_id=batch.id, accepted=batch.accepted, lines_done=batch.lines_done)


def _give_up_batch(row: Intake, reason: str, now: datetime) -> None:
    batch = _batch_of(row, STAGING)
    if batch is not None:
        cancel_batch(shop_id=row.shop_id, batch_id=batch.id, reason=reason, actor=row.actor, now=now)
        while purge_batch(shop_id=row.shop_id, batch_id=batch.id):
            continue


def _batch_of(row: Intake, state: str) -> Batch | None:
    """The batch that this intake began; one of the same file that was there before is not its own."""
    rows = Batch.objects.filter(
        shop_id=row.shop_id,
        sku_id=row.sku_id,
        file_sha256=row.file_sha256,
        state=state,
        created_at__gte=row.confirmed_at,
    )
    return rows.first()


def _note(row: Intake, done: Progress) -> None:
    """Progress for the page; it is also how a run hears that it is not wanted any more."""
    rows = Intake.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state, checks=row.checks)
    figures = {"bytes_done": done.bytes_done, "lines_done": done.lines_done, "accepted": done.counts.accepted}
    if rows.update(**figures) != 1:
        raise _Stopped


def _end(row: Intake, to_state: str, now: datetime, **changes: object) -> None:
    path, before = intake_path(row.id, row.filename), row.state
    with transaction.atomic():
        move_intake(row, to_state, actor="system", cause="worker", now=now, **changes)
    if before != WAITING:
        path.unlink(missing_ok=True)


def _code(error: DomainError | OSError) -> str:
    return error.code[:64] if isinstance(error, DomainError) else FileGone.code
