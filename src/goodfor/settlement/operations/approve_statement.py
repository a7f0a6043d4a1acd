"""Somebody of the staff approves a confirmed statement; the last one who is needed makes it payable."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.settlement import ports, queries, states
from goodfor.settlement.errors import BankChanged, SamePerson, StatementMoved
from goodfor.settlement.events import StatementApproved
from goodfor.settlement.locks import lock_statement
from goodfor.settlement.mapping import statement_view
from goodfor.settlement.models import Approval, Statement
from goodfor.settlement.operations.moving import NOT_ARRIVED, move
from goodfor.settlement.types import Party, StatementView


def approve_statement(
    *, shop_id: UUID, statement_id: UUID, actor: str, now: datetime, bank_seen: str | None = None, alone: bool = False
) -> StatementView:
    """One person's word, given with the party's bank account as it is now; another account needs everybody's again.

    `bank_seen`: `bank_stamp` of the party as that person saw it; None: nobody looked. `alone`: nobody else is there who
    could approve what that person said has not arrived. What is not to be paid (too little, owed by the party, a
    confirmation) is closed at once.
    Raises StatementNotFound, StatementMoved, SamePerson, PartyNotFound, BankChanged (not the account that was seen).
    """
    with transaction.atomic():
        row = lock_statement(shop_id, statement_id)
        if row.state != states.CONFIRMED:
            raise StatementMoved(state=row.state)
        party = ports.party_of(shop_id, row.party_id)
        if bank_seen is not None and bank_seen != queries.bank_stamp(party):
            raise BankChanged
        if row.approvals_needed == 1 and not alone and _said_not_arrived(row, actor):
            raise SamePerson
        _approve(row, party, actor, now)
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="settlement.statement_approved",
            subject=("settlement.statement", row.id),
            data={"number": row.number, "payable_minor": row.payable_minor, "round": row.round},
            now=now,
        )
        if len(queries.approvals(row)) >= row.approvals_needed:
            _all_approved(row, party, actor, now)
    return statement_view(row, queries.approvals(row))


def _said_not_arrived(row: Statement, actor: str) -> bool:
    """That person has a word in it: it would be paid twice by one."""
    moves = queries.history(row.shop_id, row.id)
    return any(one.cause == NOT_ARRIVED and one.actor == actor for one in moves)


def fell(row: Statement, party: Party, now: datetime) -> bool:
    """Take an approval back whose bank account is no longer the party's; True where that was so.

    A step in its caller's transaction, which must commit before it refuses.
    """
    if row.bank_changed_at == party.bank_changed_at:
        return False
    move(
        row, states.CONFIRMED, actor="system", cause="bank_changed", now=now, round=row.round + 1, approved_at=None,
        bank_changed_at=None,
    )  # fmt: skip
    return True


def _approve(row: Statement, party: Party, actor: str, now: datetime) -> None:
    given = Approval.objects.filter(shop_id=row.shop_id, statement_id=row.id, round=row.round)
    if given.exists() and not given.filter(bank_changed_at=party.bank_changed_at).exists():
        # Those before had another bank account in mind.
        row.round += 1
        Statement.objects.filter(shop_id=row.shop_id, id=row.id).update(round=row.round)
    elif given.filter(actor=actor).exists():
        raise SamePerson
    Approval.objects.create(
        shop_id=row.shop_id,
        statement_id=row.id,
        round=row.round,
        actor=actor,
        bank_changed_at=party.bank_changed_at,
        at=now,
    )


def _all_approved(row: Statement, party: Party, actor: str, now: datetime) -> None:
    changes = {"approved_at": now, "bank_changed_at": party.bank_changed_at}
    move(row, states.APPROVED, actor=actor, cause=f"round:{row.round}", now=now, **changes)
    due = statement_view(row).is_due
    if not due:
        move(row, states.CLOSED, actor=actor, cause="nothing_to_pay", now=now, ended_at=now)
    publish(
        shop_id=row.shop_id,
        event=StatementApproved(statement_id=row.id, number=row.number, party_id=row.party_id, due=due),
        cause=("settlement.statement", row.id),
        now=now,
    )
