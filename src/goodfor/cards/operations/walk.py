"""Cards of a range become good, or are revoked: begun by people, walked chunk by chunk, also after a crash."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from goodfor.cards import accounts, states
from goodfor.cards.errors import InvalidBatch, SecondPersonNeeded, WalkGone
from goodfor.cards.locks import lock_batch, lock_walk
from goodfor.cards.mapping import walk_view
from goodfor.cards.models import Batch, Walk
from goodfor.cards.operations.steps import alone, must_be_able
from goodfor.cards.types import WalkView
from goodfor.kernel import audit
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger import operations as ledger

#: Cards a transaction; a range of no more is done at once.
CHUNK: Final = 20_000
#: So many walks are tried in one turn, should the first ones fail.
MOST_AT_ONCE: Final = 20
log = structlog.get_logger(__name__)
_ACTIVATE: Final = Statement("goodfor.cards", "sql/activate.sql")
_REVOKE: Final = Statement("goodfor.cards", "sql/revoke.sql")


@transaction.atomic(savepoint=False)
def activate_cards(
    *, shop_id: UUID, batch_id: UUID, actor: str, now: datetime, first: int | None = None, last: int | None = None
) -> WalkView:  # fmt: skip
    """Cards were sold: those of the batch that are not good yet become so, or of the range of serials that was sold.

    What was paid for them is booked. A batch that is good all at once has no ranges. Raises BatchNotFound,
    InvalidBatch(field), WalkGone (another walk over it is not over), Forbidden.
    """
    must_be_able(shop_id, actor)
    batch = lock_batch(shop_id, batch_id)
    if batch.valid_until is not None and batch.valid_until <= now:
        raise InvalidBatch(field="valid_until")
    whole = first is None and last is None
    if not whole and batch.activation == states.BY_BATCH:
        raise InvalidBatch(field="range")
    row = _begin(batch, states.ACTIVATE, first, last, actor=actor, now=now)
    _go(row, actor, now)
    return walk_view(row)


@transaction.atomic(savepoint=False)
def ask_revoke(
    *, shop_id: UUID, batch_id: UUID, reason: str, kept: bool, actor: str, now: datetime, first: int | None = None,
    last: int | None = None,
) -> WalkView:  # fmt: skip
    """Ask that a batch, or a range of it, be good no more; a second person agrees. One card is one person's word.

    `kept`: what was paid for it is kept, else it goes back by the bank. Begins at once where nobody else can be asked.
    Raises BatchNotFound, InvalidBatch(field), WalkGone, Forbidden.
    """
    must_be_able(shop_id, actor)
    if not reason.strip():
        raise InvalidBatch(field="reason")
    batch = lock_batch(shop_id, batch_id)
    row = _begin(
        batch, states.REVOKE, first, last, actor=actor, now=now, reason=reason.strip()[:200], kept=kept
    )  # fmt: skip
    by_oneself = row.first_serial == row.last_serial or alone(shop_id, actor)
    _note(row, "cards_revoke_asked", actor, now)
    if by_oneself:
        row.alone = True
        _go(row, actor, now)
    return walk_view(row)


@transaction.atomic(savepoint=False)
def allow_revoke(*, shop_id: UUID, walk_id: UUID, actor: str, now: datetime) -> WalkView:
    """A second person agrees. Raises WalkGone, SecondPersonNeeded, Forbidden."""
    must_be_able(shop_id, actor)
    row = _asked(shop_id, walk_id)
    if actor == row.asked_by:
        raise SecondPersonNeeded
    _go(row, actor, now)
    return walk_view(row)


@transaction.atomic(savepoint=False)
def drop_revoke(*, shop_id: UUID, walk_id: UUID, actor: str, now: datetime) -> None:
    """It is not done after all. Raises WalkGone, Forbidden."""
    must_be_able(shop_id, actor)
    row = _asked(shop_id, walk_id)
    row.ended_at = now
    _move(row, states.DROPPED, actor, now)
    _note(row, "cards_revoke_dropped", actor, now)


def walk_on(*, now: datetime) -> int:
    """The next chunk of any walk; how many cards it looked at. One that fails does not hold up the others."""
    with platform_job("walks over cards"):
        running = Walk.objects.filter(state=states.RUNNING).order_by("id").values_list("shop_id", "id")
        for shop_id, walk_id in running[:MOST_AT_ONCE]:
            try:
                with transaction.atomic():
                    return _step(lock_walk(shop_id, walk_id), now)
            except Exception as error:
                log.error("cards_walk_failed", walk_id=str(walk_id), error=type(error).__name__)
    return 0


def _begin(
    batch: Batch, kind: str, first: int | None, last: int | None, *, actor: str, now: datetime, **more: Any
) -> Walk:  # fmt: skip
    if batch.state != states.READY:
        raise InvalidBatch(field="state")
    end = batch.first_serial + batch.size - 1
    first, last = batch.first_serial if first is None else first, end if last is None else last
    if not batch.first_serial <= first <= last <= end:
        raise InvalidBatch(field="range")
    try:
        with transaction.atomic():
            row = Walk.objects.create(
                shop_id=batch.shop_id, batch=batch, kind=kind, first_serial=first, last_serial=last, next_serial=first,
                asked_by=actor[:80], asked_at=now, **more,
            )  # fmt: skip
    except IntegrityError:
        # Another one over this batch is not over.
        raise WalkGone from None
    record_history(
        shop_id=batch.shop_id, machine=states.WALK, subject_id=row.id, moves=[(None, states.ASKED)], actor=actor,
        cause=kind, now=now,
    )  # fmt: skip
    return row


def _asked(shop_id: UUID, walk_id: UUID) -> Walk:
    row = lock_walk(shop_id, walk_id)
    if row.state != states.ASKED:
        raise WalkGone
    return row


def _go(row: Walk, actor: str, now: datetime) -> None:
    row.allowed_by = actor[:80]
    _move(row, states.RUNNING, actor, now)
    _note(row, "cards_activate_begun" if row.kind == states.ACTIVATE else "cards_revoke_begun", actor, now)
    if row.last_serial - row.first_serial < CHUNK:
        _step(row, now)


def _step(row: Walk, now: datetime) -> int:
    """The next chunk of a held walk, its money, and the end of it."""
    if row.state != states.RUNNING:
        return 0
    first = row.next_serial
    last = min(row.last_serial, first + CHUNK - 1)
    moved = _activated(row, first, last, now) if row.kind == states.ACTIVATE else _revoked(row, first, last, now)
    row.next_serial, row.moved = last + 1, row.moved + moved
    if last == row.last_serial:
        row.ended_at = now
        _move(row, states.DONE, "system", now)
    else:
        row.save(update_fields=["next_serial", "moved"])
    return last - first + 1


def _activated(row: Walk, first: int, last: int, now: datetime) -> int:
    batch = row.batch
    expires = now + timedelta(days=batch.valid_days) if batch.valid_days else batch.valid_until
    found = _ACTIVATE.row({**_range(row, first, last, now), "expires_at": expires})
    moved = int(found[0]) if found else 0
    entry = accounts.sold_entry(
        walk_id=row.id, program_id=batch.program_id, from_serial=first, minor=moved * batch.price_minor, now=now
    )
    if entry is not None:
        ledger.post(shop_id=row.shop_id, currency=batch.program.currency, entries=(entry,), now=now)
    return moved


def _revoked(row: Walk, first: int, last: int, now: datetime) -> int:
    found = _REVOKE.row(_range(row, first, last, now))
    moved, minor = (int(found[0]), int(found[1])) if found else (0, 0)
    entry = accounts.revoked_entry(
        reference=f"{row.id}:{first}", program_id=row.batch.program_id, cause=("cards.walk", row.id), minor=minor,
        kept=row.kept, now=now,
    )  # fmt: skip
    if entry is not None:
        ledger.post(shop_id=row.shop_id, currency=row.batch.program.currency, entries=(entry,), now=now)
    return moved


def _range(row: Walk, first: int, last: int, now: datetime) -> dict[str, Any]:
    return {
        "shop_id": row.shop_id, "first": first, "last": last, "actor": row.asked_by, "cause": f"walk:{row.id}",
        "now": now,
    }  # fmt: skip


def _move(row: Walk, to_state: str, actor: str, now: datetime) -> None:
    was, row.state = row.state, to_state
    row.save(update_fields=["state", "allowed_by", "alone", "next_serial", "moved", "ended_at"])
    record_history(
        shop_id=row.shop_id, machine=states.WALK, subject_id=row.id, moves=[(was, to_state)], actor=actor,
        cause=row.kind, now=now,
    )  # fmt: skip


def _note(row: Walk, action: str, actor: str, now: datetime) -> None:
    audit.record(
        shop_id=row.shop_id, actor=actor, action=action, subject=("cards_batch", row.batch_id),
        data={"first": row.first_serial, "last": row.last_serial, "reason": row.reason, "kept": row.kept}, now=now,
    )  # fmt: skip
