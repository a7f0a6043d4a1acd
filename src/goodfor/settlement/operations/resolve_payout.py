"""A person tells how a payout ended: by the bank's own list, for files and for what nobody else could tell."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded
from goodfor.settlement import states
from goodfor.settlement.errors import PayoutMoved
from goodfor.settlement.locks import lock_payout
from goodfor.settlement.models import Statement
from goodfor.settlement.operations.moving import NOT_ARRIVED, move
from goodfor.settlement.operations.settle_payout import settle_payout
from goodfor.settlement.types import BY_FILE, PayoutView

RETURNED = "returned"


def _approve_anew(statement: Statement, actor: str, now: datetime) -> None:
    """From `approved`, where the failed payout left it."""
    statement.state = states.APPROVED
    move(
        statement, states.CONFIRMED, actor=actor, cause=NOT_ARRIVED, now=now, round=statement.round + 1,
        approved_at=None, bank_changed_at=None,
    )  # fmt: skip


def resolve_payout(
    *, shop_id: UUID, payout_id: UUID, arrived: bool, reference: str, note: str, actor: str, now: datetime
) -> PayoutView:
    """`arrived` True: the bank's list shows it gone, under `reference`; False: it came back or never went.

    What did not arrive is approved again before it is paid once more: by both where two did, by somebody else where one
    is enough. Else one person alone could say that it never arrived, and have it paid twice. Raises PayoutNotFound,
    PayoutMoved (ended, or a provider is still asked about it), InvalidInput.
    """
    reference, note = reference.strip()[:80], " ".join(note.split())[:200]
    if (arrived and not reference) or (not arrived and not note):
        raise InvalidInput("name the bank's number, or why it did not arrive")
    with transaction.atomic(savepoint=False):
        statement, row = lock_payout(shop_id, payout_id)
        asked = row.way != BY_FILE and row.state != states.UNKNOWN
        if row.state not in states.UNFINISHED or asked:
            raise PayoutMoved(state=row.state)
        outcome: Outcome = Succeeded(reference) if arrived else Rejected(RETURNED, note)
        view = settle_payout(shop_id=shop_id, payout_id=payout_id, outcome=outcome, now=now, actor=actor)
        if not arrived:
            _approve_anew(statement, actor, now)
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="settlement.payout_resolved",
            subject=("settlement.payout", payout_id),
            data={"number": row.number, "arrived": arrived, "reference": reference, "note": note},
            now=now,
        )
    return view
