"""What is read of splits. Part of `queries`."""

from collections.abc import Iterable
from uuid import UUID

from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.money import Money
from goodfor.payments import states
from goodfor.payments.desk_types import PotView, ReceiverView, ShareView, SplittingAccount
from goodfor.payments.mapping import account_view, opened
from goodfor.payments.models import Account, Payment
from goodfor.payments.providers.registry import provider_for, splitter
from goodfor.payments.providers.splits import hold_hours
from goodfor.payments.split_models import Pot, Receiver, Split, SplitReturn, SplitShare


def splitting_accounts(shop_id: UUID) -> list[SplittingAccount]:
    """The accounts whose payments are frozen for splits, with their receivers."""
    found = []
    for row in Account.objects.filter(shop_id=shop_id, valid_to__isnull=True).order_by("code"):
        adapter, splits = provider_for(row.provider), splitter(row.provider)
        if adapter is None or splits is None:
            continue
        try:
            account = opened(row)
        except DecryptFailed:
            continue
        if not adapter.capabilities(account).freezes:
            continue
        percent = splits.split_limits(account).percent_of_payment
        receivers = Receiver.objects.filter(shop_id=shop_id, provider=row.provider, account_code=row.code)
        found.append(
            SplittingAccount(
                account=account_view(row),
                percent=100 if percent is None else percent,
                hold_hours=hold_hours(account),
                receivers=tuple(_receiver(one) for one in receivers.exclude(state=states.GONE).order_by("id")),
            )
        )
    return found


def pots(shop_id: UUID, *, state: str = "", offset: int = 0, limit: int = 50) -> list[PotView]:
    """What is or was frozen, newest first."""
    rows = Pot.objects.filter(shop_id=shop_id).order_by("-created_at")
    if state:
        rows = rows.filter(state=state)
    return _pots(shop_id, rows[offset : offset + limit])


def pot_of(shop_id: UUID, payment_id: UUID) -> PotView | None:
    """What is or was frozen of a payment; None where nothing ever was."""
    found = _pots(shop_id, Pot.objects.filter(shop_id=shop_id, payment_id=payment_id))
    return found[0] if found else None


def _pots(shop_id: UUID, rows: Iterable[Pot]) -> list[PotView]:
    found = list(rows)
    ids = [row.payment_id for row in found]
    numbers = dict(Payment.objects.filter(shop_id=shop_id, id__in=ids).values_list("id", "number"))
    last = {row.payment_id: row for row in Split.objects.filter(shop_id=shop_id, payment_id__in=ids).order_by("id")}
    shares: dict[UUID, list[ShareView]] = {}
    for payment_id, view in _shares(shop_id, [row.id for row in last.values()]):
        shares.setdefault(payment_id, []).append(view)
    return [
        PotView(
            payment_id=row.payment_id,
            payment_number=numbers.get(row.payment_id, ""),
            account_code=row.account_code,
            frozen=Money(row.frozen_minor, row.currency),
            shared=Money(row.shared_minor, row.currency),
            state=row.state,
            due_at=row.due_at,
            release_by=row.release_by,
            released_at=row.released_at,
            split_state=last[row.payment_id].state if row.payment_id in last else "",
            failure=last[row.payment_id].failure if row.payment_id in last else "",
            shares=tuple(shares.get(row.payment_id, ())),
        )
        for row in found
    ]


def _shares(shop_id: UUID, split_ids: list[UUID]) -> list[tuple[UUID, ShareView]]:
    rows = list(SplitShare.objects.filter(shop_id=shop_id, split_id__in=split_ids).order_by("id"))
    labels = dict(
        Receiver.objects.filter(shop_id=shop_id, id__in={row.receiver_id for row in rows}).values_list("id", "label")
    )
    refused = set(
        SplitReturn.objects.filter(
            shop_id=shop_id, share_id__in=[row.id for row in rows], state=states.FAILED
        ).values_list("share_id", flat=True)
    )
    return [
        (
            row.payment_id,
            ShareView(
                id=row.id,
                label=labels.get(row.receiver_id, ""),
                amount=Money(row.amount_minor, row.currency),
                returned=Money(row.returned_minor, row.currency),
                state=row.state,
                code=row.code,
                owed=row.id in refused and row.asked_minor > row.returned_minor,
            ),
        )
        for row in rows
    ]


def _receiver(row: Receiver) -> ReceiverView:
    return ReceiverView(
        id=row.id,
        kind=row.kind,
        ref=row.ref,
        label=row.label,
        relation=row.relation,
        basis_points=row.basis_points,
        state=row.state,
        failure=row.failure,
    )
