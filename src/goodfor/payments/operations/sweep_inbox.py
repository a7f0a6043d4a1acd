"""Look after callbacks that were kept but never led to anything: a process died between, or the channel denies them."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from goodfor.kernel.tenancy import platform_job
from goodfor.payments import states
from goodfor.payments.models import Inbox, Payment
from goodfor.payments.operations.open_case import open_case

LEFT_ALONE: Final = timedelta(seconds=10)
GIVEN_UP: Final = timedelta(minutes=10)
ASK_EVERY: Final = timedelta(seconds=30)
FORGED_KEPT: Final = timedelta(days=30)


def sweep_inbox(*, now: datetime, limit: int = 200) -> int:
    """Have the channel asked about payments of waiting callbacks; after 10 min open a case. Returns how many.

    Callbacks whose payment is to be asked about soon anyway are passed over, so that they do not fill the limit.
    """
    later = Q(next_poll_at__isnull=True) | Q(next_poll_at__gt=now + ASK_EVERY)
    unasked = Payment.objects.filter(
        later, shop_id=OuterRef("shop_id"), account_id=OuterRef("account_id"), number=OuterRef("our_ref")
    ).exclude(state=states.SUCCEEDED)
    with platform_job("sweep payment callbacks"):
        waiting = Inbox.objects.filter(verified=True, applied_at__isnull=True).order_by("received_at")
        over = list(waiting.filter(received_at__lte=now - GIVEN_UP)[:limit])
        young = list(
            waiting.filter(Exists(unasked), received_at__lte=now - LEFT_ALONE, received_at__gt=now - GIVEN_UP)[:limit]
        )
    return sum(_give_up(row, now) for row in over) + sum(_ask_soon(row, later, now) for row in young)


def _ask_soon(row: Inbox, later: Q, now: datetime) -> int:
    with transaction.atomic():
        return (
            Payment.objects.filter(later, shop_id=row.shop_id, account_id=row.account_id, number=row.our_ref)
            .exclude(state=states.SUCCEEDED)
            .update(next_poll_at=now)
        )


def _give_up(row: Inbox, now: datetime) -> int:
    payment = Payment.objects.filter(shop_id=row.shop_id, number=row.our_ref).first()
    with transaction.atomic():
        moved = Inbox.objects.filter(shop_id=row.shop_id, id=row.id, applied_at__isnull=True).update(
            applied_at=now, problem="unconfirmed"
        )
        if moved and not (payment and payment.state == states.SUCCEEDED):
            open_case(
                shop_id=row.shop_id,
                kind="unconfirmed_notify",
                business_key=f"inbox:{row.id}",
                payment_id=payment.id if payment else None,
                detail={"our_ref": row.our_ref, "provider": row.provider},
                now=now,
            )
    return moved


def purge_forged(*, now: datetime, limit: int = 5000) -> int:
    """Delete samples of forged callbacks older than 30 days; returns how many."""
    with platform_job("purge forged payment callbacks"), transaction.atomic():
        old = Inbox.objects.filter(verified=False, received_at__lt=now - FORGED_KEPT).order_by("received_at")
        deleted, _per_model = Inbox.objects.filter(id__in=list(old.values_list("id", flat=True)[:limit])).delete()
    return deleted
