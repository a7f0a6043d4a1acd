"""Post transactions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodfor.ledger.payload import Draft
from goodfor.ledger.types import Entry
from goodfor.ledger.writing import write


def post(*, shop_id: UUID, currency: str, entries: Sequence[Entry], now: datetime, actor: str = "system") -> list[int]:
    """Post all entries in one round trip and one transaction; returns their ids in the order given.

    Same reference and payload: a replay, the old id. Plain accounts open on first use. An effective time in a closed
    month moves to the first open day; an adjustment stays in a soft-closed one. Raises Unbalanced, InvalidInput,
    IdempotencyMismatch, InsufficientFunds, UnknownAccount, AccountNotOpen, AccountClosed; the surrounding transaction
    then has to be rolled back.
    """
    drafts = [Draft(entry) for entry in entries]
    return write(shop_id=shop_id, currency=currency, drafts=drafts, actor=actor, now=now)
