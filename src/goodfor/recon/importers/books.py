"""Rows of the ledger, on accounts whose lines are compared."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from goodfor.ledger import queries as ledger
from goodfor.ledger.errors import TxNotFound
from goodfor.recon.importers.days import day_of, span
from goodfor.recon.types import RowIn, Scope

#: References that are looked for one by one: more gaps than that are one gap, and a person's.
MOST: Final = 1_000
_PIECE: Final = 20
#: Kinds of transactions that book money at a channel, and what they are here.
KINDS: Final = {"payment": "payment", "refund_paid": "refund"}


def books_of_day(scope: Scope, code: str, zone: ZoneInfo, kinds: Mapping[str, str] = KINDS) -> Iterator[RowIn]:
    """What payments and refunds moved on an account of the ledger that day (by its effective time), debit positive.

    A transaction is one row, under its reference.
    """
    since, until = span(scope.day, zone)
    moves = ledger.moves_between(scope.shop_id, code, scope.currency, kinds=list(kinds), since=since, until=until)
    for move in moves:
        yield row_of(move.tx_id, move.reference, kinds[move.kind], move.amount_minor, scope, move.effective_at, zone)


def books_of(
    scope: Scope, codes: Collection[str], refs: Sequence[str], zone: ZoneInfo, kinds: Mapping[str, str] = KINDS
) -> Iterable[RowIn]:
    """The same of these references, whenever they were booked."""
    wanted = list(refs)[:MOST]
    for start in range(0, len(wanted), _PIECE):
        piece = wanted[start : start + _PIECE]
        for head in ledger.transactions_named(scope.shop_id, piece, limit=10 * _PIECE):
            if head.reference not in piece or head.kind not in kinds:
                continue
            try:
                whole = ledger.transaction(scope.shop_id, head.id)
            except TxNotFound:
                continue
            moved = sum(line.amount_minor for line in whole.lines if line.account in codes and line.layer == 0)
            if moved:
                yield row_of(head.id, head.reference, kinds[head.kind], moved, scope, head.effective_at, zone)


def row_of(
    tx_id: int, reference: str, kind: str, amount: int, scope: Scope, at: datetime, zone: ZoneInfo
) -> RowIn:  # fmt: skip
    """A transaction as a row of this kind."""
    day: date = day_of(at, zone)
    # Scopes differ in their account: a transaction between two of them is a row of each.
    return RowIn(
        kind=kind, source=f"tx:{tx_id}:{scope.account}"[:120], day=day, at=at, amount_minor=amount,
        currency=scope.currency, key=reference[:100], post_ref=reference[:120],
    )  # fmt: skip
