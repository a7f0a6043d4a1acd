"""Balances of clients and buyers in the shop: what payments say was paid from them, against what the books took.

The other side is the books themselves, whose accounts of balances are guarded: there is no third word.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from goodfor.ledger import queries as ledger
from goodfor.payments import queries as payments
from goodfor.payments.queries import MoneyRow
from goodfor.recon import states
from goodfor.recon.importers.books import KINDS, row_of
from goodfor.recon.importers.days import BEIJING, day_of, span
from goodfor.recon.sheet import Due
from goodfor.recon.types import BalanceWord, Brought, RowIn, Scope

WALLET: Final = "2207:wallet:"
ACCOUNT: Final = "balance"


class WalletSources:
    """Rows of balances; an account is `balance:CNY`, all of them in one currency. Keys are references of the books."""

    def theirs(self, scope: Scope) -> Brought:
        """What payments and refunds moved on accounts of balances that day."""
        rows = [_booked(scope, move) for move in _moves(scope)]
        # Told anew with each comparing: the books may have grown. The content is the mark.
        return Brought(rows, f"{len(rows)}:{sum(row.amount_minor for row in rows)}:{_last(rows)}")

    def funds(self, scope: Scope) -> Brought | None:  # noqa: ARG002
        """The ledger guards its own chain."""
        return None

    def balance(self, scope: Scope) -> BalanceWord | None:  # noqa: ARG002
        """And its own balances."""
        return None

    def ours(self, scope: Scope) -> Iterator[RowIn]:
        """Payments and refunds of the day."""
        since, until = span(scope.day, BEIJING)
        for row in payments.balance_money_of_day(scope.shop_id, scope.currency, since, until):
            yield _row(row)

    def ours_by_key(self, scope: Scope, keys: Sequence[tuple[str, str]]) -> Iterator[RowIn]:
        """By reference."""
        for row in payments.balance_money_by_posting(scope.shop_id, [key for key, _ in keys if key]):
            yield _row(row)

    def ours_by_posting(self, scope: Scope, refs: Sequence[str]) -> Iterable[RowIn]:  # noqa: ARG002
        """The books are the other side."""
        return ()

    def books(self, scope: Scope) -> Iterable[RowIn]:  # noqa: ARG002
        """The books are the other side."""
        return ()

    def books_by_reference(self, scope: Scope, refs: Sequence[str]) -> Iterable[RowIn]:  # noqa: ARG002
        """The books are the other side."""
        return ()


def wallets_due(shop_id: UUID, day: date) -> list[Due]:
    """Balances from which something was paid that day."""
    since, until = span(day, BEIJING)
    moved = payments.balances_moved(shop_id, since, until)
    return [Due(states.WALLET, f"{ACCOUNT}:{currency}", currency=currency) for currency in moved]


def _moves(scope: Scope) -> Iterator[ledger.AccountMove]:
    since, until = span(scope.day, BEIJING)
    return ledger.moves_under(scope.shop_id, WALLET, scope.currency, kinds=list(KINDS), since=since, until=until)


def _booked(scope: Scope, move: ledger.AccountMove) -> RowIn:
    return row_of(move.tx_id, move.reference, KINDS[move.kind], move.amount_minor, scope, move.effective_at, BEIJING)


def _last(rows: Sequence[RowIn]) -> str:
    return max((row.source for row in rows), default="")


def _row(row: MoneyRow) -> RowIn:
    return RowIn(
        kind=row.kind, source=f"balance:{row.number}", day=day_of(row.at, BEIJING), at=row.at,
        amount_minor=row.amount_minor, currency=row.currency, key=row.number, group_key=str(row.source_id or ""),
        state=row.state, account=f"{ACCOUNT}:{row.currency}",
    )  # fmt: skip
