"""Take a statement back before money moved: its items are free again, and what it booked is reversed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement as Sql
from goodfor.ledger.operations import reverse
from goodfor.settlement import queries, states
from goodfor.settlement.errors import StatementMoved, StatementNotFound
from goodfor.settlement.events import StatementRejected
from goodfor.settlement.locks import lock_book, lock_statement
from goodfor.settlement.mapping import statement_view
from goodfor.settlement.models import Statement
from goodfor.settlement.operations.moving import NOT_ARRIVED, move
from goodfor.settlement.types import StatementView

RELEASE = Sql("goodfor.settlement", "sql/release.sql")


def reject_statement(
    *, shop_id: UUID, statement_id: UUID, reason: str, actor: str, now: datetime, party_id: UUID | None = None
) -> StatementView:
    """`party_id`: the party whose link was used, which may object only until it has confirmed.

    The list stays as it was, to be looked at. One of which a payout was sent, and did not arrive by a person's word,
    stays what is to be paid: its items on another one would be paid without that being known.
    Raises StatementNotFound, StatementMoved, InvalidInput (no reason).
    """
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise InvalidInput("say why")
    found = Statement.objects.filter(shop_id=shop_id, id=statement_id).values_list("party_id", "currency").first()
    if found is None or (party_id is not None and found[0] != party_id):
        raise StatementNotFound
    with transaction.atomic():
        lock_book(shop_id, *found)
        row = lock_statement(shop_id, statement_id)
        if row.state not in ({states.DRAFT} if party_id is not None else states.REJECTABLE):
            raise StatementMoved(state=row.state)
        if any(one.cause == NOT_ARRIVED for one in queries.history(shop_id, row.id)):
            raise StatementMoved(state=row.state)
        move(row, states.REJECTED, actor=actor, cause="rejected", now=now, ended_at=now, reason=reason)
        RELEASE.run({"shop_id": shop_id, "statement_id": row.id})
        Statement.objects.filter(shop_id=shop_id, carried_to=row.id).update(carried_to=None)
        _say_so(row, reason, actor, party_id is not None, now)
        if row.tx_id is not None:
            reverse(shop_id=shop_id, tx_id=row.tx_id, reference=f"stmt:{row.number}:rejected", now=now)
    return statement_view(row)


def _say_so(row: Statement, reason: str, actor: str, by_party: bool, now: datetime) -> None:
    audit.record(
        shop_id=row.shop_id,
        actor=actor,
        action="settlement.statement_rejected",
        subject=("settlement.statement", row.id),
        data={"number": row.number, "reason": reason, "by_party": by_party},
        now=now,
    )
    publish(
        shop_id=row.shop_id,
        event=StatementRejected(statement_id=row.id, number=row.number, party_id=row.party_id, by_party=by_party),
        cause=("settlement.statement", row.id),
        now=now,
    )
