"""Forget what is kept for a time only."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from goodfor.identity.buyer_models import (
    BuyerDevice,
    BuyerNotice,
    BuyerSession,
    BuyerSignin,
    Ceremony,
    Door,
    OneTimeCode,
)
from goodfor.kernel.tenancy import platform_job

CODES, DOORS = timedelta(hours=6), timedelta(days=2)
HISTORY, DEVICES = timedelta(days=180), timedelta(days=730)


def purge_buyer_records(*, now: datetime) -> int:
    """Codes after 6 hours, counted guesses after 2 days, sign-ins, notices, sessions after 180; how many."""
    with platform_job("forget what was kept for a time only"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('goodfor.forgetting', 'on', true)")
        gone = (
            OneTimeCode.objects.filter(created_at__lt=now - CODES),
            Ceremony.objects.filter(expires_at__lt=now),
            Door.objects.filter(last_at__lt=now - DOORS),
            BuyerSignin.objects.filter(at__lt=now - HISTORY),
            BuyerNotice.objects.filter(at__lt=now - HISTORY),
            BuyerDevice.objects.filter(last_at__lt=now - DEVICES),
            BuyerSession.objects.filter(last_seen_at__lt=now - HISTORY),
        )
        return sum(rows.delete()[0] for rows in gone)
