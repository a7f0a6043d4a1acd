"""An account at a payment channel: its bills, our payments and refunds, the books."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from uuid import UUID

from goodfor.payments import queries as payments
from goodfor.payments.queries import MoneyRow
from goodfor.payments.types import BillView, channel_account
from goodfor.recon import states
from goodfor.recon.importers.books import books_of, books_of_day
from goodfor.recon.importers.days import day_of, span, zone_of
from goodfor.recon.sheet import Due
from goodfor.recon.sources import Missing
from goodfor.recon.store import units
from goodfor.recon.types import BalanceWord, Brought, RowIn, Scope, Totals

TRADE: Final = "trade"
FUND: Final = "fund"
IMPORTED: Final = "imported"
EMPTY: Final = "empty"
#: Words of bills for what did not happen after all.
UNDONE: Final = frozenset({"REVOKED", "CLOSED", "CHANGE", "ABNORMAL", "FAIL", "FAILED", "canceled", "failed"})
_CENT: Final = Decimal("0.01")
#: (shop, provider, account, when) -> what of a payment the channel keeps; None: nobody says.
FeeRates = Callable[[UUID, str, str, datetime], Decimal | None]


def no_rates(shop_id: UUID, provider: str, account_code: str, at: datetime) -> Decimal | None:  # noqa: ARG001
    """Fees are taken as the bill has them."""
    return None


@dataclass(frozen=True, slots=True)
class ChannelSources:
    """Rows of channel accounts; an account is `provider:code`."""

    rates_of: FeeRates = no_rates

    def theirs(self, scope: Scope) -> Brought:
        """The bill of trades; where a channel has one of movements alone, that one. Raises Missing."""
        bills = _bills(scope)
        bill = bills.get(TRADE) or bills.get(FUND)
        if bill is None or bill.state not in (IMPORTED, EMPTY):
            raise Missing(bill.state if bill else "no_bill")
        return _brought(scope, bill)

    def funds(self, scope: Scope) -> Brought | None:
        """The bill of movements, where the channel has one. Raises Missing."""
        bill = _bills(scope).get(FUND)
        if bill is None:
            return None
        if bill.state not in (IMPORTED, EMPTY):
            raise Missing(f"{FUND}_{bill.state}")
        return _brought(scope, bill)

    def balance(self, scope: Scope) -> BalanceWord | None:  # noqa: ARG002
        """The chain of the bill says it already."""
        return None

    def ours(self, scope: Scope) -> Iterator[RowIn]:
        """Payments that came and refunds that went that day."""
        provider, code = _named(scope)
        since, until = span(scope.day, zone_of(provider))
        for row in payments.money_of_day(scope.shop_id, provider, code, since, until):
            yield self._row(scope, row)

    def ours_by_key(self, scope: Scope, keys: Sequence[tuple[str, str]]) -> Iterator[RowIn]:
        """By our number at any account, by theirs at this one."""
        provider, code = _named(scope)
        numbers, refs = [key for key, _ in keys if key], [ref for _, ref in keys if ref]
        for row in payments.money_by_number(scope.shop_id, provider, code, numbers, refs):
            yield self._row(scope, row)

    def ours_by_posting(self, scope: Scope, refs: Sequence[str]) -> Iterator[RowIn]:
        """By the ledger's reference."""
        for row in payments.money_by_posting(scope.shop_id, refs):
            yield self._row(scope, row)

    def books(self, scope: Scope) -> Iterable[RowIn]:
        """What the books moved at the channel that day."""
        provider, code = _named(scope)
        return books_of_day(scope, channel_account(provider, code), zone_of(provider))

    def books_by_reference(self, scope: Scope, refs: Sequence[str]) -> Iterable[RowIn]:
        """By reference."""
        provider, code = _named(scope)
        return books_of(scope, [channel_account(provider, code)], refs, zone_of(provider))

    def _row(self, scope: Scope, row: MoneyRow) -> RowIn:
        fee = None
        if row.kind == "payment" and row.state in states.COUNTS:
            rate = self.rates_of(scope.shop_id, row.provider, row.account_code, row.at)
            if rate is not None:
                paid = Decimal(row.amount_minor) / units(row.currency)
                fee = -(paid * rate).quantize(_CENT, ROUND_HALF_UP)
        what = "fact" if row.state in states.COUNTS else row.kind
        return RowIn(
            kind=row.kind, source=f"{what}:{row.id}", day=day_of(row.at, zone_of(row.provider)), at=row.at,
            amount_minor=row.amount_minor, currency=row.currency, key=row.number, alt_key=row.channel_ref,
            group_key=str(row.source_id or ""), fee=fee, state=row.state, post_ref=row.posting_ref,
            account=f"{row.provider}:{row.account_code}",
        )  # fmt: skip


def channels_due(shop_id: UUID, day: date) -> list[Due]:
    """Accounts that have a bill of that day, and what of it is not there yet."""
    found: dict[str, tuple[str, str, bool]] = {}
    for bill in payments.bills_of_day(shop_id, day):
        account = f"{bill.provider}:{bill.account_code}"
        missing = "" if bill.state in (IMPORTED, EMPTY) else f"bill_{bill.state}"
        before = found.get(account, ("", "", False))
        coming = bool(missing) and bill.next_try_at is not None
        found[account] = (before[0] or missing, bill.came.currency, before[2] or coming)
    return [Due(states.CHANNEL, account, *rest) for account, rest in sorted(found.items())]


def _named(scope: Scope) -> tuple[str, str]:
    provider, _, code = scope.account.partition(":")
    return provider, code


def _bills(scope: Scope) -> dict[str, BillView]:
    return {
        bill.kind: bill
        for bill in payments.bills_of_day(scope.shop_id, scope.day)
        if f"{bill.provider}:{bill.account_code}" == scope.account
    }


def _brought(scope: Scope, bill: BillView) -> Brought:
    stated = Totals(bill.rows, bill.came.amount_minor, bill.went.amount_minor, bill.fee)
    return Brought(_bill_rows(scope, bill), f"{bill.id}", stated if bill.state == IMPORTED else None)


def _bill_rows(scope: Scope, bill: BillView) -> Iterator[RowIn]:
    for row in payments.bill_rows(scope.shop_id, bill.id):
        back = row.kind == "refund"
        yield RowIn(
            kind=row.kind, source=f"{bill.id}:{row.line}", day=scope.day, at=row.happened_at,
            amount_minor=row.amount.amount_minor, currency=row.amount.currency,
            key=row.refund_ref if back else row.our_ref,
            alt_key=row.channel_refund_ref if back else row.channel_ref, fee=row.fee,
            state=states.VOID if row.state in UNDONE else states.DONE,
            balance_minor=row.balance.amount_minor if row.balance else None,
        )  # fmt: skip
