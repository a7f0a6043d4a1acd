"""A saved report comes to the mailboxes of those it names, the brief to those who hear of it; each once."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from goodfor.config.tests.test_messages import ACTOR, desk, mail, told
from goodfor.config.tests.test_risk_messages import somebody
from goodfor.identity import queries as identity
from goodfor.insights import queries
from goodfor.insights.operations.save_report import save_report
from goodfor.insights.operations.write_brief import write_brief
from goodfor.insights.states import DAILY
from goodfor.insights.tasks import send_reports
from goodfor.insights.tests.cubes import fill
from goodfor.insights.types import Spec, day_of
from goodfor.orders.tests.conftest import Shop, now, shop
from goodfor.orders.tests.factories import relay_all, sql
from goodfor.sandbox.notify.server import RunningDesk


def _id(actor: str) -> UUID:
    return UUID(actor.removeprefix("staff:"))


@pytest.mark.usefixtures("mail")
def test_a_report_goes_to_whom_it_names(shop: Shop, now: datetime, desk: RunningDesk) -> None:
    shop_id = shop.demo.shop_id
    (_owner, owners), (support, box), (gone, gones) = (
        somebody(shop_id, role, now) for role in ("owner", "operator", "finance")
    )
    fill(shop_id, day_of(now) - timedelta(days=60), day_of(now), [shop.sku_id], [uuid4()])
    made = save_report(
        shop_id=shop_id, name="每日明细", spec=Spec("day", 50, (), ("gmv_minor", "margin_rate")), rhythm=DAILY,
        staff_ids=[_id(support), _id(gone)], actor=ACTOR, now=now,
    )  # fmt: skip
    sql("UPDATE identity_staff SET active = false WHERE id = %s", [_id(gone)])
    assert made.due_at is not None
    send_reports(made.due_at)
    (letter,) = told(desk, box, made.due_at)
    table = queries.issue(shop_id, made.id, 1)
    assert letter["subject"].startswith("每日明细：")
    assert f"/console/insights/reports/{made.id}/1/" in letter["html"]
    assert str(table.rows[0][1]) in letter["text"]
    assert "另有 10 行" in letter["text"]
    assert str(table.rows[45][1]) not in letter["text"]
    # Neither whoever owns the shop, nor who works here no more, nor again.
    assert told(desk, owners, made.due_at) == told(desk, gones, made.due_at) == []
    relay_all(made.due_at)
    assert len(told(desk, box, made.due_at)) == 1


@pytest.mark.usefixtures("mail")
def test_the_brief_goes_to_the_owner_in_the_shops_language(shop: Shop, now: datetime, desk: RunningDesk) -> None:
    shop_id = shop.demo.shop_id
    (_owner, owners), (_operator, operators) = (somebody(shop_id, role, now) for role in ("owner", "operator"))
    sql("UPDATE identity_shop SET locale = 'en' WHERE id = %s", [shop_id])
    day = day_of(now) - timedelta(days=1)
    fill(shop_id, day - timedelta(days=29), day, [shop.sku_id], [uuid4()])
    assert identity.shop_by_id(shop_id).locale == "en"
    write_brief(shop_id=shop_id, day=day, currency="CNY", now=now)
    # A day without trade is no news.
    write_brief(shop_id=shop_id, day=day - timedelta(days=400), currency="CNY", now=now)
    (letter,) = told(desk, owners, now)
    assert str(day) in letter["subject"]
    assert f"/console/insights/brief/?day={day}" in letter["html"]
    assert letter["text"].count("1. ") >= 1
    assert "3. " in letter["text"]
    assert "See the figures" in letter["html"]
    assert told(desk, operators, now) == []
