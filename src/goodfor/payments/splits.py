"""What is read of splits: who gets standing shares, what is frozen, what was shared out. Part of `queries`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.db.models import Sum

from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.money import Money
from goodfor.payments import states
from goodfor.payments.errors import ReceiverNotFound
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account, Payment
from goodfor.payments.providers.base import ConfigProblem
from goodfor.payments.providers.registry import provider_for, splitter
from goodfor.payments.providers.splits import share_out_at
from goodfor.payments.split_models import Pot, Receiver, Split, SplitReturn, SplitShare
from goodfor.payments.types import PotView, ReceiverView, ReturnView, ShareView, SplittingAccount, SplitView

#: Any moment: a hold is a distance.
_THEN: Final = datetime(2026, 1, 1, tzinfo=UTC)


def splitting_accounts(shop_id: UUID) -> list[SplittingAccount]:
    """Current accounts that freeze what comes in for sharing, and those that do not but have receivers still."""
    current = Account.objects.filter(shop_id=shop_id, valid_to__isnull=True).order_by("provider", "code")
    mine = [row for row in current if splitter(row.provider) is not None]
    if not mine:
        return []
    receivers = _receivers(shop_id)
    found = [_account(row, [one for one in receivers if _of(one, row)]) for row in mine]
    return [one for one in found if one.freezes or one.receivers]


def receiver(shop_id: UUID, receiver_id: UUID) -> ReceiverView:
    """One that is there. Raises ReceiverNotFound, for one that is gone too."""
    row = Receiver.objects.filter(shop_id=shop_id, id=receiver_id).exclude(state=states.GONE).first()
    if row is None:
        raise ReceiverNotFound
    return _receiver(row)


def frozen_now(shop_id: UUID) -> list[Money]:
    """What channels keep frozen of a shop's payments now, one sum for each currency that is there."""
    # Not `state = 'frozen'`: so the small index of what is not released yet serves.
    rows = Pot.objects.filter(shop_id=shop_id).exclude(state=states.RELEASED)
    sums = rows.values("currency").annotate(total=Sum("frozen_minor")).order_by("currency")
    return [Money(int(row["total"]), row["currency"]) for row in sums]


def pots(shop_id: UUID, *, state: str | None = None, offset: int = 0, limit: int = 50) -> list[PotView]:
    """What is, or was, frozen, the newest first; five statements, however many. `state`: frozen or released."""
    rows = Pot.objects.filter(shop_id=shop_id).order_by("-created_at", "-payment_id")
    if state == states.FROZEN:
        rows = rows.exclude(state=states.RELEASED)
    elif state:
        rows = rows.filter(state=state)
    page = list(rows[offset : offset + limit])
    if not page:
        return []
    ids = [row.payment_id for row in page]
    numbers = dict(Payment.objects.filter(shop_id=shop_id, id__in=ids).values_list("id", "number"))
    live = Split.objects.filter(shop_id=shop_id, payment_id__in=ids).exclude(state=states.FAILED)
    splits = _splits(shop_id, list(live), {row.payment_id: row.currency for row in page}, with_returns=False)
    return [_pot(row, numbers.get(row.payment_id, ""), splits.get(row.payment_id, ())) for row in page]


def pot_of(shop_id: UUID, payment_id: UUID) -> PotView | None:
    """One payment's, with all its shares and what was asked back of them; None where nothing ever was frozen."""
    row = Pot.objects.filter(shop_id=shop_id, payment_id=payment_id).first()
    if row is None:
        return None
    number = Payment.objects.values_list("number", flat=True).get(shop_id=shop_id, id=payment_id)
    # Refused ones are found by their shares, which have an index of payments; without shares `tries` counts them.
    with_shares = SplitShare.objects.filter(shop_id=shop_id, payment_id=payment_id).values_list("split_id", flat=True)
    rows = [
        *Split.objects.filter(shop_id=shop_id, payment_id=payment_id).exclude(state=states.FAILED),
        *Split.objects.filter(shop_id=shop_id, id__in=set(with_shares), state=states.FAILED).order_by("-id"),
    ]
    splits = _splits(shop_id, rows, {payment_id: row.currency}, with_returns=True)
    return _pot(row, number, splits.get(payment_id, ()))


# -- from rows to views -----------------------------------------------------------------------------


def _receivers(shop_id: UUID) -> list[ReceiverView]:
    """Of all accounts in one statement, oldest first."""
    rows = Receiver.objects.filter(shop_id=shop_id).exclude(state=states.GONE)
    return [_receiver(row) for row in rows.order_by("id")]


def _of(one: ReceiverView, row: Account) -> bool:
    return (one.provider, one.account_code) == (row.provider, row.code)


def _account(row: Account, receivers: Sequence[ReceiverView]) -> SplittingAccount:
    adapter, sharing = provider_for(row.provider), splitter(row.provider)
    freezes, readable, percent, hold = False, True, None, None
    try:
        account = opened(row)
        if adapter is not None and sharing is not None:
            freezes = bool(adapter.capabilities(account).freezes)
            limits = sharing.split_limits(account)
            percent, hold = limits.percent_of_payment, share_out_at(account, limits, _THEN) - _THEN
    except (DecryptFailed, ConfigProblem):
        readable = False
    return SplittingAccount(
        row.id, row.provider, row.code, row.name, freezes, readable, percent, hold, tuple(receivers)
    )  # fmt: skip


def _receiver(row: Receiver) -> ReceiverView:
    return ReceiverView(
        id=row.id, shop_id=row.shop_id, provider=row.provider, account_code=row.account_code, kind=row.kind,
        ref=row.ref, label=row.label, relation=row.relation, basis_points=row.basis_points, state=row.state,
        failure=row.failure, attempts=row.attempts,
    )  # fmt: skip


def _pot(row: Pot, number: str, splits: Sequence[SplitView]) -> PotView:
    return PotView(
        payment_id=row.payment_id, number=number, provider=row.provider, account_code=row.account_code,
        frozen=Money(row.frozen_minor, row.currency), shared=Money(row.shared_minor, row.currency), state=row.state,
        tries=row.tries, due_at=row.due_at, release_by=row.release_by, created_at=row.created_at,
        released_at=row.released_at,
        split=next((one for one in splits if one.state != states.FAILED), None),
        refused=tuple(one for one in splits if one.state == states.FAILED),
    )  # fmt: skip


def _splits(
    shop_id: UUID, rows: Sequence[Split], currencies: Mapping[UUID, str], *, with_returns: bool
) -> dict[UUID, list[SplitView]]:
    """Views of splits by their payment, each with its shares; `currencies` of the payments."""
    ids = [row.id for row in rows]
    shares = list(SplitShare.objects.filter(shop_id=shop_id, split_id__in=ids).order_by("id"))
    labels = _labels(shop_id, {share.receiver_id for share in shares})
    returns = _returns(shop_id, [share.id for share in shares]) if with_returns else {}
    found: dict[UUID, list[SplitView]] = {}
    for row in rows:
        own = [share for share in shares if share.split_id == row.id]
        views = tuple(_share(share, labels.get(share.receiver_id, ""), returns.get(share.id, ())) for share in own)
        found.setdefault(row.payment_id, []).append(_split(row, views, currencies[row.payment_id]))
    return found


def _labels(shop_id: UUID, ids: Collection[UUID]) -> dict[UUID, str]:
    return dict(Receiver.objects.filter(shop_id=shop_id, id__in=ids).values_list("id", "label"))


def _returns(shop_id: UUID, share_ids: Collection[UUID]) -> dict[UUID, list[ReturnView]]:
    found: dict[UUID, list[ReturnView]] = {}
    for row in SplitReturn.objects.filter(shop_id=shop_id, share_id__in=share_ids).order_by("id"):
        view = ReturnView(
            row.id, row.number, Money(row.amount_minor, row.currency), row.state, row.failure, row.created_at,
            row.finished_at,
        )  # fmt: skip
        found.setdefault(row.share_id, []).append(view)
    return found


def _split(row: Split, shares: tuple[ShareView, ...], currency: str) -> SplitView:
    return SplitView(
        id=row.id, number=row.number, base=Money(row.base_minor, currency), state=row.state, failure=row.failure,
        attempts=row.attempts, created_at=row.created_at, finished_at=row.finished_at, shares=shares,
    )  # fmt: skip


def _share(row: SplitShare, label: str, returns: Iterable[ReturnView]) -> ShareView:
    # What was asked back by itself counts each refund once; what of it is neither back nor on its way was refused.
    missing = max(row.asked_minor - row.returned_minor, 0) if row.state == states.SUCCEEDED else 0
    return ShareView(
        id=row.id, receiver_id=row.receiver_id, label=label, amount=Money(row.amount_minor, row.currency),
        returned=Money(row.returned_minor, row.currency), missing=Money(missing, row.currency), state=row.state,
        code=row.code, returns=tuple(returns),
    )  # fmt: skip
