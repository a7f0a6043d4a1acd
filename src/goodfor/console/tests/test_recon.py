"""The pages of reconciliation: what is seen, who may end a difference, and closing a day by two."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, person, proved, proved_as, sql, state_of_all
from goodfor.console.tests.recon_things import compared, differing, recon_things
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.ledger.operations import post
from goodfor.ledger.types import Entry, Line
from goodfor.recon import queries as recon
from goodfor.recon.tests.test_runs import SCOPE, world_of
from goodfor.recon.types import CaseSearch

pytestmark = pytest.mark.django_db(transaction=True)
DAY = SCOPE.day.isoformat()


@pytest.fixture
def things(shop: Shop) -> dict[str, Any]:
    return recon_things(shop)


def text(client: Client, name: str, *args: Any, query: str = "", status: int = 200) -> str:
    answer = client.get(reverse(f"desk:{name}", args=args) + query)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def state(shop: Shop, case_id: UUID) -> tuple[str, str, str]:
    found = recon.case(shop.id, case_id)
    return found.state, found.owner, found.reason


def names_it(page: str) -> bool:
    """Whether the payment's number stands there by itself: a form's token may have its letters by chance."""
    return re.search(r"(?<![\w-])P1(?![\w-])", page) is not None


def test_the_desk_shows_what_differs_and_where(shop: Shop, things: dict[str, Any]) -> None:
    client = inside(shop.id, Role.FINANCE)
    page = text(client, "recon")
    for word in ("对方有，我方没有", "alpha:main", "P1", "机器在办", "没有人处理"):
        assert word in page, word
    assert not names_it(text(client, "recon", query="?category=C2"))
    assert names_it(text(client, "recon", query="?key=t1&owner=-&risk_from=10&risk_until=10&day_from=2026-01-05"))
    assert not names_it(text(client, "recon", query="?tab=closed"))
    page = text(client, "recon-case", things["recon_case_id"])
    for word in ("两边的记录", "P1", "t1", "向通道查询，确认后入账", f"{DAY} 的对账单"):
        assert word in page, word
    assert "由我处理" in page
    page = text(client, "recon-run", things["recon_run_id"])
    assert "第 1 版" in page
    assert "全部一致" not in page
    refused = inside(shop.id, Role.OPERATOR)
    for name, key in (("recon", ()), ("recon-case", (things["recon_case_id"],)), ("recon-day", ())):
        assert refused.get(reverse(f"desk:{name}", args=key)).status_code == 403


def test_a_difference_is_taken_explained_corrected_and_ended(shop: Shop, things: dict[str, Any]) -> None:
    case_id, who = things["recon_case_id"], person(shop.id, Role.FINANCE, app=True)
    client, colleague = proved_as(who), person(shop.id, Role.FINANCE)
    act = reverse("desk:recon-case-act", args=[case_id])
    before = state_of_all()
    assert inside(shop.id, Role.OPERATOR).post(act, {"act": "take"}).status_code == 403
    for grave in ("close", "correct", "pair"):
        sent = {"act": grave, "reason": "x", "tx": "1"}
        assert "/prove" in inside(shop.id, Role.FINANCE).post(act, sent)["Location"]
    for wrong in (
        {"act": "x"}, {"act": "explain", "reason": " "}, {"act": "close"}, {"act": "pair"},
        {"act": "give", "owner": "x"}, {"act": "correct", "tx": "x"},
    ):  # fmt: skip
        assert client.post(act, wrong).status_code == 422, wrong
    assert client.post(act, {"act": "correct", "tx": "999999"}).status_code == 404
    assert client.post(act, {"act": "again"}).status_code == 409
    changed = {table for table, rows in state_of_all().items() if rows != before.get(table)}
    assert not any(table.startswith(("recon", "ledger")) for table in changed)
    assert client.post(act, {"act": "take"}).status_code == 302
    assert state(shop, case_id)[1] == who.staff.actor
    assert client.post(act, {"act": "give", "owner": colleague.staff.actor}).status_code == 302
    assert state(shop, case_id)[1] == colleague.staff.actor
    assert client.post(act, {"act": "explain", "reason": "测试付款"}).status_code == 302
    (old,) = sql("SELECT min(id) FROM ledger_tx WHERE shop_id = %s", [shop.id])[0]
    assert client.post(act, {"act": "correct", "tx": str(old)}).status_code == 409
    put_right = Entry("right", "test", (Line("1013:transit", 5), Line("5001:sales:codes", -5)), utc_now())
    (tx_id,) = post(shop_id=shop.id, currency="CNY", entries=[put_right], now=utc_now())
    assert client.post(act, {"act": "correct", "tx": str(tx_id)}).status_code == 302
    assert client.post(act, {"act": "close"}).status_code == 302
    assert state(shop, case_id) == ("closed", colleague.staff.actor, "测试付款")
    assert client.post(act, {"act": "close", "reason": "x"}).status_code == 409
    page = text(client, "recon-case", case_id)
    assert f"更正的凭证 {tx_id}" in page
    assert "由我处理" not in page
    assert "测试付款" in page


def test_rows_are_taken_from_the_list(shop: Shop, things: dict[str, Any]) -> None:
    client = proved(shop.id, Role.FINANCE)
    sent = {"act": "take", "pick": str(things["recon_case_id"])}
    assert client.post(reverse("desk:recon-pick"), sent).status_code == 302
    assert "由你处理这 1 个差异" in client.get(reverse("desk:recon-batch")).content.decode()


def test_a_likely_twin_is_confirmed_by_a_person(shop: Shop) -> None:
    now = utc_now()
    world = world_of(now, 1, ours=False)
    for (account, _day), rows in world_of(now, 2, theirs=False).ours_of.items():
        for row in rows:
            world.put("ours", row, account)
    compared(shop.id, world, now)
    [case] = recon.search_cases(shop.id, CaseSearch(category="C1"))
    client = proved(shop.id, Role.FINANCE)
    assert "可能是同一笔" in text(client, "recon-case", case.id)
    act = reverse("desk:recon-case-act", args=[case.id])
    assert client.post(act, {"act": "pair", "reason": "同一个人"}).status_code == 302
    assert client.post(act, {"act": "pair", "reason": "同一个人"}).status_code == 409
    assert compared(shop.id, world, now).breaks.get("C1") is None
    assert sql("SELECT note FROM recon_pairing") == [("同一个人",)]


def test_a_day_is_closed_by_two_people(shop: Shop) -> None:
    now = utc_now()
    compared(shop.id, world_of(now, 1, 2), now)
    one, two = (proved(shop.id, Role.FINANCE) for _ in range(2))
    act, query = reverse("desk:recon-day-act"), f"?day={DAY}"
    page = text(one, "recon-day", query=query)
    assert "可以关账" in page
    assert "申请关账" in page
    assert "/prove" in inside(shop.id, Role.FINANCE).post(act, {"act": "ask", "day": DAY})["Location"]
    assert inside(shop.id, Role.OPERATOR).post(act, {"act": "ask", "day": DAY}).status_code == 403
    assert one.post(act, {"act": "agree", "day": DAY}).status_code == 409
    assert one.post(act, {"act": "x", "day": DAY}).status_code == 422
    assert one.post(act, {"act": "ask", "day": "x"}).status_code == 422
    assert sql("SELECT count(*) FROM recon_day_ask") == [(0,)]
    assert one.post(act, {"act": "ask", "day": DAY, "note": "都对过了"}).status_code == 302
    assert one.post(act, {"act": "agree", "day": DAY}).status_code == 409
    assert sql("SELECT count(*) FROM recon_day") == [(0,)]
    page = text(two, "recon-day", query=query)
    assert "都对过了" in page
    assert "复核无误，关账" in page
    assert "等第二个人" in text(two, "recon-days", query=f"?until={DAY}")
    assert two.post(act, {"act": "agree", "day": DAY}).status_code == 302
    assert sql("SELECT asked_by <> closed_by AND asked_by <> '' FROM recon_day") == [(True,)]
    assert "这一天不会再核对" in text(one, "recon-day", query=query)
    run = recon.runs(shop.id)[0]
    assert two.post(reverse("desk:recon-run-again", args=[run.id])).status_code == 409


def test_a_day_with_something_missing_stays_open(shop: Shop, things: dict[str, Any]) -> None:
    sql("UPDATE recon_run SET stale = true")
    client = proved(shop.id, Role.FINANCE)
    page = text(client, "recon-day", query=f"?day={DAY}")
    assert "有变动，正在重新核对" in page
    answer = client.post(reverse("desk:recon-day-act"), {"act": "agree", "day": DAY})
    assert answer.status_code == 409
    assert "支付通道 alpha:main" in answer.content.decode()
    assert sql("SELECT count(*) FROM recon_day") == [(0,)]
    sql("UPDATE recon_run SET stale = false")
    # Whoever is alone in the shop closes; that there was no second person stays told.
    sql("UPDATE identity_staff SET active = false WHERE shop_id = %s AND role = 'owner'", [shop.id])
    assert "店里只有你一个人能关账" in text(client, "recon-day", query=f"?day={DAY}")
    assert client.post(reverse("desk:recon-day-act"), {"act": "agree", "day": DAY}).status_code == 302
    assert sql("SELECT asked_by FROM recon_day") == [("",)]


def test_a_day_is_compared_once_more(shop: Shop, things: dict[str, Any]) -> None:
    again = reverse("desk:recon-run-again", args=[things["recon_run_id"]])
    assert inside(shop.id, Role.OPERATOR).post(again).status_code == 403
    client = inside(shop.id, Role.FINANCE)
    assert client.post(again).status_code == 302
    assert "正在重新核对" in text(client, "recon-run", things["recon_run_id"])
    compared(shop.id, differing(utc_now()), utc_now())
    page = text(client, "recon-run", things["recon_run_id"])
    assert "已被新的一版代替" in page
    assert "第 2 版" in page


def test_other_shops_are_not_reached(shop: Shop, other: Shop, things: dict[str, Any]) -> None:
    client = proved(other.id, Role.OWNER)
    assert "P1" not in text(client, "recon")
    assert "没有要核对的账单" in text(client, "recon-day", query=f"?day={DAY}")
    before = state_of_all()
    for name, key, sent in (
        ("recon-case-act", "recon_case_id", {"act": "close", "reason": "x"}), ("recon-run-again", "recon_run_id", {}),
    ):  # fmt: skip
        assert client.post(reverse(f"desk:{name}", args=[things[key]]), sent).status_code == 404
    for name, key in (("recon-case", "recon_case_id"), ("recon-run", "recon_run_id")):
        assert client.get(reverse(f"desk:{name}", args=[things[key]])).status_code == 404
    assert {t for t, rows in state_of_all().items() if rows != before.get(t)} == set()
