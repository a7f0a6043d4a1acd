"""The party agrees to a statement, or the staff does in its name."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.settlement import states
from goodfor.settlement.errors import StatementMoved, StatementNotFound
from goodfor.settlement.events import StatementConfirmed
from goodfor.settlement.locks import lock_statement
from goodfor.settlement.mapping import statement_view
from goodfor.settlement.operations.moving import move
from goodfor.settlement.types import StatementView


def confirm_statement(
    *, shop_id: UUID, statement_id: UUID, actor: str, now: datetime, party_id: UUID | None = None
) -> StatementView:
    """`party_id`: the party whose link was used; of another party's nothing is found.

    Once confirmed, the same again changes nothing. Raises StatementNotFound, StatementMoved.
    """
    with transaction.atomic():
        row = lock_statement(shop_id, statement_id)
        if party_id is not None and row.party_id != party_id:
            raise StatementNotFound
        if row.state == states.CONFIRMED:
            return statement_view(row)
        if row.state != states.DRAFT:
            raise StatementMoved(state=row.state)
        move(row, states.CONFIRMED, actor=actor, cause="confirmed", now=now, confirmed_at=now, confirmed_by=actor)
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="settlement.statement_confirmed",
            subject=("settlement.statement", row.id),
            data={"number": row.number, "payable_minor": row.payable_minor, "by_party": party_id is not None},
            now=now,
        )
        publish(
            shop_id=shop_id,
            event=StatementConfirmed(statement_id=row.id, number=row.number, party_id=row.party_id),
            cause=("settlement.statement", row.id),
            now=now,
        )
    return statement_view(row)
