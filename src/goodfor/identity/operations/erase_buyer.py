"""Erase a buyer: first those above forget the contacts, an hour later the account itself is emptied."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from goodfor.identity import states
from goodfor.identity.buyer_models import (
    Buyer,
    BuyerContact,
    BuyerDevice,
    BuyerLink,
    BuyerNotice,
    BuyerPasskey,
    BuyerSession,
    BuyerSignin,
    Ceremony,
    Door,
    OneTimeCode,
    SavedAccount,
)
from goodfor.identity.errors import WrongBuyerState
from goodfor.identity.events import BuyerErasing
from goodfor.identity.operations.knock import door_subject
from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.kernel.tenancy import platform_job

#: Between the event and the erasure: the rooms above ask identity which contacts to forget.
AHEAD = timedelta(hours=1)


def announce_erasure(*, shop_id: UUID, buyer_id: UUID, now: datetime) -> bool:
    """Within the last hour: it can no longer be taken back, and the rooms above are told. True when told now."""
    with transaction.atomic():
        rows = Buyer.objects.filter(
            shop_id=shop_id,
            pk=buyer_id,
            state=states.CLOSING,
            erase_at__lte=now + AHEAD,
            erasing_at__isnull=True,
        )
        if not rows.update(erasing_at=now):
            return False
        publish(shop_id=shop_id, event=BuyerErasing(buyer_id), now=now, cause=("buyer", buyer_id))
    return True


def erase_buyer(*, shop_id: UUID, buyer_id: UUID, now: datetime) -> None:
    """Delete everything that tells who the buyer was. Orders, money and consents stay, under an id that names nobody.

    Raises WrongBuyerState before its time.
    """
    with transaction.atomic():
        rows = Buyer.objects.filter(
            shop_id=shop_id,
            pk=buyer_id,
            state=states.CLOSING,
            erase_at__lte=now,
            erasing_at__lte=now - AHEAD / 2,
        )
        if not rows.update(
            state=states.ERASED,
            erased_at=now,
            name="",
            birthday=None,
            birthday_set_at=None,
            password="",
            password_changed_at=None,
        ):
            raise WrongBuyerState
        _forget(shop_id, buyer_id)
        record_history(
            shop_id=shop_id,
            machine=states.BUYER,
            subject_id=buyer_id,
            moves=[(states.CLOSING, states.ERASED)],
            actor="system",
            cause="deadline",
            now=now,
        )
        audit.record(
            shop_id=shop_id,
            actor="system",
            action="identity.buyer_erased",
            subject=("buyer", buyer_id),
            data={},
            now=now,
        )


def _forget(shop_id: UUID, buyer_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('goodfor.forgetting', 'on', true)")
    contacts = BuyerContact.objects.filter(shop_id=shop_id, buyer_id=buyer_id)
    indexes = [bytes(index) for index in contacts.values_list("value_index", flat=True)]
    OneTimeCode.objects.filter(shop_id=shop_id, value_index__in=indexes).delete()
    doors = [door_subject(account) for account in (*indexes, buyer_id.bytes)]
    Door.objects.filter(shop_id=shop_id, subject_hash__in=doors).delete()
    for model in (
        BuyerContact,
        BuyerDevice,
        BuyerLink,
        BuyerNotice,
        BuyerPasskey,
        BuyerSession,
        BuyerSignin,
        Ceremony,
        OneTimeCode,
        SavedAccount,
    ):
        model.objects.filter(shop_id=shop_id, buyer_id=buyer_id).delete()


def erase_due(*, now: datetime, limit: int = 100) -> int:
    """Announce and erase what is due, of all shops; how many accounts moved on. For the worker."""
    with platform_job("erase accounts whose time has come"):
        due = list(
            Buyer.objects.filter(state=states.CLOSING, erase_at__lte=now + AHEAD)
            .order_by("erase_at")
            .values_list("shop_id", "id", "erase_at", "erasing_at")[:limit]
        )
    moved = 0
    for shop_id, buyer_id, erase_at, erasing_at in due:
        if erasing_at is None:
            moved += announce_erasure(shop_id=shop_id, buyer_id=buyer_id, now=now)
        elif erase_at is not None and erase_at <= now and erasing_at <= now - AHEAD / 2:
            erase_buyer(shop_id=shop_id, buyer_id=buyer_id, now=now)
            moved += 1
    return moved
