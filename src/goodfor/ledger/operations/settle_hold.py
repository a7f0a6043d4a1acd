"""Settle a hold."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodfor.ledger.errors import NotAHold
from goodfor.ledger.payload import Draft
from goodfor.ledger.stored import negated, tx_lines
from goodfor.ledger.types import Entry, Line
from goodfor.ledger.writing import write


def settle_hold(
    *,
    shop_id: UUID,
    hold_tx: int,
    reference: str,
    now: datetime,
    lines: Sequence[Line] | None = None,
    effective_at: datetime | None = None,
    actor: str = "system",
) -> int:
    """Release a hold and post `lines` instead (default: the held lines in full); the rest is free again.

    A held account may be charged less than was held, never more or the other way. Returns the new transaction's id;
    the same reference again is a replay. Raises TxNotFound, NotAHold, AlreadySettled, and as post().
    """
    held = tx_lines(shop_id, hold_tx, 1)
    if not held.is_hold:
        raise NotAHold(tx_id=hold_tx)
    posted = held.lines if lines is None else tuple(lines)
    _within(held.lines, posted, hold_tx)
    entry = Entry(
        reference, held.kind + ".settled", posted, effective_at or now, held.cause, rule_version=held.rule_version
    )
    draft = Draft(entry, held=negated(held.lines), settles=hold_tx)
    return write(shop_id=shop_id, currency=held.currency, drafts=[draft], actor=actor, now=now)[0]


def _within(held: tuple[Line, ...], posted: tuple[Line, ...], hold_tx: int) -> None:
    limit: defaultdict[str, int] = defaultdict(int)
    for line in held:
        limit[line.account] += line.amount_minor
    used: defaultdict[str, int] = defaultdict(int)
    for line in posted:
        used[line.account] += line.amount_minor
    for account, amount in used.items():
        if account in limit and not min(0, limit[account]) <= amount <= max(0, limit[account]):
            raise NotAHold(tx_id=hold_tx, account=account, held_minor=limit[account], asked_minor=amount)
