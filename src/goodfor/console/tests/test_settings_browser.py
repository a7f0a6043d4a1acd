"""The settings pages in a real browser, in both sizes and languages."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import Person, person, sql
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.console.tests.things import account_things
from goodfor.identity.types import Role
from goodfor.kernel import audit
from goodfor.kernel.audit_check import check_audit
from goodfor.kernel.clock import utc_now
from goodfor.kernel.operations.start_audit_check import start_audit_check
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.payments.operations.open_account import open_account
from goodfor.supply.operations.hold_statement import hold_statement

pytestmark = browser_marks


def prove(visit: Visit, one: Person) -> None:
    visit.open("/console/prove")
    visit.page.fill("main input[name=code]", one.code())
    visit.page.click("main form button.button-main")
    visit.page.wait_for_url("**/console/")


STATEMENT = "外部单号,金额,时间\n1,-8.00,2026-01-02 08:00\n2,acht,2026-01-02\n"


@pytest.mark.soak
@every_size
def test_every_settings_page(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    now, one, member = utc_now(), person(shop.id, app=True), person(shop.id, Role.SUPPORT)
    account = open_account(
        shop_id=shop.id, provider="epay", code="epay", name="易支付", currency="CNY",
        config={"gateway": "https://127.0.0.1:9", "pid": "1001", "version": "v1", "mode": "page"},
        secrets={"key": "0123456789abcdef"}, methods=["alipay", "wxpay"], actor="test", now=now,
    )  # fmt: skip
    sql("DELETE FROM procrastinate_jobs")
    sql("INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('mail', 'test.job', 'failed')")
    audit.seal(now)
    start_audit_check(shop_id=shop.id, actor="test", now=now)
    check_audit(now)
    books = account_things(shop)
    waiting = hold_statement(
        shop_id=shop.id, supplier_id=books["supplier_id"], filename="2.csv", parts=[STATEMENT.encode()]
    )
    books["check"] = reverse("desk:supply-statement-check", args=[books["supplier_id"]]) + f"?mark={waiting}&name=2.csv"
    given = (
        *words_of(shop),
        "退款,退回,返还,refund",
        "商户订单号",
        "云梯供货",
        *STATEMENT.split("\n")[0].split(","),
        "演示客户",
        "中文",
        "微信",
        "支付宝",
        "微博",
    )
    visit = Visit(browser, live_server.url, width, language, given, budget=BUDGET, dense=True)
    come_in(visit, one)
    prove(visit, one)
    for name, path in {
        "shop": reverse("desk:settings-shop"),
        "channels": reverse("desk:channels"),
        "channel": reverse("desk:channel", args=[account.id]),
        "channel-edit": reverse("desk:channel-edit", args=[account.id]),
        "channel-new": reverse("desk:channel-new") + "?provider=epay&version=v2",
        "staff": reverse("desk:staff"),
        "member": reverse("desk:member", args=[member.staff.id]),
        "clients": reverse("desk:clients"),
        "client": reverse("desk:client", args=[shop.demo.client_id]),
        "client-new": reverse("desk:client-new"),
        "signin-apps": reverse("desk:signin-apps"),
        "signin-app": reverse("desk:signin-app") + "?provider=openid_connect",
        "keys": reverse("desk:keys") + "?count=1",
        "audit": "/console/audit/",
        "audit-check": reverse("desk:audit-check"),
        "jobs": reverse("desk:jobs"),
        "bills": reverse("desk:bills"),
        "supply-accounts": reverse("desk:supply-accounts"),
        "supply-account": reverse("desk:supply-account", args=[books["supplier_id"]]),
        "supply-statements": reverse("desk:supply-statements", args=[books["supplier_id"]]),
        "supply-statement": reverse("desk:supply-statement", args=[books["statement_id"]]),
        "supply-statement-check": books["check"],
    }.items():
        visit.open(path)
        visit.check(f"settings-{name}")
    visit.open(reverse("desk:channel", args=[account.id]))
    visit.page.click("button[value=test]")
    visit.page.wait_for_selector(".alert")
    visit.check("settings-channel-tested")
    visit.open(reverse("desk:client-new"))
    visit.page.fill("main input[name=name]", "ERP")
    visit.page.click("main form button.button-main")
    visit.page.wait_for_selector(".alert-amber")
    visit.check("settings-client-secret")
    sql("DELETE FROM procrastinate_jobs")
    assert not visit.faults, "\n".join(visit.faults)
