"""A day that was compared, with a payment that only the channel knows, for the pages of reconciliation."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from goodfor.console.tests.conftest import Shop
from goodfor.kernel.clock import utc_now
from goodfor.payments.bill_models import BillFile
from goodfor.recon import queries as recon
from goodfor.recon.operations.reconcile import reconcile
from goodfor.recon.rehearsal import World
from goodfor.recon.tests.test_runs import SCOPE, world_of
from goodfor.recon.types import CaseSearch, RunView


def compared(shop_id: UUID, world: World, now: datetime) -> RunView:
    """One run of the invented account's day."""
    return reconcile(scope=replace(SCOPE, shop_id=shop_id), sources=world, actor="system", now=now)


def differing(now: datetime) -> World:
    """Payment 1 only they know, payment 2 both."""
    world = world_of(now, 2)
    for (account, _day), rows in world_of(now, 1, ours=False).theirs_of.items():
        for row in rows:
            world.put("theirs", row, account)
    return world


def recon_things(shop: Shop) -> dict[str, Any]:
    """One of each."""
    now = utc_now()
    run = compared(shop.id, differing(now), now)
    [case] = recon.search_cases(shop.id, CaseSearch())
    bill = BillFile.objects.create(
        shop_id=shop.id, account_id=uuid4(), provider="wechat", account_code="wx", day=date(2026, 1, 2), kind="trade",
        state="refused", currency="CNY", created_at=now, problem="bad_summary", problem_line=7,
    )  # fmt: skip
    return {"bill_id": bill.id, "recon_run_id": run.id, "recon_case_id": case.id}
