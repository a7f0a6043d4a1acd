"""Ask for what takes two; say yes or no; take it back. What nobody decides or takes ends by itself."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.console import states, wishing
from goodfor.console.errors import TooNewHere, WishMoved, WishNotFound
from goodfor.console.events import ExportWished
from goodfor.console.locks import lock_wish
from goodfor.console.models import Export, Wish
from goodfor.console.types import WishView
from goodfor.console.wish_queries import helpers, others, wish_view
from goodfor.identity.types import StaffView
from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.statemachine import record_history
from goodfor.risk.errors import SecondPersonNeeded


@transaction.atomic
def wish(
    *, shop_id: UUID, staff: StaffView, kind: str, subject_id: UUID, rows: int, reason: str, now: datetime
) -> WishView:  # fmt: skip
    """Ask, once: the same again finds the wish that is open. In the caller's transaction where there is one.

    Who has nobody to ask may take it after a night; the owner hears of it at once.
    """
    advisory_xact_lock(("wish", shop_id, kind, subject_id, staff.id))
    known = Wish.objects.filter(
        shop_id=shop_id, kind=kind, subject_id=subject_id, staff_id=staff.id, state__in=(states.ASKED, states.APPROVED)
    ).first()
    if known is not None and _over(known, now):
        _end(known, states.LAPSED, actor="system", now=now)
        known = None
    if known is not None:
        return wish_view(known)
    alone = not others(shop_id, staff.id, now)
    opens = {"open_from": now + wishing.ALONE_AFTER, "open_until": now + wishing.ALONE_AFTER + wishing.ALONE_OPEN}
    row = Wish.objects.create(
        id=uuid7(), shop_id=shop_id, kind=kind, subject_id=subject_id, staff_id=staff.id, reason=reason[:200],
        rows=rows, state=states.APPROVED if alone else states.ASKED, asked_at=now, due_at=now + wishing.DUE,
        alone=alone, decided_at=now if alone else None, **(opens if alone else {}),
    )  # fmt: skip
    moves: list[tuple[str | None, str]] = [(None, states.ASKED)]
    record_history(
        shop_id=shop_id, machine=states.WISH, subject_id=row.id,
        moves=[*moves, (states.ASKED, states.APPROVED)] if alone else moves, actor=staff.actor,
        cause="alone" if alone else "asked", now=now,
    )  # fmt: skip
    _note(row, staff.actor, "console.export_wished", now)
    publish(
        shop_id=shop_id, event=ExportWished(row.id, kind, staff.id, rows, alone, row.open_from), now=now,
        cause=("console.wish", row.id),
    )  # fmt: skip
    return wish_view(row)


@transaction.atomic
def decide_wish(*, shop_id: UUID, wish_id: UUID, staff: StaffView, approve: bool, now: datetime) -> None:
    """Another one says yes, and who asked has an hour; or no.

    Raises WishNotFound, WishMoved, SecondPersonNeeded (one's own), TooNewHere.
    """
    row = _held(shop_id, wish_id)
    if row.staff_id == staff.id:
        raise SecondPersonNeeded
    if staff.id not in {one.id for one in helpers(shop_id, row.staff_id, now)}:
        raise TooNewHere
    if row.state != states.ASKED or _over(row, now):
        raise WishMoved
    to = states.APPROVED if approve else states.REFUSED
    until = now + wishing.OPEN_FOR
    opens = {"open_from": now, "open_until": until} if approve else {}
    record_history(
        shop_id=shop_id, machine=states.WISH, subject_id=row.id, moves=[(row.state, to)], actor=staff.actor,
        cause="decided", now=now,
    )  # fmt: skip
    Wish.objects.filter(shop_id=shop_id, id=row.id, state=row.state).update(
        state=to, decided_by=staff.id, decided_at=now, **opens
    )
    if row.kind == wishing.LIST:
        _move_list(row, approve, until, now)
    _note(row, staff.actor, "console.export_approved" if approve else "console.export_refused", now)


@transaction.atomic
def withdraw_wish(*, shop_id: UUID, wish_id: UUID, actor: str, now: datetime) -> None:
    """It is not wanted any more: by who asked, or by an owner who wonders. Raises WishNotFound, WishMoved."""
    row = _held(shop_id, wish_id)
    if row.state not in (states.ASKED, states.APPROVED):
        raise WishMoved
    _end(row, states.WITHDRAWN, actor=actor, now=now)
    _note(row, actor, "console.export_withdrawn", now)


def use_wish(*, shop_id: UUID, wish_id: UUID, staff_id: UUID, now: datetime) -> WishView:
    """Taken, once, by who asked; in the transaction of the taking. Raises WishNotFound, WishMoved."""
    row = _held(shop_id, wish_id)
    if row.staff_id != staff_id or not wish_view(row).is_open(now):
        raise WishMoved
    record_history(
        shop_id=shop_id, machine=states.WISH, subject_id=row.id, moves=[(row.state, states.USED)],
        actor=f"staff:{staff_id}", cause="taken", now=now,
    )  # fmt: skip
    Wish.objects.filter(shop_id=shop_id, id=row.id, state=row.state).update(state=states.USED, used_at=now)
    return wish_view(row)


@transaction.atomic
def lapse_wish(*, shop_id: UUID, wish_id: UUID, now: datetime) -> bool:
    """Its time is over; False: it is not, or it has ended."""
    row = _held(shop_id, wish_id)
    if row.state not in (states.ASKED, states.APPROVED) or not _over(row, now):
        return False
    _end(row, states.LAPSED, actor="system", now=now)
    return True


def _held(shop_id: UUID, wish_id: UUID) -> Wish:
    row = lock_wish(shop_id, wish_id)
    if row is None:
        raise WishNotFound
    return row


def _over(row: Wish, now: datetime) -> bool:
    ends = row.open_until if row.state == states.APPROVED else row.due_at
    return ends is None or ends <= now


def _end(row: Wish, to: str, *, actor: str, now: datetime) -> None:
    record_history(
        shop_id=row.shop_id, machine=states.WISH, subject_id=row.id, moves=[(row.state, to)], actor=actor, cause=to,
        now=now,
    )  # fmt: skip
    Wish.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state).update(state=to)
    if row.kind == wishing.LIST and row.state == states.ASKED:
        _move_list(row, False, None, now)


def _move_list(row: Wish, approve: bool, until: datetime | None, now: datetime) -> None:
    """The list that waited is written, or never."""
    waits = Export.objects.filter(shop_id=row.shop_id, id=row.subject_id, state=states.ASKED)
    if approve:
        waits.update(state=states.WAITING, expires_at=until)
    else:
        waits.update(state=states.REFUSED, finished_at=now)


def _note(row: Wish, actor: str, action: str, now: datetime) -> None:
    audit.record(
        shop_id=row.shop_id, actor=actor, action=action, subject=("console.wish", row.id),
        data={"kind": row.kind, "of": str(row.subject_id), "rows": row.rows, "alone": row.alone, "reason": row.reason},
        now=now,
    )  # fmt: skip
