"""Who gets a standing share of an account's payments: added, changed, taken away. The channel is told by the loop."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7
from goodfor.payments import states
from goodfor.payments.errors import AccountNotFound, ReceiverInvalid, ReceiverNotFound, SharesTooLarge
from goodfor.payments.locks import lock_receivers
from goodfor.payments.mapping import opened, receiver_aad
from goodfor.payments.models import Account
from goodfor.payments.providers.registry import splitter
from goodfor.payments.providers.splits import SplitLimits
from goodfor.payments.split_models import WHOLE, Receiver

KINDS = ("merchant", "person")


def add_receiver(
    *,
    shop_id: UUID,
    account_id: UUID,
    kind: str,
    ref: str,
    name: str,
    label: str,
    basis_points: int,
    actor: str,
    now: datetime,
    relation: str = "PARTNER",
) -> UUID:
    """Add a receiver to the account that is current; the loop makes it known to the channel.

    `name` is the full legal name, sealed at once. Raises AccountNotFound (or its channel does not split),
    ReceiverInvalid, SharesTooLarge.
    """
    if kind not in KINDS:
        raise ReceiverInvalid(field="kind")
    if not 0 < len(ref) <= 64 or not ref.isascii() or not ref.isprintable() or " " in ref:
        raise ReceiverInvalid(field="ref")
    if not 0 < len(label.strip()) <= 60:
        raise ReceiverInvalid(field="label")
    if len(name) > 100 or (kind == "merchant" and not name.strip()):
        raise ReceiverInvalid(field="name")
    with transaction.atomic(savepoint=False):
        account, limits = _account(shop_id, account_id)
        others = lock_receivers(shop_id, account.provider, account.code)
        if any(one.ref == ref and one.state != states.GONE for one in others):
            raise ReceiverInvalid(field="ref", reason="known")
        _check_shares(limits, others, basis_points)
        row = _insert(account, kind, ref, name.strip(), label.strip(), basis_points, relation, now)
        audit.record(
            shop_id=shop_id, actor=actor, action="payments.receiver_added", subject=("payments.receiver", row.id),
            data={"account": account.code, "label": row.label, "ref": ref, "basis_points": basis_points}, now=now,
        )  # fmt: skip
    return row.id


def set_share(*, shop_id: UUID, receiver_id: UUID, basis_points: int, actor: str, now: datetime) -> None:
    """Change a standing share, of payments that are not shared out yet. Raises ReceiverNotFound, SharesTooLarge."""
    with transaction.atomic(savepoint=False):
        row, others, limits = _known(shop_id, receiver_id)
        if limits is None:
            raise AccountNotFound
        if basis_points > row.basis_points:
            # Less is always possible, even where the channel's limit came down meanwhile.
            _check_shares(limits, [one for one in others if one.id != row.id], basis_points)
        elif basis_points < 0:
            raise ReceiverInvalid(field="basis_points")
        Receiver.objects.filter(shop_id=shop_id, id=row.id).update(basis_points=basis_points)
        audit.record(
            shop_id=shop_id, actor=actor, action="payments.receiver_changed", subject=("payments.receiver", row.id),
            data={"before": row.basis_points, "after": basis_points, "label": row.label}, now=now,
        )  # fmt: skip


def remove_receiver(*, shop_id: UUID, receiver_id: UUID, actor: str, now: datetime) -> None:
    """No share from now on; the channel is told by the loop. Raises ReceiverNotFound."""
    with transaction.atomic(savepoint=False):
        row, _others, _limits = _known(shop_id, receiver_id)
        # What the channel never took needs no farewell.
        after = states.GONE if row.state == states.REFUSED else states.LEAVING
        Receiver.objects.filter(shop_id=shop_id, id=row.id).update(
            state=after, basis_points=0, failure="", attempts=0, next_try_at=now if after == states.LEAVING else None
        )
        audit.record(
            shop_id=shop_id, actor=actor, action="payments.receiver_removed", subject=("payments.receiver", row.id),
            data={"label": row.label, "ref": row.ref}, now=now,
        )  # fmt: skip


def ask_again(*, shop_id: UUID, receiver_id: UUID, now: datetime) -> None:
    """Offer a refused receiver to the channel once more. Raises ReceiverNotFound."""
    with transaction.atomic(savepoint=False):
        row, _others, _limits = _known(shop_id, receiver_id)
        if row.state == states.REFUSED:
            Receiver.objects.filter(shop_id=shop_id, id=row.id).update(
                state=states.ASKED, failure="", attempts=0, next_try_at=now
            )


def _insert(
    account: Account, kind: str, ref: str, name: str, label: str, basis_points: int, relation: str, now: datetime
) -> Receiver:
    receiver_id = uuid7()
    sealed = keyring().seal(name.encode(), receiver_aad(account.shop_id, receiver_id)) if name else None
    return Receiver.objects.create(
        id=receiver_id,
        shop_id=account.shop_id,
        provider=account.provider,
        account_code=account.code,
        kind=kind,
        ref=ref,
        label=label,
        relation=relation[:32],
        basis_points=basis_points,
        secret_key_id=sealed.key_id if sealed else None,
        secret_blob=sealed.blob if sealed else None,
        next_try_at=now,
        created_at=now,
    )


def _account(shop_id: UUID, account_id: UUID) -> tuple[Account, SplitLimits]:
    account = Account.objects.filter(shop_id=shop_id, id=account_id, valid_to__isnull=True).first()
    adapter = splitter(account.provider) if account else None
    if account is None or adapter is None:
        raise AccountNotFound
    return account, adapter.split_limits(opened(account))


def _known(shop_id: UUID, receiver_id: UUID) -> tuple[Receiver, list[Receiver], SplitLimits | None]:
    """The receiver, all of its account, and what the account allows: None where it has ended."""
    found = Receiver.objects.filter(shop_id=shop_id, id=receiver_id).first()
    if found is None:
        raise ReceiverNotFound
    others = lock_receivers(shop_id, found.provider, found.account_code)
    row = next((one for one in others if one.id == receiver_id), None)
    if row is None or row.state in (states.GONE, states.LEAVING):
        raise ReceiverNotFound
    account = Account.objects.filter(shop_id=shop_id, code=row.account_code, valid_to__isnull=True).first()
    same = account is not None and account.provider == row.provider
    return row, others, _account(shop_id, account.id)[1] if account and same else None


def _check_shares(limits: SplitLimits, others: list[Receiver], basis_points: int) -> None:
    percent = 100 if limits.percent_of_payment is None else limits.percent_of_payment
    staying = (one for one in others if one.state not in (states.GONE, states.LEAVING))
    sharing = [one.basis_points for one in staying if one.basis_points]
    if not 0 <= basis_points <= WHOLE:
        raise ReceiverInvalid(field="basis_points")
    if basis_points and sum(sharing) + basis_points > percent * WHOLE // 100:
        raise SharesTooLarge(percent=percent)
    if basis_points and len(sharing) + 1 > limits.receivers_per_call:
        raise ReceiverInvalid(field="ref", reason="too_many")
