"""Splits at a channel: its bill of movements, what we know of shares and what came back of them, the books."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from goodfor.payments import queries as payments
from goodfor.payments.queries import SplitRow
from goodfor.payments.types import BillView, channel_account
from goodfor.recon import states
from goodfor.recon.importers.books import books_of, books_of_day
from goodfor.recon.importers.channel import EMPTY, FUND, IMPORTED
from goodfor.recon.importers.days import day_of, span, zone_of
from goodfor.recon.sheet import Due
from goodfor.recon.sources import Missing
from goodfor.recon.types import BalanceWord, Brought, RowIn, Scope

SPLIT: Final = "split"
SHARE: Final = {"split": "share"}
RETURN: Final = {"split_return": "return"}


class SplitSources:
    """Rows of splits; an account is `provider:code`. A bill names only the channel's own number of each share."""

    def theirs(self, scope: Scope) -> Brought:
        """The splits among the movements of the account. Raises Missing."""
        bill = _bill(scope)
        if bill is None or bill.state not in (IMPORTED, EMPTY):
            raise Missing(f"{FUND}_{bill.state}" if bill else "no_bill")
        return Brought(_told(scope, bill), f"{bill.id}:{SPLIT}")

    def funds(self, scope: Scope) -> Brought | None:  # noqa: ARG002
        """The chain is looked at with the account's payments."""
        return None

    def balance(self, scope: Scope) -> BalanceWord | None:  # noqa: ARG002
        """So is the balance."""
        return None

    def ours(self, scope: Scope) -> Iterator[RowIn]:
        """Shares that were given and came back that day."""
        provider, code = _named(scope)
        since, until = span(scope.day, zone_of(provider))
        bill = _bill(scope)
        told = {row.alt_key for row in _told(scope, bill)} if bill else set()
        for row in payments.splits_of_day(scope.shop_id, provider, code, since, until):
            yield _row(row, told)

    def ours_by_key(self, scope: Scope, keys: Sequence[tuple[str, str]]) -> Iterator[RowIn]:
        """By the channel's numbers."""
        provider, code = _named(scope)
        refs = [ref for _, ref in keys if ref]
        for row in payments.splits_by_ref(scope.shop_id, provider, code, refs):
            yield _row(row, refs)

    def ours_by_posting(self, scope: Scope, refs: Sequence[str]) -> Iterator[RowIn]:
        """By the ledger's reference."""
        provider, code = _named(scope)
        for row in payments.splits_by_posting(scope.shop_id, provider, code, refs):
            yield _row(row, ())

    def books(self, scope: Scope) -> Iterable[RowIn]:
        """What splits took of frozen money, and what came back to the account."""
        provider, code = _named(scope)
        zone = zone_of(provider)
        yield from books_of_day(scope, _frozen(provider, code), zone, SHARE)
        yield from books_of_day(scope, channel_account(provider, code), zone, RETURN)

    def books_by_reference(self, scope: Scope, refs: Sequence[str]) -> Iterable[RowIn]:
        """By reference."""
        provider, code = _named(scope)
        accounts = [_frozen(provider, code), channel_account(provider, code)]
        return books_of(scope, accounts, refs, zone_of(provider), SHARE | RETURN)


def splits_due(shop_id: UUID, day: date) -> list[Due]:
    """Accounts that split and have a bill of movements of that day; those that have none are not waited for."""
    bills = {
        f"{one.provider}:{one.account_code}": one for one in payments.bills_of_day(shop_id, day) if one.kind == FUND
    }
    found = []
    for provider, code in payments.accounts_that_split(shop_id):
        bill = bills.get(f"{provider}:{code}")
        if bill is not None:
            missing = "" if bill.state in (IMPORTED, EMPTY) else f"bill_{bill.state}"
            waiting = bool(missing) and bill.next_try_at is not None
            found.append(Due(states.SPLIT, f"{provider}:{code}", missing, bill.came.currency, waiting))
    return found


def _named(scope: Scope) -> tuple[str, str]:
    provider, _, code = scope.account.partition(":")
    return provider, code


def _frozen(provider: str, code: str) -> str:
    return f"1012:channel:{provider}:{code}:frozen"


def _bill(scope: Scope) -> BillView | None:
    rows = payments.bills_of_day(scope.shop_id, scope.day)
    mine = (one for one in rows if one.kind == FUND and f"{one.provider}:{one.account_code}" == scope.account)
    return next(mine, None)


def _told(scope: Scope, bill: BillView) -> Iterator[RowIn]:
    for row in payments.bill_rows(scope.shop_id, bill.id):
        if row.kind == SPLIT:
            amount = row.amount.amount_minor
            yield RowIn(
                kind="share" if amount < 0 else "return", source=f"{SPLIT}:{bill.id}:{row.line}", day=scope.day,
                at=row.happened_at, amount_minor=amount, currency=row.amount.currency, alt_key=row.channel_ref,
            )  # fmt: skip


def _row(one: SplitRow, told: Collection[str]) -> RowIn:
    """By that of the channel's numbers which the bill names it by; by its own where that is not there."""
    row = one.row
    ref = next((ref for ref in one.refs if ref in told), row.channel_ref)
    return RowIn(
        kind=row.kind, source=f"{row.kind}:{row.id}", day=day_of(row.at, zone_of(row.provider)), at=row.at,
        amount_minor=row.amount_minor, currency=row.currency, key=row.number, alt_key=ref,
        group_key=str(row.source_id or ""), state=row.state,
        post_ref=row.posting_ref if row.state in states.COUNTS else "",
        account=f"{row.provider}:{row.account_code}",
    )  # fmt: skip
