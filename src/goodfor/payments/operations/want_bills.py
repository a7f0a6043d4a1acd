"""Note which bills are to be fetched: yesterday's of every channel account that has bills, and what was missed."""

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.tenancy import platform_job
from goodfor.payments import states
from goodfor.payments.bill_models import BillFile
from goodfor.payments.errors import BillNotFound
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account
from goodfor.payments.providers.registry import bill_source

BEIJING: Final = ZoneInfo("Asia/Shanghai")
#: Channels have yesterday's bill ready at ten.
READY: Final = time(10, 5)
#: So many days back, after the machine was off.
CATCH_UP: Final = 7


def want_bills(*, now: datetime) -> int:
    """Add what is missing of the last days; how many. Harmless when repeated."""
    local = now.astimezone(BEIJING)
    newest = local.date() - timedelta(days=1 if local.time() >= READY else 2)
    with platform_job("which bills to fetch"):
        # A bill of a lent account tells of all shops: it is the lender's.
        accounts = list(Account.objects.filter(enabled=True, valid_to__isnull=True, lender_shop_id__isnull=True))
    return sum(_want(account, newest, now) for account in accounts)


def _want(account: Account, newest: date, now: datetime) -> int:
    source = bill_source(account.provider)
    if source is None:
        return 0
    try:
        kinds = source.bill_kinds(opened(account))
    except DecryptFailed:
        return 0
    # Not every channel's day is Beijing's: the one before may hold its first hours.
    since = account.created_at.astimezone(BEIJING).date() - timedelta(days=1)
    days = [newest - timedelta(days=n) for n in range(CATCH_UP) if newest - timedelta(days=n) >= since]
    rows = [_row(account, day, kind, now) for day in days for kind in kinds]
    known = set(
        BillFile.objects.filter(
            shop_id=account.shop_id, provider=account.provider, account_code=account.code, day__in=days
        ).values_list("day", "kind")
    )
    new = [row for row in rows if (row.day, row.kind) not in known]
    with transaction.atomic():
        BillFile.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _row(account: Account, day: date, kind: str, now: datetime) -> BillFile:
    return BillFile(
        shop_id=account.shop_id, account_id=account.id, provider=account.provider, account_code=account.code,
        day=day, kind=kind, currency=account.currency, next_try_at=now, created_at=now,
    )  # fmt: skip


def want_bill(*, shop_id: UUID, account_id: UUID, day: date, kind: str, now: datetime) -> UUID:
    """Note one bill of an account, of any day; its id, the known one where it was noted before."""
    with transaction.atomic():
        account = Account.objects.get(shop_id=shop_id, id=account_id)
        BillFile.objects.bulk_create([_row(account, day, kind, now)], ignore_conflicts=True)
        known = BillFile.objects.filter(
            shop_id=shop_id, provider=account.provider, account_code=account.code, day=day, kind=kind
        )
        return known.values_list("id", flat=True).get()


def want_again(*, shop_id: UUID, bill_id: UUID, actor: str, now: datetime) -> None:
    """Fetch a bill again that was refused or is late. One that was imported stays. Raises BillNotFound."""
    with transaction.atomic():
        found = BillFile.objects.filter(shop_id=shop_id, id=bill_id)
        moved = found.filter(state__in=(states.REFUSED, states.WANTED)).update(
            state=states.WANTED, problem="", problem_line=0, attempts=0, next_try_at=now
        )
        if not moved and not found.exists():
            raise BillNotFound
        if moved:
            audit.record(
                shop_id=shop_id, actor=actor, action="payments.bill_wanted_again",
                subject=("payments.bill", bill_id), data={}, now=now,
            )  # fmt: skip
