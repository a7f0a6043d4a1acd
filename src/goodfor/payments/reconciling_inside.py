"""What is read to compare splits with their channel, and payments from balances with the books. Part of `queries`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from goodfor.kernel.ids import uuid7_floor
from goodfor.payments import states
from goodfor.payments.models import Payment, Refund
from goodfor.payments.reconciling import HEARD_WITHIN, MoneyRow
from goodfor.payments.split_models import Pot, Receiver, SplitReturn, SplitShare

WALLET: Final = "2207:wallet:"
#: The provider and account of what is paid from balances of the shop itself.
BALANCE: Final = "balance"
_WORDS: Final = {states.SUCCEEDED: "done", states.FAILED: "void"}


@dataclass(frozen=True, slots=True)
class SplitRow:
    """A share, or what came back of one, and the channel's numbers by which a bill may name it, the closest first.

    Channels differ: by the share's own number, by that of the whole split, or by that of the payment.
    """

    row: MoneyRow
    refs: tuple[str, ...]


def accounts_that_split(shop_id: UUID) -> list[tuple[str, str]]:
    """(provider, account) of accounts that have or had receivers."""
    rows = Receiver.objects.filter(shop_id=shop_id).order_by("provider", "account_code")
    return list(rows.values_list("provider", "account_code").distinct())


def splits_of_day(
    shop_id: UUID, provider: str, account_code: str, since: datetime, until: datetime
) -> list[SplitRow]:  # fmt: skip
    """Shares that receivers got and gave back at an account, by the time that we heard: kinds share and return."""
    of_day = {"finished_at__gte": since, "finished_at__lt": until}
    shares = _shares(shop_id, provider, account_code).filter(
        state=states.SUCCEEDED, **{f"split__{name}": value for name, value in of_day.items()}
    )
    backs = _returns(shop_id, provider, account_code).filter(state=states.SUCCEEDED, **of_day)
    return _rows(shop_id, provider, account_code, list(shares), list(backs))


def splits_by_ref(shop_id: UUID, provider: str, account_code: str, refs: Sequence[str]) -> list[SplitRow]:
    """What we know of these numbers of the channel at an account, however it stands."""
    known = [ref for ref in refs if ref]
    paid = Payment.objects.filter(
        shop_id=shop_id, provider=provider, account_code=account_code, channel_ref__in=known
    ).values("id")
    wanted = Q(channel_ref__in=known) | Q(payment_id__in=paid)
    shares = _shares(shop_id, provider, account_code).filter(wanted | Q(split__channel_ref__in=known))
    backs = _returns(shop_id, provider, account_code).filter(wanted)
    return _rows(shop_id, provider, account_code, list(shares), list(backs))


def splits_by_posting(shop_id: UUID, provider: str, account_code: str, refs: Sequence[str]) -> list[SplitRow]:
    """What the ledger has under these references of an account: `split:`, `splitback:`."""
    shares = _shares(shop_id, provider, account_code).filter(id__in=_ids(refs, "split"))
    backs = _returns(shop_id, provider, account_code).filter(id__in=_ids(refs, "splitback"))
    return _rows(shop_id, provider, account_code, list(shares), list(backs))


def balance_money_of_day(shop_id: UUID, currency: str, since: datetime, until: datetime) -> Iterator[MoneyRow]:
    """What was paid from balances and given back to them. The number is the reference that the books have it under."""
    paid = Payment.objects.filter(
        shop_id=shop_id, id__gte=uuid7_floor(since - HEARD_WITHIN), id__lt=uuid7_floor(until), currency=currency,
        wallet_account__startswith=WALLET, succeeded_at__gte=since, succeeded_at__lt=until,
    )  # fmt: skip
    back = _to_balance(shop_id).filter(
        id__gte=uuid7_floor(since - HEARD_WITHIN), id__lt=uuid7_floor(until), currency=currency,
        state=states.SUCCEEDED, finished_at__gte=since, finished_at__lt=until,
    )  # fmt: skip
    yield from (_paid_row(row) for row in paid.iterator())
    yield from (_back_row(row) for row in back.iterator())


def balance_money_by_posting(shop_id: UUID, refs: Sequence[str]) -> list[MoneyRow]:
    """The same of these references, whenever it was and however it stands: `pay:`, `refundok:`."""
    paid = Payment.objects.filter(shop_id=shop_id, id__in=_ids(refs, "pay"), wallet_account__startswith=WALLET)
    back = _to_balance(shop_id).filter(id__in=_ids(refs, "refundok"))
    return [_paid_row(row) for row in paid] + [_back_row(row) for row in back]


def shops_with_balances(since: datetime) -> list[UUID]:
    """Shops in which something was paid from a balance since; a platform job's question."""
    rows = Payment.objects.filter(id__gte=uuid7_floor(since), wallet_account__startswith=WALLET)
    return list(rows.order_by("shop_id").values_list("shop_id", flat=True).distinct())


def balances_moved(shop_id: UUID, since: datetime, until: datetime) -> list[str]:
    """Currencies in which something was paid from balances then."""
    rows = Payment.objects.filter(
        shop_id=shop_id, id__gte=uuid7_floor(since - HEARD_WITHIN), id__lt=uuid7_floor(until),
        wallet_account__startswith=WALLET, succeeded_at__gte=since, succeeded_at__lt=until,
    )  # fmt: skip
    return sorted(rows.order_by("currency").values_list("currency", flat=True).distinct())


def _shares(shop_id: UUID, provider: str, account_code: str) -> "QuerySet[SplitShare]":
    rows = SplitShare.objects.filter(_at(shop_id, provider, account_code), shop_id=shop_id, split__shop_id=shop_id)
    return rows.select_related("split").order_by("id")


def _returns(shop_id: UUID, provider: str, account_code: str) -> "QuerySet[SplitReturn]":
    return SplitReturn.objects.filter(_at(shop_id, provider, account_code), shop_id=shop_id).order_by("id")


def _at(shop_id: UUID, provider: str, account_code: str) -> Exists:
    pots = Pot.objects.filter(
        shop_id=shop_id, payment_id=OuterRef("payment_id"), provider=provider, account_code=account_code
    )
    return Exists(pots)


def _to_balance(shop_id: UUID) -> "QuerySet[Refund]":
    by_the_way_it_came = Q(paid_from="", payment__wallet_account__startswith=WALLET)
    rows = Refund.objects.filter(by_the_way_it_came | Q(paid_from__startswith=WALLET), shop_id=shop_id)
    return rows.filter(payment__shop_id=shop_id).select_related("payment").order_by("id")


def _ids(refs: Sequence[str], kind: str) -> list[UUID]:
    found = []
    for ref in refs:
        beginning, _, rest = ref.partition(":")
        if beginning == kind:
            try:
                found.append(UUID(rest))
            except ValueError:
                continue
    return found


def _rows(
    shop_id: UUID, provider: str, account_code: str, shares: Sequence[SplitShare], backs: Sequence[SplitReturn]
) -> list[SplitRow]:
    ids = {share.payment_id for share in shares} | {back.payment_id for back in backs}
    paid = dict(Payment.objects.filter(shop_id=shop_id, id__in=ids).values_list("id", "channel_ref"))
    told: list[tuple[MoneyRow, tuple[str, ...]]] = []
    for share in shares:
        refs = (share.channel_ref, share.split.channel_ref, paid.get(share.payment_id, ""))
        told.append((_share_row(share, provider, account_code), refs))
    for back in backs:
        told.append((_return_row(back, provider, account_code), (back.channel_ref, paid.get(back.payment_id, ""))))
    return [SplitRow(row, tuple(ref for ref in refs if ref)) for row, refs in told]


def _share_row(row: SplitShare, provider: str, account_code: str) -> MoneyRow:
    at = row.split.finished_at or row.split.created_at
    return MoneyRow(
        row.id, "share", row.split.number, row.channel_ref, -row.amount_minor, row.currency, at,
        _WORDS.get(row.state, "open"), f"split:{row.id}", row.payment_id, provider, account_code,
    )  # fmt: skip


def _return_row(row: SplitReturn, provider: str, account_code: str) -> MoneyRow:
    return MoneyRow(
        row.id, "return", row.number, row.channel_ref, row.amount_minor, row.currency,
        row.finished_at or row.created_at, _WORDS.get(row.state, "open"), f"splitback:{row.id}", row.payment_id,
        provider, account_code,
    )  # fmt: skip


def _paid_row(row: Payment) -> MoneyRow:
    reference = f"pay:{row.id}"
    return MoneyRow(
        row.id, "payment", reference, "", row.amount_minor, row.currency, row.succeeded_at or row.created_at,
        "done" if row.state == states.SUCCEEDED else "void", reference, row.source_id, BALANCE, BALANCE,
    )  # fmt: skip


def _back_row(row: Refund) -> MoneyRow:
    reference = f"refundok:{row.id}"
    return MoneyRow(
        row.id, "refund", reference, "", -row.amount_minor, row.currency, row.finished_at or row.created_at,
        _WORDS.get(row.state, "open"), reference, row.payment.source_id, BALANCE, BALANCE,
    )  # fmt: skip
