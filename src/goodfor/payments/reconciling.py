"""What is read to compare our word with a channel's: money that moved, by day and by number. Part of `queries`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from goodfor.kernel.ids import uuid7_floor
from goodfor.kernel.sql import Row, Statement
from goodfor.payments import states
from goodfor.payments.models import Account, Payment, Refund

_OF_DAY: Final = Statement("goodfor.payments", "sql/money_of_day.sql")
_OF: Final = Statement("goodfor.payments", "sql/money_of.sql", planned_each_time=True)
PAGE: Final = 10_000
#: News of a day is written down until so long after it; what came later is found by its number.
HEARD_WITHIN: Final = timedelta(days=4)
_SLACK: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One movement as we know it: what came is positive, what went back negative. `state`: done, extra, open or void.

    `number` is our number of the payment or refund; `channel_ref` theirs. `extra`: a payment too many that nobody has
    begun to give back. `posting_ref`: under which reference the ledger has it. `source_id`: whose money, the order's.
    """

    id: UUID
    kind: str
    number: str
    channel_ref: str
    amount_minor: int
    currency: str
    at: datetime
    state: str
    posting_ref: str
    source_id: UUID | None
    provider: str
    account_code: str


def money_of_day(
    shop_id: UUID, provider: str, account_code: str, since: datetime, until: datetime
) -> Iterator[MoneyRow]:  # fmt: skip
    """All that moved at a channel account from `since` until before `until`, a page at a time."""
    params: dict[str, Any] = {
        "shop_id": shop_id, "accounts": _versions(shop_id, provider, account_code), "since": since, "until": until,
        "after": uuid7_floor(since - _SLACK), "before": uuid7_floor(until + HEARD_WITHIN), "limit": PAGE,
    }  # fmt: skip
    while True:
        page = _OF_DAY.rows(params)
        yield from (_row(row, provider, account_code) for row in page)
        if len(page) < PAGE:
            return
        params["after"] = page[-1][0]


def money_by_number(
    shop_id: UUID, provider: str, account_code: str, numbers: Sequence[str], channel_refs: Sequence[str]
) -> list[MoneyRow]:  # fmt: skip
    """What we know of these numbers of ours, at any account, and of these numbers of that account's channel.

    A payment that nothing came for, and a refund that is not over, are told as they stand: `open` or `void`.
    """
    known = list(Payment.objects.filter(shop_id=shop_id, number__in=numbers, wallet_account=""))
    refunds = list(Refund.objects.select_related("payment").filter(shop_id=shop_id, number__in=numbers, paid_from=""))
    rows = _OF.rows(
        {
            "shop_id": shop_id, "facts": [], "payments": [row.id for row in known],
            "refunds": [row.id for row in refunds], "accounts": _versions(shop_id, provider, account_code),
            "refs": [ref for ref in channel_refs if ref],
        }
    )  # fmt: skip
    told = [_row(row, provider, account_code) for row in rows]
    moved = {row.number for row in told}
    waiting = [_unpaid(row) for row in known if row.number not in moved]
    return told + waiting + [_unfinished(row) for row in refunds if row.number not in moved]


def money_by_posting(shop_id: UUID, refs: Sequence[str]) -> list[MoneyRow]:
    """What the ledger has under these references: `pay:`, `payfact:`, `refundok:`."""
    found: dict[str, list[UUID]] = {"pay": [], "payfact": [], "refundok": []}
    for ref in refs:
        kind, _, rest = ref.partition(":")
        if kind in found:
            try:
                found[kind].append(UUID(rest.partition(":")[0]))
            except ValueError:
                continue
    rows = _OF.rows(
        {
            "shop_id": shop_id, "facts": found["payfact"], "payments": found["pay"], "refunds": found["refundok"],
            "accounts": [], "refs": [],
        }
    )  # fmt: skip
    wanted = frozenset(refs)
    return [row for row in (_row(one, "", "") for one in rows) if row.posting_ref in wanted]


def _versions(shop_id: UUID, provider: str, account_code: str) -> list[UUID]:
    rows = Account.objects.filter(shop_id=shop_id, provider=provider, code=account_code)
    return list(rows.values_list("id", flat=True))


def _row(row: Row, provider: str, account_code: str) -> MoneyRow:
    id_, kind, number, ref, amount, currency, at, posting_ref, extra, source, made_at, code, refund_ref = row
    back = kind == "refunded"
    return MoneyRow(
        id_, "refund" if back else "payment", number, (refund_ref or "") if back else ref, -amount if back else amount,
        currency, at, "extra" if extra else "done", posting_ref, source, made_at or provider, code or account_code,
    )  # fmt: skip


def _unpaid(row: Payment) -> MoneyRow:
    state = "open" if row.state in states.PAYABLE else "void"
    return MoneyRow(
        row.id, "payment", row.number, row.channel_ref, row.amount_minor, row.currency, row.created_at, state, "",
        row.source_id, row.provider, row.account_code,
    )  # fmt: skip


def _unfinished(row: Refund) -> MoneyRow:
    state = "open" if row.state in states.UNFINISHED_REFUND else "void"
    return MoneyRow(
        row.id, "refund", row.number, row.channel_ref, -row.amount_minor, row.currency, row.created_at, state, "",
        row.payment.source_id, row.payment.provider, row.payment.account_code,
    )  # fmt: skip
