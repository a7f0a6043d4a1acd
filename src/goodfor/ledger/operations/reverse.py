"""Reverse a transaction."""

from datetime import datetime
from uuid import UUID

from goodfor.ledger.payload import Draft
from goodfor.ledger.stored import negated, tx_lines
from goodfor.ledger.types import Cause, Entry
from goodfor.ledger.writing import write


def reverse(
    *,
    shop_id: UUID,
    tx_id: int,
    reference: str,
    now: datetime,
    cause: Cause | None = None,
    actor: str = "system",
) -> int:
    """Post the exact opposite of what a transaction posted; possible once. A hold is voided instead.

    Returns the reversal's id; the same reference again is a replay. Raises TxNotFound, NotAHold (a hold or itself a
    reversal), AlreadyReversed, InsufficientFunds.
    """
    old = tx_lines(shop_id, tx_id, 0)
    entry = Entry(
        reference, old.kind + ".reversed", negated(old.lines), now, cause or old.cause, rule_version=old.rule_version
    )
    draft = Draft(entry, reverses=tx_id)
    return write(shop_id=shop_id, currency=old.currency, drafts=[draft], actor=actor, now=now)[0]
