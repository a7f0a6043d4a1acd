"""Void a hold."""

from datetime import datetime
from uuid import UUID

from goodfor.ledger.errors import NotAHold
from goodfor.ledger.payload import Draft
from goodfor.ledger.stored import negated, tx_lines
from goodfor.ledger.types import Entry
from goodfor.ledger.writing import write


def void_hold(*, shop_id: UUID, hold_tx: int, reference: str, now: datetime, actor: str = "system") -> int:
    """Release a hold without posting anything. Returns the new transaction's id; the same reference is a replay.

    Raises TxNotFound, NotAHold, AlreadySettled.
    """
    held = tx_lines(shop_id, hold_tx, 1)
    if not held.is_hold:
        raise NotAHold(tx_id=hold_tx)
    entry = Entry(reference, held.kind + ".voided", (), now, held.cause, rule_version=held.rule_version)
    draft = Draft(entry, held=negated(held.lines), settles=hold_tx)
    return write(shop_id=shop_id, currency=held.currency, drafts=[draft], actor=actor, now=now)[0]
