"""Periodic duties of reconciliation: compare what came in, compare again what changed, put right what can be."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from goodfor.kernel.errors import DomainError
from goodfor.kernel.loops import loop
from goodfor.kernel.tenancy import platform_job
from goodfor.payments import queries as payments
from goodfor.recon import states
from goodfor.recon.categories import POOL_DAYS
from goodfor.recon.house_actions import HouseActions
from goodfor.recon.importers.channel import ChannelSources, channels_due
from goodfor.recon.importers.days import BEIJING, span
from goodfor.recon.importers.split import SplitSources, splits_due
from goodfor.recon.importers.supplier import SupplierSources, suppliers_due
from goodfor.recon.importers.wallet import WalletSources, wallets_due
from goodfor.recon.mapping import scope_of
from goodfor.recon.models import Run
from goodfor.recon.operations.act import act_due
from goodfor.recon.operations.reconcile import reconcile
from goodfor.recon.sheet import Due
from goodfor.recon.sources import Sources
from goodfor.recon.types import Scope
from goodfor.supply import queries as supply

log = structlog.get_logger(__name__)
#: Days whose files may still come.
LOOK_BACK: Final = 7
SOURCES: Final[dict[str, Sources]] = {
    states.CHANNEL: ChannelSources(),
    states.SUPPLIER: SupplierSources(),
    states.SPLIT: SplitSources(),
    states.WALLET: WalletSources(),
}
#: What nobody need wait for: the books are there at once.
AT_ONCE: Final = frozenset({states.WALLET})


def due_of_day(shop_id: UUID, day: date) -> list[Due]:
    """What the house has to compare on a day."""
    return [
        *channels_due(shop_id, day),
        *suppliers_due(shop_id, day),
        *splits_due(shop_id, day),
        *wallets_due(shop_id, day),
    ]


@loop(name="recon.days", seconds=300.0)
def compare_days(now: datetime) -> int:
    """Compare every account's day whose file is there and that was not compared yet."""
    today = now.astimezone(BEIJING).date()
    since, _ = span(today - timedelta(days=LOOK_BACK), BEIJING)
    with platform_job("shops whose days are compared"):
        told = {*payments.shops_with_bills(since.date()), *supply.shops_told(since)}
        shops = sorted(told | set(payments.shops_with_balances(since)))
    done = 0
    for shop_id in shops:
        # The earlier day first: it leaves its pool to the later ones.
        for day in sorted(today - timedelta(days=n) for n in range(1, LOOK_BACK + 1)):
            known = set(Run.objects.filter(shop_id=shop_id, day=day, live=True).values_list("area", "account"))
            for due in due_of_day(shop_id, day):
                if not due.waiting and (due.area, due.account) not in known:
                    done += _compare(Scope(shop_id, due.area, due.account, day, due.currency), now)
    return done


@loop(name="recon.again", seconds=60.0)
def compare_again(now: datetime) -> int:
    """Compare anew what something has changed since."""
    with platform_job("days to compare again"):
        rows = list(Run.objects.filter(stale=True, live=True).order_by("made_at")[:20])
    return sum(_compare(scope_of(row), now) for row in rows if row.area in SOURCES)


@loop(name="recon.actions", seconds=30.0)
def put_right(now: datetime) -> int:
    """Try what a machine may do about open cases."""
    return act_due(actions=HouseActions(), now=now)


def _compare(scope: Scope, now: datetime) -> int:
    try:
        pool_days = 0 if scope.area in AT_ONCE else POOL_DAYS
        reconcile(scope=scope, sources=SOURCES[scope.area], actor="system", now=now, pool_days=pool_days)
    except DomainError as error:
        log.info("recon_not_compared", scope=scope.key, why=error.code)
        return 0
    except Exception as error:
        # One account that cannot be compared must not hold up the others; its day stays open on the sheet.
        log.error("recon_failed", scope=scope.key, error=type(error).__name__)
        return 0
    return 1
