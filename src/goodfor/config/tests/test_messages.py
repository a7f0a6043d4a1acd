"""From a sale to the mailbox: what a buyer and the staff are told, through the real events and the stand-ins."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from goodfor.config.job_messages import tell_failures
from goodfor.console.tests.supply_things import watched_things
from goodfor.identity.operations.account_steps import keep_contact, make_buyer
from goodfor.identity.operations.add_staff import add_staff
from goodfor.identity.operations.create_user import create_user
from goodfor.identity.operations.note_change import note_change
from goodfor.identity.types import Contact, Visitor
from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import publish
from goodfor.kernel.money import Money
from goodfor.kernel.tenancy import platform_job
from goodfor.notify import queries
from goodfor.notify.operations.allow_codes import allow_codes
from goodfor.notify.operations.deliver_due import deliver_due
from goodfor.notify.operations.open_channel_account import open_channel_account
from goodfor.orders.operations import apply_payment_fact, cancel_order, refund_order, refund_part, refuse_delivery
from goodfor.orders.operations.open_claim import open_claim
from goodfor.orders.operations.withdraw_claim import withdraw_claim
from goodfor.orders.tests.conftest import Shop, now, shop
from goodfor.orders.tests.factories import Till, begin, buy, fact, open_till, pay, place, refund_all, relay_all
from goodfor.orders.types import HoldOrder
from goodfor.payments.operations.open_case import open_case
from goodfor.sandbox.notify import demo
from goodfor.sandbox.notify.server import RunningDesk, running_desk
from goodfor.supply.events import BalanceBroken
from goodfor.supply.operations.connect_supplier import Connection, Contract, connect_supplier
from goodfor.supply.operations.record_movement import record_movement
from goodfor.supply.operations.watch_balance import watch_balance
from goodfor.vault import queries as vault
from goodfor.vault.operations import set_low_stock, take
from goodfor.vault.tasks import watch_stock

__all__ = ["now", "shop"]
ACTOR = "staff:test"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    with running_desk(tmp_path_factory.mktemp("letters")) as running:
        yield running


@pytest.fixture
def till(shop: Shop, now: datetime) -> Till:
    return open_till(shop.demo.shop_id, now)


@pytest.fixture
def mail(shop: Shop, now: datetime, desk: RunningDesk) -> str:
    """The shop sends mail; an address that nobody had before."""
    open_channel_account(
        shop_id=shop.demo.shop_id,
        channel="email",
        provider="smtp",
        name="mail",
        config={
            "host": "127.0.0.1",
            "port": desk.smtp_port,
            "security": "none",
            "username": demo.SMTP_USER,
            "from_email": "shop@shop.example",
        },
        secrets={"password": demo.SMTP_PASSWORD},
        actor=ACTOR,
        now=now,
    )
    return f"lin-{uuid4().hex[:10]}@mail.example"


def told(desk: RunningDesk, to: str, at: datetime) -> list[dict[str, Any]]:
    """Tell all events, send what is due; what has come to the mailbox."""
    relay_all(at)
    deliver_due(now=at)
    return [dict(letter["content"]) for letter in desk.desk.books.letters("smtp", to)]  # type: ignore[call-overload]


def seen(order_id: UUID) -> int:
    with platform_job("test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM delivery_reveal r JOIN orders_line l ON l.id = r.holder_id WHERE l.order_id = %s",
            [order_id],
        )
        return int(cursor.fetchone()[0])


def test_a_buyer_is_told_once_and_without_codes(
    shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk
) -> None:
    order = place(shop, now, 2, contact=mail)
    pay(begin(till, order.order_id, now), now)
    (letter,) = told(desk, mail, now)
    assert letter["subject"].startswith("已发货：酷玩点数卡")
    assert order.number in letter["text"]
    assert f"{settings.GOODFOR_PUBLIC_URL}/o/{order.number}" in letter["html"]
    assert not any(secret in str(letter) or number in str(letter) for number, secret in shop.codes)
    assert len(told(desk, mail, now)) == 1
    assert seen(order.order_id) == 0, "the buyer has not seen them: a refund is still possible"
    about = queries.messages_about(shop.demo.shop_id, f"order:{order.order_id}")
    assert [(m.scene, m.state) for m in about] == [("order_delivered", "sent")]


def test_with_codes_where_the_shop_said_so(shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk) -> None:
    allow_codes(shop_id=shop.demo.shop_id, sku_id=shop.sku_id, allowed=True, actor=ACTOR, now=now)
    order = place(shop, now, 2, contact=mail)
    pay(begin(till, order.order_id, now), now)
    (letter,) = told(desk, mail, now)
    assert sum(secret in letter["text"] for _, secret in shop.codes) == 2
    assert seen(order.order_id) == 2, "sent is seen"
    (message,) = queries.messages_about(shop.demo.shop_id, f"order:{order.order_id}")
    assert (message.secret, message.has_content) == (True, False)


def test_codes_that_would_go_nowhere_are_not_revealed(shop: Shop, till: Till, now: datetime, mail: str) -> None:
    allow_codes(shop_id=shop.demo.shop_id, sku_id=shop.sku_id, allowed=True, actor=ACTOR, now=now)
    for contact in ("", "QQ 12345", "13812345678"):
        order = place(shop, now, 1, contact=contact)
        pay(begin(till, order.order_id, now), now)
        relay_all(now)
        assert seen(order.order_id) == 0


def test_a_refund_is_told_from_decision_to_arrival(
    shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk
) -> None:
    order = place(shop, now, 1, contact=mail)
    pay(begin(till, order.order_id, now), now)
    told(desk, mail, now)
    refund_order(shop_id=shop.demo.shop_id, order_id=order.order_id, reason="changed_mind", actor=ACTOR, now=now)
    told(desk, mail, now)
    refund_all(now)
    subjects = [letter["subject"] for letter in told(desk, mail, now)]
    assert subjects[1:] == ["退款已受理：¥48.50", "退款已到账：¥48.50"]


def test_money_that_comes_late_is_told(shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk) -> None:
    order = place(shop, now, 1, contact=mail)
    payment = begin(till, order.order_id, now)
    cancel_order(shop_id=shop.demo.shop_id, order_id=order.order_id, actor="buyer", now=now)
    late = now + timedelta(seconds=5)
    apply_payment_fact(shop_id=shop.demo.shop_id, fact=fact(payment, late), now=late)
    letters = told(desk, mail, late)
    assert sorted(letter["subject"].partition("：")[0] for letter in letters) == ["已发货", "逾期付款"]
    assert any("订单已按这笔付款发货" in letter["text"] for letter in letters)


def test_money_that_comes_late_for_an_order_that_waits_is_told(
    shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk
) -> None:
    order = place(shop, now, 1, contact=mail, hold=HoldOrder(None, timedelta(hours=1)))
    payment = begin(till, order.order_id, now)
    cancel_order(shop_id=shop.demo.shop_id, order_id=order.order_id, actor="buyer", now=now)
    late = now + timedelta(seconds=5)
    apply_payment_fact(shop_id=shop.demo.shop_id, fact=fact(payment, late), now=late)
    (letter,) = told(desk, mail, late)
    assert "订单已按这笔付款处理，正在准备发货" in letter["text"]
    assert "款项将按原路退回" not in letter["text"]


def test_a_refused_order_says_so_in_words(shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk) -> None:
    order = place(shop, now, 1, contact=mail, hold=HoldOrder(None, timedelta(hours=1)))
    pay(begin(till, order.order_id, now), now)
    assert told(desk, mail, now) == []
    refuse_delivery(shop_id=shop.demo.shop_id, order_id=order.order_id, actor="staff:1", cause="staff", now=now)
    (letter,) = told(desk, mail, now)
    assert "订单没有通过核验，不能发货" in letter["text"]
    assert "held_refused" not in letter["text"]


def test_a_case_is_told_to_those_whose_work_it_is(shop: Shop, now: datetime, mail: str, desk: RunningDesk) -> None:
    boxes = {}
    for role in ("owner", "finance", "support"):
        boxes[role] = f"{role}-{uuid4().hex[:8]}@staff.example"
        user_id = create_user(username=boxes[role])
        get_user_model().objects.filter(pk=user_id).update(email=boxes[role])
        add_staff(shop_id=shop.demo.shop_id, user_id=user_id, role=role, actor=ACTOR, now=now)
    for _ in range(2):
        open_case(
            shop_id=shop.demo.shop_id,
            kind="underpaid",
            business_key="payment:1",
            detail={"our_ref": "P1", "amount_minor": 100},
            now=now,
        )
    assert [len(told(desk, boxes[role], now)) for role in ("owner", "finance", "support")] == [1, 1, 0]
    (letter,) = told(desk, boxes["owner"], now)
    assert letter["subject"] == "待处理个案：少付"
    assert "P1" in letter["text"]
    assert "¥1.00" in letter["text"]


def test_programs_orders_are_their_own_business(shop: Shop, now: datetime, mail: str, desk: RunningDesk) -> None:
    order = buy(shop, now, 1)
    relay_all(now)
    assert queries.messages_about(shop.demo.shop_id, f"order:{order.id}") == []


def test_a_shop_without_channels_is_left_alone(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now, 1, contact="lin@mail.example")
    pay(begin(till, order.order_id, now), now)
    relay_all(now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kernel_event_retry")
        assert cursor.fetchone() == (0,)
    assert queries.messages(shop.demo.shop_id) == []


# -- claims, parts of refunds, accounts, jobs -----------------------------------------------------------------


def line_of(order_id: UUID) -> UUID:
    with platform_job("test"), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM orders_line WHERE order_id = %s", [order_id])
        return UUID(str(cursor.fetchone()[0]))


def subjects(desk: RunningDesk, mail: str, at: datetime) -> list[str]:
    return [str(letter["subject"]) for letter in told(desk, mail, at)]


def test_a_claim_is_told_when_it_waits_and_when_it_is_over(
    shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk
) -> None:
    order = place(shop, now, 1, contact=mail)
    pay(begin(till, order.order_id, now), now)
    told(desk, mail, now)  # letters of one round come in any order
    common = {"shop_id": shop.demo.shop_id, "order_id": order.order_id, "actor": "buyer", "now": now}
    claim = open_claim(**common, line_id=line_of(order.order_id), reason="invalid", may_refund=False)
    assert subjects(desk, mail, now)[1:] == [f"售后申请已提交：订单 {order.number}"]
    withdraw_claim(**common, claim_id=claim.id)
    *_, last = told(desk, mail, now)
    assert last["subject"].startswith("售后申请有新进展")
    assert "已按你的要求撤回" in last["text"]
    assert len(told(desk, mail, now)) == 3


def test_a_claim_that_is_met_at_once_is_only_answered(
    shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk
) -> None:
    order = place(shop, now, 1, contact=mail)
    pay(begin(till, order.order_id, now), now)
    told(desk, mail, now)
    open_claim(
        shop_id=shop.demo.shop_id, order_id=order.order_id, line_id=line_of(order.order_id), reason="invalid",
        actor="buyer", now=now,
    )  # fmt: skip
    got = subjects(desk, mail, now)[1:]
    assert sorted(subject.partition("：")[0] for subject in got) == ["售后申请有新进展", "退款已受理"]


def test_each_part_of_a_refund_is_news(shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk) -> None:
    order = place(shop, now, 1, contact=mail)
    pay(begin(till, order.order_id, now), now)
    told(desk, mail, now)
    for minor in (500, 700):
        refund_part(
            shop_id=shop.demo.shop_id, order_id=order.order_id, amount=Money(minor, "CNY"), reason="x", actor=ACTOR,
            now=now,
        )  # fmt: skip
        refund_all(now)
        told(desk, mail, now)
    assert subjects(desk, mail, now)[1:] == ["退款已到账：¥5.00", "退款已到账：¥7.00"]


def test_a_change_of_an_account_is_told_where_the_buyer_is_proven(
    shop: Shop, now: datetime, mail: str, desk: RunningDesk
) -> None:
    buyer_id = buyer_with(shop.demo.shop_id, mail, now)
    with transaction.atomic():
        note_change(
            shop_id=shop.demo.shop_id, buyer_id=buyer_id, kind="new_device", data={"label": "iPhone, Safari"}, now=now
        )
    (letter,) = told(desk, mail, now)
    assert letter["subject"] == "账户提醒：新设备登录"
    assert "iPhone, Safari" in letter["text"]
    assert len(told(desk, mail, now)) == 1


def buyer_with(shop_id: UUID, mail: str, now: datetime) -> UUID:
    visitor = Visitor(ip="192.0.2.9", label="test")
    with transaction.atomic():
        buyer_id = make_buyer(shop_id, visitor, "test", now)
        keep_contact(shop_id, buyer_id, Contact("email", mail), now)
    return buyer_id


def test_failed_work_is_told_once_an_hour(shop: Shop, now: datetime, mail: str, desk: RunningDesk) -> None:
    box = f"owner-{uuid4().hex[:8]}@staff.example"
    user_id = create_user(username=box, email=box)
    add_staff(shop_id=shop.demo.shop_id, user_id=user_id, role="owner", actor=ACTOR, now=now)
    other = f"fin-{uuid4().hex[:8]}@staff.example"
    user_id = create_user(username=other, email=other)
    add_staff(shop_id=shop.demo.shop_id, user_id=user_id, role="finance", actor=ACTOR, now=now)
    hour = now.replace(minute=20, second=0, microsecond=0)
    for minute in (1, 2, 3):
        failed_job("test.sweep", hour.replace(minute=minute))
    assert tell_failures(hour) == 1
    assert tell_failures(hour) == 0
    failed_job("test.sweep", hour + timedelta(minutes=45))
    failed_job("test.other", hour + timedelta(minutes=45))
    assert tell_failures(hour + timedelta(minutes=50)) == 2
    got = [letter["subject"] for letter in told(desk, box, hour + timedelta(minutes=50))]
    assert sorted(got) == ["后台任务失败：test.other", "后台任务失败：test.sweep", "后台任务失败：test.sweep"]
    assert told(desk, other, hour + timedelta(minutes=50)) == [], "not finance's work"


def failed_job(name: str, at: datetime) -> None:
    with platform_job("test"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts, args)"
            " VALUES ('q', %s, 'failed', 3, '{}') RETURNING id",
            [name],
        )
        job_id = cursor.fetchone()[0]
        cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [job_id])
        cursor.execute("INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'failed', %s)", [job_id, at])


def test_the_staff_hear_of_a_price_that_waits_for_them(shop: Shop, now: datetime, mail: str, desk: RunningDesk) -> None:
    shop_id, box = shop.demo.shop_id, f"ops-{uuid4().hex[:8]}@mail.example"
    user_id = create_user(username=box)
    get_user_model().objects.filter(pk=user_id).update(email=box)
    add_staff(shop_id=shop_id, user_id=user_id, role="operator", actor=ACTOR, now=now)
    watched_things(shop_id, shop.sku_id)
    (letter,) = told(desk, box, utc_now())
    assert letter["subject"] == "成本变动：酷玩点数卡 50 元"
    assert "8.125" in letter["html"]
    assert "9.90" in letter["html"]
    assert f"/console/supply/watch/{shop.sku_id}/" in letter["html"]


def test_the_staff_hear_of_suppliers_accounts(shop: Shop, now: datetime, mail: str, desk: RunningDesk) -> None:
    shop_id, box = shop.demo.shop_id, f"fin-{uuid4().hex[:8]}@mail.example"
    user_id = create_user(username=box)
    get_user_model().objects.filter(pk=user_id).update(email=box)
    add_staff(shop_id=shop_id, user_id=user_id, role="finance", actor=ACTOR, now=now)
    wanted = Connection(
        "kasushou", "acc", "云梯供货", "CNY", {"base_url": "https://supplier.example", "user_id": "1"},
        {"key": "0123456789abcdef"},
    )  # fmt: skip
    terms = Contract(low_balance=Decimal(50))
    made = connect_supplier(
        shop_id=shop_id, wanted=wanted, contract=terms, shop_currency="CNY", actor=ACTOR, now=now
    )  # fmt: skip
    about = {"shop_id": shop_id, "supplier_id": made.id, "now": now}
    for kind, amount in (("top_up", 80), ("withdrawal", 40)):
        record_movement(
            kind=kind, amount=Decimal(amount), shop_currency="CNY", key=uuid4(), note="", actor=ACTOR, **about
        )  # fmt: skip
        watch_balance(**about)
    with transaction.atomic():
        publish(shop_id=shop_id, event=BalanceBroken(made.id, "2026-01-02", "-8", "CNY"), now=now)
    low, broken = sorted(told(desk, box, now), key=lambda letter: letter["subject"], reverse=True)
    assert low["subject"] == "供应商余额不足：云梯供货 剩 40.00 CNY"
    assert f"/console/supply/accounts/{made.id}/" in low["html"]
    assert (broken["subject"], "2026-01-02 相差 -8.00 CNY" in broken["text"]) == ("余额不符：云梯供货", True)


def test_the_staff_hear_of_low_stock_once_a_fall(shop: Shop, now: datetime, mail: str, desk: RunningDesk) -> None:
    shop_id, box = shop.demo.shop_id, f"ops-{uuid4().hex[:8]}@mail.example"
    user_id = create_user(username=box)
    get_user_model().objects.filter(pk=user_id).update(email=box)
    add_staff(shop_id=shop_id, user_id=user_id, role="operator", actor=ACTOR, now=now)
    left = vault.stock(shop_id, [shop.sku_id], now)[shop.sku_id].available
    set_low_stock(shop_id=shop_id, sku_id=shop.sku_id, threshold=left, actor=ACTOR, now=now)
    watch_stock(now)
    take(shop_id=shop_id, sku_id=shop.sku_id, holder_id=uuid4(), quantity=1, now=now)
    watch_stock(now)
    (letter,) = told(desk, box, now)
    assert letter["subject"] == f"库存不足：酷玩点数卡 50 元 剩 {left - 1}"
    assert f"/console/skus/{shop.sku_id}/" in letter["html"]
    watch_stock(now)
    assert len(told(desk, box, now)) == 1
