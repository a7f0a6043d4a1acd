"""Every row lock of payments: taken once, sorted, with a lock timeout. They come after the locks of order and stock."""

from uuid import UUID

from django.db import connection

from goodfor.kernel.locks import LOCK_TIMEOUT_MS
from goodfor.payments.errors import PaymentNotFound, RefundNotFound
from goodfor.payments.models import Account, Payment, Refund


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
