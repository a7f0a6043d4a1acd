"""Every row lock of payments: taken once, sorted, with a lock timeout. They come after the locks of order and stock."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import connection

from goodfor.kernel.locks import LOCK_TIMEOUT_MS
from goodfor.payments.bill_models import BillFile
from goodfor.payments.dispute_models import Dispute
from goodfor.payments.errors import MandateNotFound, PaymentNotFound, RefundNotFound
from goodfor.payments.mandate_models import Mandate
from goodfor.payments.models import Account, Payment, Refund
from goodfor.payments.split_models import Pot, Receiver, Split, SplitReturn

_Errand = TypeVar("_Errand", Split, SplitReturn)


def _limit_waiting() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])


def lock_attempts(shop_id: UUID, source_type: str, source_id: UUID) -> list[Payment]:
    """Lock all attempts to pay one source, oldest first."""
    _limit_waiting()
    rows = Payment.objects.select_for_update().filter(shop_id=shop_id, source_type=source_type, source_id=source_id)
    return list(rows.order_by("id"))


def lock_payment(shop_id: UUID, payment_id: UUID) -> Payment:
    """Lock one payment. Raises PaymentNotFound."""
    _limit_waiting()
    row = Payment.objects.select_for_update().filter(shop_id=shop_id, id=payment_id).first()
    if row is None:
        raise PaymentNotFound
    return row


def lock_refund(shop_id: UUID, refund_id: UUID) -> Refund:
    """Lock one refund. Raises RefundNotFound."""
    _limit_waiting()
    row = Refund.objects.select_for_update().filter(shop_id=shop_id, id=refund_id).first()
    if row is None:
        raise RefundNotFound
    return row


def lock_account(shop_id: UUID, account_id: UUID) -> Account | None:
    """Lock one version of a channel account, so that two changes follow one another; None for no such account."""
    _limit_waiting()
    return Account.objects.select_for_update().filter(shop_id=shop_id, id=account_id).first()


def lock_dispute(shop_id: UUID, account_id: UUID, channel_ref: str) -> Dispute:
    """Lock a dispute that is there, after its payment."""
    _limit_waiting()
    rows = Dispute.objects.select_for_update()
    return rows.get(shop_id=shop_id, account_id=account_id, channel_ref=channel_ref)


def lock_bill(shop_id: UUID, bill_id: UUID) -> BillFile:
    """Lock a bill for as long as its rows are read in."""
    return BillFile.objects.select_for_update().get(shop_id=shop_id, id=bill_id)


def take_due_bills(now: datetime, limit: int) -> list[BillFile]:
    """Bills of all shops whose time has come, those that nobody else is at."""
    due = BillFile.objects.filter(next_try_at__lte=now).order_by("next_try_at")
    return list(due.select_for_update(skip_locked=True)[:limit])


def lock_pot(shop_id: UUID, payment_id: UUID) -> Pot | None:
    """Lock what is frozen of a payment, after the payment; None where nothing ever was."""
    return Pot.objects.select_for_update().filter(shop_id=shop_id, payment_id=payment_id).first()


def lock_errand(model: type[_Errand], shop_id: UUID, errand_id: UUID) -> _Errand:
    """Lock a split or a return that is there, after its pot."""
    return model.objects.select_for_update().get(shop_id=shop_id, id=errand_id)


def lock_receivers(shop_id: UUID, provider: str, account_code: str) -> list[Receiver]:
    """Lock the receivers of an account, so that two changes of their shares follow one another."""
    _limit_waiting()
    # What is not there yet cannot be locked: the account's row stands for it.
    list(Account.objects.select_for_update().filter(shop_id=shop_id, code=account_code, valid_to__isnull=True))
    rows = Receiver.objects.select_for_update().filter(shop_id=shop_id, provider=provider, account_code=account_code)
    return list(rows.order_by("id"))


def lock_mandate(shop_id: UUID, mandate_id: UUID) -> Mandate:
    """Lock one mandate, before any payment that is charged by it. Raises MandateNotFound."""
    _limit_waiting()
    row = Mandate.objects.select_for_update().filter(shop_id=shop_id, id=mandate_id).first()
    if row is None:
        raise MandateNotFound
    return row
