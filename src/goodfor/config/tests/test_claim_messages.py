"""What a buyer and the staff are told about a claim, through the real events and the stand-in for letters."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import get_user_model

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.events import CaseEscalated, DeadlineMissed, RecallOffered
from goodfor.aftersales.operations.answer import answer
from goodfor.aftersales.operations.ask_buyer import ask_buyer
from goodfor.aftersales.operations.grant import grant
from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.aftersales.operations.object_to import object_to
from goodfor.aftersales.operations.set_policy import set_policy
from goodfor.aftersales.operations.withdraw import withdraw
from goodfor.aftersales.operations.write_reply import write_reply
from goodfor.config.tests.test_messages import desk, mail, now, shop, subjects, till, told
from goodfor.identity.operations.add_staff import add_staff
from goodfor.identity.operations.create_user import create_user
from goodfor.kernel.events import publish
from goodfor.orders.operations.reveal_codes import reveal_codes
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, buy, pay, place
from goodfor.orders.types import PlacedOrder
from goodfor.sandbox.notify.server import RunningDesk

__all__ = ["desk", "mail", "now", "shop", "till"]
pytestmark = pytest.mark.django_db(transaction=True)


def table(shop: Shop, then: str, why: str, now: datetime) -> None:
    rows = [{"name": "all", "when": {}, "then": then, "why": why, "proven": False}]
    set_policy(shop_id=shop.demo.shop_id, rules=rows, actor="test", now=now)


def sold(shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk) -> PlacedOrder:
    """Delivered, told of, and looked at."""
    order = place(shop, now, 1, contact=mail)
    pay(begin(till, order.order_id, now), now)
    reveal_codes(shop_id=shop.demo.shop_id, order_id=order.order_id, actor="buyer", ip="", now=now)
    told(desk, mail, now)
    return order


def claimed(shop: Shop, order: PlacedOrder, now: datetime) -> UUID:
    return make_claim(
        shop_id=shop.demo.shop_id, order_id=order.order_id, line_id=order.lines[0].line_id, reason="invalid",
        fresh=True, actor="buyer", now=now,
    ).case.id  # fmt: skip


def staff(shop: Shop, now: datetime, role: str = "support") -> str:
    box = f"{role}-{uuid4().hex[:8]}@staff.example"
    user_id = create_user(username=box)
    get_user_model().objects.filter(pk=user_id).update(email=box)
    add_staff(shop_id=shop.demo.shop_id, user_id=user_id, role=role, actor="test", now=now)
    return box


def news(shop: Shop, event: Any, now: datetime) -> None:
    publish(shop_id=shop.demo.shop_id, event=event, cause=("test", uuid4()), now=now)


def test_a_decision_is_told_with_its_reason_and_the_way_to_it(
    shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk
) -> None:
    order = sold(shop, till, now, mail, desk)
    table(shop, "replace", "bad_replaced", now)
    case_id = claimed(shop, order, now)
    letters = told(desk, mail, now)[1:]
    assert [letter["subject"] for letter in letters] == [f"新码已到手，旧码停用：订单 {order.number}"]
    assert "供货方确认这张卡密不能用" in letters[0]["text"]
    assert f"/o/{order.number}/claim/{case_id}" in letters[0]["html"]
    assert not any(secret in str(letters) for _, secret in shop.codes)
    assert len(told(desk, mail, now)) == 2, "once"


def test_a_person_is_called_and_the_buyer_knows_until_when(
    shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk
) -> None:
    box, order = staff(shop, now), sold(shop, till, now, mail, desk)
    table(shop, "person", "check_person", now)
    case_id = claimed(shop, order, now)
    assert subjects(desk, mail, now)[1:] == [f"售后申请已提交：订单 {order.number}"]
    (letter,) = told(desk, box, now)
    assert letter["subject"] == f"售后申请已提交：订单 {order.number}"
    assert f"/console/claims/{case_id}/" in letter["html"]
    common = {"shop_id": shop.demo.shop_id, "case_id": case_id, "now": now}
    write_reply(**common, text="正在查", actor="staff:kim")
    ask_buyer(**common, why="need_picture", note="", actor="staff:kim")
    asked = told(desk, mail, now)[2:]
    assert sorted(letter["subject"].partition("：")[0] for letter in asked) == ["售后申请有新进展", "售后需要你补充"]
    assert any("截图" in letter["text"] for letter in asked)
    assert "正在查" not in str(asked), "messages stay on the page"
    answer(**common, text="截图在这里", actor="buyer")
    assert len(told(desk, box, now)) == 2, "the answer waits for them"
    withdraw(**common, actor="buyer")
    assert told(desk, mail, now)[-1]["subject"].startswith("售后申请有新进展")
    assert "已按你的要求撤回" in told(desk, mail, now)[-1]["text"]


def test_a_rejection_and_its_objection(shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk) -> None:
    box, order = staff(shop, now), sold(shop, till, now, mail, desk)
    table(shop, "reject", "still_valid", now)
    case_id = claimed(shop, order, now)
    letter = told(desk, mail, now)[-1]
    assert letter["subject"] == f"售后没有通过：订单 {order.number}"
    assert "申诉" in letter["text"]
    assert told(desk, box, now) == []
    table(shop, "person", "second_look", now)
    object_to(shop_id=shop.demo.shop_id, case_id=case_id, text="再看看", actor="buyer", now=now)
    assert len(told(desk, box, now)) == 1


def test_late_is_told_before_anybody_asks(shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk) -> None:
    boxes = [staff(shop, now, role) for role in ("owner", "operator", "support", "finance")]
    order = sold(shop, till, now, mail, desk)
    table(shop, "person", "check_person", now)
    case_id = claimed(shop, order, now)
    told(desk, mail, now)
    late = (order.order_id, order.number)
    news(shop, DeadlineMissed(case_id, *late, "late_answer", 0, "CNY"), now)
    news(shop, DeadlineMissed(case_id, *late, "late_decision", 500, "CNY"), now)
    news(shop, DeadlineMissed(None, *late, "late_delivery", 500, "CNY"), now)
    news(shop, CaseEscalated(case_id, *late, 2), now)
    letters = told(desk, mail, now)[2:]
    assert sorted(letter["subject"] for letter in letters) == [
        f"没有按时处理完，抱歉：订单 {order.number}", f"没有按时答复你，抱歉：订单 {order.number}",
    ]  # fmt: skip
    assert sorted("¥5.00" in letter["text"] for letter in letters) == [False, True]
    assert [len([one for one in told(desk, box, now) if "售后超时" in one["subject"]]) for box in boxes] == [1, 1, 1, 0]


def test_a_recall_is_told_with_its_remedy(shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk) -> None:
    order = sold(shop, till, now, mail, desk)
    line = order.lines[0]
    news(shop, RecallOffered(uuid4(), order.order_id, order.number, line.line_id, 1), now)
    letter = told(desk, mail, now)[-1]
    assert letter["subject"] == f"请先不要使用：{line.title}"
    assert f"/o/{order.number}/claim?line={line.line_id}" in letter["html"]


def test_what_is_owed_waits_for_a_guest(shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk) -> None:
    order = sold(shop, till, now, mail, desk)
    made = grant(
        shop_id=shop.demo.shop_id, case_id=None, order_id=order.order_id, line_id=None, kind="late_delivery",
        amount_minor=500, currency="CNY", way="wallet", reason="x", now=now,
    )  # fmt: skip
    assert made is not None
    assert made.state == "owed"
    letter = told(desk, mail, now)[-1]
    assert letter["subject"] == "发货晚了，按承诺补偿 ¥5.00，等你领取"
    assert f"/o/{order.number}" in letter["html"]


def test_what_programs_claim_is_news_for_the_staff_alone(
    shop: Shop, now: datetime, mail: str, desk: RunningDesk
) -> None:
    box, order = staff(shop, now), buy(shop, now, 1)
    table(shop, "person", "check_person", now)
    make_claim(
        shop_id=order.shop_id, order_id=order.id, line_id=order.lines[0].line_id, reason="invalid", fresh=True,
        actor="client", now=now,
    )  # fmt: skip
    (letter,) = told(desk, box, now + timedelta(seconds=1))
    assert order.number in letter["subject"]
    assert told(desk, mail, now) == []
    assert len(aftersales.cases_of_order(order.shop_id, order.id)) == 1
