"""The pages of messages: words, switches, channels, log, alerts; who may, what never comes out, what goes out once."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console import tasks
from goodfor.console.tests.conftest import CONTACT, Shop
from goodfor.console.tests.helpers import inside, person, proved, sql, state_of_all
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.notify import queries as notify
from goodfor.notify.operations.allow_codes import allow_codes
from goodfor.notify.operations.deliver_due import deliver_due
from goodfor.notify.operations.open_channel_account import open_channel_account
from goodfor.notify.operations.send import send
from goodfor.notify.types import BUYER, Recipient
from goodfor.orders.tests.factories import begin, open_till, pay, relay_all
from goodfor.sandbox.notify import demo
from goodfor.sandbox.notify.server import RunningDesk, running_desk

pytestmark = pytest.mark.django_db(transaction=True)
TEMPLATE = "?scene=order_delivered&channel=email&language=zh"
SECRET = "s3cret-" + uuid4().hex


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    with running_desk(tmp_path_factory.mktemp("letters")) as running:
        yield running


@pytest.fixture
def mail(shop: Shop, desk: RunningDesk) -> RunningDesk:
    """The shop sends mail by the stand-in."""
    desk.desk.faults.reset()
    config = {"host": "127.0.0.1", "port": desk.smtp_port, "security": "none", "username": demo.SMTP_USER,
              "from_email": "shop@shop.example"}  # fmt: skip
    open_channel_account(
        shop_id=shop.id, channel="email", provider="smtp", name="mail", config=config,
        secrets={"password": demo.SMTP_PASSWORD}, actor="test", now=utc_now(),
    )  # fmt: skip
    return desk


def letters(desk: RunningDesk, to: str) -> list[dict[str, Any]]:
    deliver_due(now=utc_now())
    return [dict(letter["content"]) for letter in desk.desk.books.letters("smtp", to)]  # type: ignore[call-overload]


def told(shop: Shop, to: str = CONTACT) -> UUID:
    """A message about the order that a guest placed."""
    return send(
        shop_id=shop.id, scene="order_delivered", audience=BUYER, subject=f"order:{shop.placed.order_id}",
        recipients=[Recipient("email", to)], context={"order": {"number": shop.placed.number}}, language="zh",
        now=utc_now(), about_id=shop.placed.order_id,
    ).message_ids[0]  # fmt: skip


def delivered(shop: Shop) -> None:
    """The guest pays, and has the codes."""
    till = open_till(shop.id, utc_now())
    now = utc_now()
    pay(begin(till, shop.placed.order_id, now), now)
    relay_all(utc_now())


# -- words ---------------------------------------------------------------------------------------------------


def test_a_template_is_changed_previewed_and_dropped(shop: Shop) -> None:
    client, page = inside(shop.id), reverse("desk:message-template") + TEMPLATE
    assert client.get(reverse("desk:message-templates") + "?language=en").status_code == 200
    shown = client.get(page)
    assert "frame-src 'self'" in shown.headers["Content-Security-Policy"]
    assert "order.number" in shown.content.decode()
    sent = {"act": "save", "subject": "到货 {{ order.number }}", "body": "你好 {{ order.title }}", "link": "/o/1"}
    assert client.post(page, sent).status_code == 302
    assert notify.template(shop.id, "order_delivered", "email", "zh").version == 1
    assert "你好 {{ order.title }}" in client.get(page).content.decode()
    before = state_of_all()
    for wrong in ("{{ order.__class__ }}", "{{ nope }}", "{% for i in (1..99999999) %}x{% endfor %}", "{{"):
        answer = client.post(page, {**sent, "body": wrong})
        assert answer.status_code == 422
        assert "模板" in answer.content.decode()
    assert state_of_all() == before
    assert client.post(page, {"act": "drop"}).status_code == 302
    assert notify.template(shop.id, "order_delivered", "email", "zh").version == 0
    assert client.get(reverse("desk:message-template") + "?scene=x&channel=email&language=zh").status_code == 422


def test_a_preview_escapes_masks_and_writes_nothing(shop: Shop) -> None:
    delivered(shop)
    client, preview = inside(shop.id), reverse("desk:message-preview") + TEMPLATE
    for sku_id in {line.sku_id for line in shop.delivered.lines}:
        allow_codes(shop_id=shop.id, sku_id=sku_id, allowed=True, actor="test", now=utc_now())
    loop = "{% for l in lines %}{% for c in l.codes %}[{{ c.secret }}]{% endfor %}{% endfor %}"
    body = "<mj-text>{{ order.number }} " + loop + "</mj-text>"
    draft = {"subject": "<script>alert(1)</script>", "body": body, "order": shop.placed.number}
    before, lines = state_of_all(), sql("SELECT count(*) FROM kernel_audit")
    answer = client.post(preview, draft)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert shop.placed.number in page
    assert "[••••••]" in page, "marks stand for codes"
    assert "<script>" not in page
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    answer = client.post(preview, {**draft, "body": "{{ order['__class__'] }}"})
    assert answer.status_code == 422
    assert "<script" not in answer.content.decode()
    assert client.post(preview, {**draft, "order": "G000000"}).status_code == 404
    assert client.get(preview).status_code == 200
    assert state_of_all() == before
    assert sql("SELECT count(*) FROM kernel_audit") == lines, "looking leaves no line"


def test_another_shops_order_is_no_data_for_a_preview(shop: Shop, other: Shop) -> None:
    preview = reverse("desk:message-preview") + TEMPLATE
    answer = inside(shop.id).post(preview, {"body": "{{ order.number }}", "order": other.placed.number})
    assert answer.status_code == 404
    assert other.placed.number not in answer.content.decode()


def test_a_test_goes_to_oneself(shop: Shop, mail: RunningDesk) -> None:
    to = f"me-{uuid4().hex[:8]}@mail.example"
    page = reverse("desk:message-template-test") + TEMPLATE
    assert inside(shop.id).post(page, {"address": to}).status_code == 302
    assert len(letters(mail, to)) == 1
    answer = inside(shop.id).post(page, {"address": "nobody"})
    assert answer.status_code == 422
    assert "收件地址的写法不对" in answer.content.decode()


# -- switches ------------------------------------------------------------------------------------------------


def test_what_is_off_is_not_sent(shop: Shop, mail: RunningDesk) -> None:
    client, page = inside(shop.id), reverse("desk:message-matrix")
    assert client.get(page).status_code == 200
    key = "order_delivered/buyer/email"
    assert client.post(page, {"shown": [key]}).status_code == 302
    assert sql("SELECT scene, channel, audience, enabled FROM notify_switch") == [
        ("order_delivered", "email", "buyer", False)
    ]
    had = len(letters(mail, CONTACT))
    delivered(shop)
    assert len(letters(mail, CONTACT)) == had
    assert sql("SELECT count(*) FROM notify_message") == [(0,)]
    # A switch that the form did not show is left alone; what does not exist is not made.
    assert client.post(page, {"on": ["x/buyer/email", "signin_code/buyer/wecom"], "shown": []}).status_code == 302
    assert sql("SELECT count(*) FROM notify_switch") == [(1,)]
    assert client.post(page, {"on": [key], "shown": [key]}).status_code == 302
    assert notify.switched_on(shop.id, "order_delivered", "buyer") >= {"email"}


# -- channels ------------------------------------------------------------------------------------------------


def test_a_channel_is_set_up_tried_and_its_secret_never_comes_out(shop: Shop, desk: RunningDesk) -> None:
    url = reverse("desk:message-channel") + "?channel=sms&provider=aliyun"
    assert inside(shop.id).get(url).status_code == 302, "it asks who one is first"
    assert inside(shop.id).post(url, {"access_key_id": "x", "access_key_secret": SECRET}).status_code == 302
    assert notify.accounts(shop.id) == []
    client = proved(shop.id)
    before = state_of_all()
    answer = client.post(url, {"name": "短信", "access_key_id": "AK", "access_key_secret": "", "sign_name": "好码"})
    assert answer.status_code == 422
    assert "请填写这一项" in answer.content.decode()
    assert state_of_all() == before
    sent = {"name": "短信", "access_key_id": "AK", "access_key_secret": SECRET, "sign_name": "好码", "enabled": "1"}
    assert client.post(url, sent).status_code == 302
    (account,) = notify.accounts(shop.id)
    assert (account.config["access_key_id"], account.secret_names) == ("AK", ("access_key_secret",))
    # Left empty, it stays; and no page, log, audit line or table has it.
    assert client.post(url, {**sent, "access_key_secret": "", "sign_name": "新签名"}).status_code == 302
    assert notify.accounts(shop.id)[0].config["sign_name"] == "新签名"
    pages = [url, reverse("desk:message-channels"), reverse("desk:messages")]
    assert all(SECRET not in client.get(page).content.decode() for page in pages)
    assert "已保存，留空则不变" in client.get(url).content.decode()
    tables = sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    assert not any(SECRET in str(row) for (name,) in tables for row in sql(f'SELECT t::text FROM "{name}" t'))
    assert client.get(reverse("desk:message-channel") + "?channel=sms&provider=wecom").status_code == 422


def test_try_it_says_what_came_of_it(shop: Shop, mail: RunningDesk) -> None:
    client, to = inside(shop.id), f"try-{uuid4().hex[:8]}@mail.example"
    answer = client.post(reverse("desk:message-channel-test"), {"channel": "email", "address": to})
    assert "测试消息已发出" in answer.content.decode()
    assert len(letters(mail, to)) == 1
    answer = client.post(reverse("desk:message-channel-test"), {"channel": "email", "address": "x"})
    assert "收件地址的写法不对" in answer.content.decode()
    assert client.post(reverse("desk:message-channel-test"), {"channel": "sms", "address": "1"}).status_code == 404
    assert client.post(reverse("desk:message-channel-switch"), {"channel": "email", "on": "0"}).status_code == 302
    assert notify.current_accounts(shop.id) == {}
    assert client.post(reverse("desk:message-channel-switch"), {"channel": "sms", "on": "1"}).status_code == 404


def test_how_long_the_log_is_kept(shop: Shop) -> None:
    client, page = inside(shop.id), reverse("desk:message-keep")
    assert client.post(page, {"days": "30"}).status_code == 302
    assert notify.keep_days(shop.id) == 30
    for wrong in ("", "x", "6", "99999", "-1", "1.5"):
        assert client.post(page, {"days": wrong}).status_code == 422
    assert notify.keep_days(shop.id) == 30


# -- log -----------------------------------------------------------------------------------------------------


def failed(shop: Shop, mail: RunningDesk, to: str) -> UUID:
    """A message that its channel refused for good."""
    mail.desk.faults.add({"kind": "refuse", "service": "smtp", "code": "550"})
    message_id = told(shop, to)
    deliver_due(now=utc_now())
    assert notify.message(shop.id, message_id).state == "failed"
    return message_id


def test_the_log_shows_and_retries_once(shop: Shop, mail: RunningDesk) -> None:
    to = f"log-{uuid4().hex[:8]}@mail.example"
    message_id = failed(shop, mail, to)
    client = inside(shop.id, Role.SUPPORT)
    page = client.get(reverse("desk:messages")).content.decode()
    assert "l***@mail.example" in page
    assert to not in page
    assert shop.placed.number in page
    for query in (f"recipient={quote(to)}", f"order={shop.placed.number}", "tab=failed", "channel=email"):
        assert "l***@" in client.get(reverse("desk:messages") + f"?{query}").content.decode(), query
    for query in ("recipient=a@b.example", "order=G0000000", "tab=sent", "channel=sms"):
        assert "l***@" not in client.get(reverse("desk:messages") + f"?{query}").content.decode(), query
    detail = client.get(reverse("desk:message", args=[message_id])).content.decode()
    assert "发送失败" in detail
    assert shop.placed.number in detail
    picked = {"act": "retry", "pick": str(message_id)}
    for _ in range(2):
        client.post(reverse("desk:messages-pick"), picked)
        token = client.get(reverse("desk:messages-batch")).context["token"]
        assert client.post(reverse("desk:messages-batch"), {"token": token}).status_code == 302
    while tasks.do_batches(utc_now()):
        pass
    assert len(letters(mail, to)) == 1, "retried twice, sent once"
    ended = sql("SELECT state, problem FROM console_batch_item ORDER BY state")
    assert ended == [("done", ""), ("refused", "notify_not_retryable")]


def test_a_viewer_reads_no_words_and_sends_nothing(shop: Shop, other: Shop, mail: RunningDesk) -> None:
    to = f"v-{uuid4().hex[:8]}@mail.example"
    message_id, client = failed(shop, mail, to), inside(shop.id, Role.VIEWER)
    page = client.get(reverse("desk:message", args=[message_id])).content.decode()
    assert "客服及以上" in page
    before = state_of_all()
    assert client.post(reverse("desk:message-resend", args=[message_id])).status_code == 403
    assert client.post(reverse("desk:order-tell", args=[shop.placed.number])).status_code == 403
    assert client.post(reverse("desk:messages-pick"), {"act": "retry", "pick": str(message_id)}).status_code == 403
    stranger = proved(other.id)
    for name in ("message", "message-resend"):
        url = reverse(f"desk:{name}", args=[message_id])
        assert (stranger.get if name == "message" else stranger.post)(url).status_code == 404
    after = state_of_all()
    assert {name for name in after if after[name] != before[name] and name.startswith("notify")} == set()


# -- an order's messages -------------------------------------------------------------------------------------


def test_support_tells_the_buyer_again_without_codes(shop: Shop, mail: RunningDesk) -> None:
    for sku_id in {line.sku_id for line in shop.delivered.lines}:
        allow_codes(shop_id=shop.id, sku_id=sku_id, allowed=True, actor="test", now=utc_now())
    client, tell = inside(shop.id, Role.SUPPORT), reverse("desk:order-tell", args=[shop.placed.number])
    assert client.post(tell).status_code == 422, "not delivered"
    delivered(shop)
    had = len(letters(mail, CONTACT))
    order = reverse("desk:order", args=[shop.placed.number])
    page = client.get(order).content.decode()
    assert "m***@shop.example" in page
    assert "重发发货通知" in page
    for number in range(3):
        assert client.post(tell).status_code == 302
        again = letters(mail, CONTACT)
        assert len(again) == had + number + 1
    assert client.post(tell).status_code == 429
    assert len(letters(mail, CONTACT)) == had + 3
    secrets = sql("SELECT count(*) FROM notify_message WHERE secret AND subject LIKE '%%:again:%%'")
    assert secrets == [(0,)]
    assert "消息：" in client.get(order).content.decode()
    assert client.post(reverse("desk:order-tell", args=[shop.delivered.number])).status_code == 422, "a program's"
    done = sql("SELECT count(*) FROM kernel_audit WHERE action = 'notify.told_again'")
    assert done == [(3,)]


def test_why_nothing_would_be_sent_is_said(shop: Shop) -> None:
    delivered(shop)
    client = inside(shop.id, Role.SUPPORT)
    before = state_of_all()
    answer = client.post(reverse("desk:order-tell", args=[shop.placed.number]))
    assert answer.status_code == 422
    assert "通道没有设置或已停用" in answer.content.decode()
    assert state_of_all() == before


# -- staff ---------------------------------------------------------------------------------------------------


def test_who_of_the_staff_hears_what(shop: Shop) -> None:
    client, one = inside(shop.id), person(shop.id, Role.SUPPORT)
    assert one.staff.username in client.get(reverse("desk:message-staff")).content.decode()
    page = reverse("desk:message-staff-one", args=[one.staff.id])
    assert client.get(page).status_code == 200
    assert client.post(page, {"on": ["low_stock/email"], "email": "desk@staff.example"}).status_code == 302
    assert ("email", "desk@staff.example") in {
        (r.channel, r.address) for r in notify.staff_recipients(shop.id, "low_stock")
    }
    before = state_of_all()
    assert client.post(page, {"on": ["low_stock/email"], "email": "x"}).status_code == 422
    assert client.post(page, {"on": ["order_delivered/email"]}).status_code == 422
    assert state_of_all() == before
    shown = client.get(page).content.decode()
    assert "d***@staff.example" in shown
    assert "desk@staff.example" not in shown
    assert client.post(page, {"on": [], "forget_email": "1"}).status_code == 302
    assert sql("SELECT count(*) FROM notify_staff_address") == [(0,)]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPPORT, Role.FINANCE, Role.VIEWER])
def test_settings_are_the_owners(shop: Shop, role: str) -> None:
    client: Client = proved(shop.id, role)
    before = state_of_all()
    for name in ("message-templates", "message-matrix", "message-channels", "message-staff"):
        assert client.get(reverse(f"desk:{name}")).status_code == 403
    for name in ("message-template", "message-preview", "message-channel", "message-keep", "message-channel-test"):
        assert client.post(reverse(f"desk:{name}") + TEMPLATE, {"days": "9", "channel": "email"}).status_code == 403
    assert state_of_all() == before
