"""The one way to write: call ledger_post in the caller's transaction, turn the database's refusals into errors."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import psycopg
from django.db import DatabaseError, transaction

from goodfor.kernel.errors import DomainError
from goodfor.kernel.sql import Statement
from goodfor.ledger import errors
from goodfor.ledger.payload import Draft, parameters

POST = Statement(__package__, "sql/post.sql")

BY_STATE: Mapping[str, type[DomainError]] = {
    "GFL01": errors.IdempotencyMismatch,
    "GFL02": errors.UnknownAccount,
    "GFL03": errors.AccountNotOpen,
    "GFL04": errors.AccountClosed,
    "GFL05": errors.NotAHold,
    "GFL06": errors.PeriodClosed,
    "GFL07": errors.Unbalanced,
    "GFL09": errors.AccountExists,
}
BY_CONSTRAINT: Mapping[str, type[DomainError]] = {
    "ledger_balance_floor": errors.InsufficientFunds,
    "ledger_tx_reversed_once": errors.AlreadyReversed,
    "ledger_tx_settled_once": errors.AlreadySettled,
}


@contextmanager
def refusals() -> Iterator[None]:
    """Raise the room's error for a refusal of the database; anything else passes through as it came."""
    try:
        yield
    except DatabaseError as error:
        cause = error.__cause__
        if not isinstance(cause, psycopg.Error):
            raise
        known = BY_STATE.get(cause.diag.sqlstate or "") or BY_CONSTRAINT.get(cause.diag.constraint_name or "")
        if known is None:
            raise
        subject = {"subject": cause.diag.column_name} if cause.diag.column_name else {}
        raise known(**subject) from error


def write(*, shop_id: UUID, currency: str, drafts: Sequence[Draft], actor: str, now: datetime) -> list[int]:
    """Post the drafts in one round trip, in the caller's transaction; ids in the order given.

    A refusal leaves that transaction only to be rolled back: there is no savepoint, it would cost two round trips.
    """
    params = parameters(drafts, currency)
    params.update(shop_id=shop_id, currency=currency, now=now, actor=actor)
    with refusals(), transaction.atomic(savepoint=False):
        row = POST.row(params)
    assert row is not None
    ids: list[int] = row[0]
    return ids
