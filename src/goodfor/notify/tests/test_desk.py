"""What the console's message pages stand on: reports, telling again, retention, the staff's alerts, masked previews."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError
from django.test import Client

from goodfor.identity.operations.add_staff import add_staff
from goodfor.identity.operations.create_user import create_user
from goodfor.identity.types import StaffView
from goodfor.kernel.errors import DomainError
from goodfor.notify import queries
from goodfor.notify.errors import (
    AddressInvalid,
    NotRetryable,
    SceneUnknown,
    StaffNotFound,
    TemplateInvalid,
    TooManyResends,
)
from goodfor.notify.operations.allow_codes import allow_codes
from goodfor.notify.operations.ask_reports import ask_reports
from goodfor.notify.operations.preview import MARKS, preview
from goodfor.notify.operations.purge_messages import purge_messages
from goodfor.notify.operations.resend_message import resend_message
from goodfor.notify.operations.set_keep_days import set_keep_days
from goodfor.notify.operations.set_staff_alerts import set_staff_alerts
from goodfor.notify.tests.world import ACTOR, World, address, phone, rows, tamper, whole_database
from goodfor.notify.types import Draft, MessageFilter, MessageView, Queued, Recipient

pytestmark = pytest.mark.django_db(transaction=True)


# -- reports of text messages ------------------------------------------------------------------------------


def texted(world: World, vendor: str) -> Queued:
    """A text message that the vendor has taken."""
    getattr(world, vendor)()
    world.vendor_template("refund_arrived", "sms", "SMS_1" if vendor == "aliyun" else "1", (("amount", "¥1"),))
    rows(
        "INSERT INTO notify_switch (id, shop_id, scene, channel, audience, enabled, changed_at)"
        " VALUES (%s, %s, 'refund_arrived', 'sms', 'buyer', true, now())",
        [uuid4(), world.shop_id],
    )
    queued = world.send("refund_arrived", [Recipient("sms", phone())])
    world.deliver()
    assert world.message(queued).state == "sent"
    return queued


def path_of(world: World) -> str:
    (account,) = queries.accounts(world.shop_id)
    return queries.report_path(world.shop_id, account.id, account.provider)


def body_of(vendor: str, message: MessageView, good: bool = True) -> str:
    if vendor == "aliyun":
        return json.dumps([{"out_id": message.id.hex, "biz_id": message.provider_ref, "success": good}])
    return json.dumps([{"sid": message.provider_ref, "report_status": "SUCCESS" if good else "FAIL"}])


def report(path: str, body: str) -> tuple[int, str]:
    answer = Client().post(path, body, content_type="application/json")
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("vendor", ["aliyun", "tencent"])
def test_a_report_is_asked_back_and_believed_only_then(world: World, vendor: str) -> None:
    queued = texted(world, vendor)
    sent = world.message(queued)
    reply = '{"code":0,"msg":"OK"}' if vendor == "aliyun" else '{"result":0,"errmsg":"OK"}'
    # Whoever knew the address could say what he likes: the vendor says that the phone has it.
    assert report(path_of(world), body_of(vendor, sent, good=False)) == (200, reply)
    assert world.message(queued).delivered_at is None
    world.later(60)
    assert ask_reports(now=world.now) == 1
    told = world.message(queued)
    assert (told.state, told.delivered_at) == ("sent", world.now)
    assert report(path_of(world), body_of(vendor, sent)) == (200, reply)
    assert ask_reports(now=world.now) == 0, "it is known by now"


@pytest.mark.parametrize("vendor", ["aliyun", "tencent"])
def test_what_no_phone_received_has_failed(world: World, vendor: str) -> None:
    queued = texted(world, vendor)
    world.fault("not_delivered", vendor)
    report(path_of(world), body_of(vendor, world.message(queued)))
    world.later(60)
    assert ask_reports(now=world.now) == 1
    told = world.message(queued)
    assert (told.state, told.failure, told.sent_at) == ("failed", "not_delivered", None)
    assert world.history(queued.message_ids[0])[-1] == "failed"


def test_an_answer_that_does_not_come_is_asked_for_a_few_times(world: World) -> None:
    queued = texted(world, "aliyun")
    world.fault("query_empty", "aliyun", times=10)
    report(path_of(world), body_of("aliyun", world.message(queued)))
    asked = 0
    for _ in range(10):
        world.later(700)
        rows("UPDATE notify_message SET report_due_at = %s WHERE report_due_at IS NOT NULL AND shop_id = %s",
             [world.now, world.shop_id])  # fmt: skip
        asked += ask_reports(now=world.now)
    assert asked == 4
    assert (world.message(queued).state, world.message(queued).delivered_at) == ("sent", None)


def test_a_report_needs_its_address(world: World) -> None:
    queued = texted(world, "aliyun")
    good, body = path_of(world), body_of("aliyun", world.message(queued))
    other = World(world.running, world.now)
    other.aliyun()
    token = good.rpartition("/")[2]
    for path in (
        good[:-4] + ("0000" if good[-4:] != "0000" else "1111"),
        f"/notify/report/{other.shop_id}/{queries.accounts(other.shop_id)[0].id}/{token}",
        f"/notify/report/{world.shop_id}/{uuid4()}/{token}",
    ):
        assert report(path, body)[0] == 404
    # Another shop's own address finds nothing of this one.
    assert report(path_of(other), body)[0] == 200
    assert Client().get(good).status_code == 405
    for broken in ("", "{", "[" * 100_000, '{"a": 1}', "[1, null, {}]", '[{"out_id": 5, "biz_id": []}]'):
        assert report(good, broken)[0] == 200
    assert report(good, " " * 300_000)[0] == 413
    assert rows("SELECT count(*) FROM notify_message WHERE report_due_at IS NOT NULL") == [(0,)]
    assert report(good, body)[0] == 200
    assert rows("SELECT count(*) FROM notify_message WHERE report_due_at IS NOT NULL") == [(1,)]
    assert token not in whole_database(), "nothing is stored for it"


# -- telling again -----------------------------------------------------------------------------------------


def test_what_was_sent_goes_out_again(world: World) -> None:
    world.smtp()
    to, order = address(), uuid4()
    queued = world.send("order_delivered", [Recipient("email", to)], subject=f"order:{order}", about_id=order)
    with pytest.raises(NotRetryable):
        resend_message(shop_id=world.shop_id, message_id=queued.message_ids[0], actor=ACTOR, now=world.now)
    world.deliver()
    for number in range(3):
        resend_message(shop_id=world.shop_id, message_id=queued.message_ids[0], actor=ACTOR, now=world.now)
        world.deliver()
        assert len(world.letters("smtp", to)) == number + 2
    first, *others = [letter["content"] for letter in world.letters("smtp", to)]
    assert all(other["text"] == first["text"] for other in others)
    found = queries.messages_of(world.shop_id, order)
    assert [m.state for m in found] == ["sent"] * 4
    # Three an hour, whichever of them is asked for.
    before = rows("SELECT count(*) FROM notify_message")
    for message in found:
        with pytest.raises(TooManyResends):
            resend_message(shop_id=world.shop_id, message_id=message.id, actor=ACTOR, now=world.now)
    assert rows("SELECT count(*) FROM notify_message") == before
    resend_message(shop_id=world.shop_id, message_id=found[-1].id, actor=ACTOR, now=world.now + timedelta(hours=2))


def test_secrets_and_other_shops_are_not_sent_again(world: World) -> None:
    world.smtp()
    secret = world.send("signin_code", [Recipient("email", address())], context={"code": "918273", "minutes": "5"})
    plain = world.send("refund_arrived", [Recipient("email", address())])
    world.deliver()
    before = rows("SELECT count(*) FROM notify_message")
    with pytest.raises(NotRetryable):
        resend_message(shop_id=world.shop_id, message_id=secret.message_ids[0], actor=ACTOR, now=world.now)
    with pytest.raises(DomainError, match="notify_message_not_found"):
        resend_message(shop_id=uuid4(), message_id=plain.message_ids[0], actor=ACTOR, now=world.now)
    assert rows("SELECT count(*) FROM notify_message") == before


# -- retention ---------------------------------------------------------------------------------------------


def aged(world: World, days: int, state: str = "sent") -> UUID:
    """A message of that age; open ones wait."""
    (message_id,) = world.send("refund_arrived", [Recipient("email", address())]).message_ids
    if state == "sent":
        world.deliver()
    tamper(
        "UPDATE notify_message SET created_at = created_at - make_interval(days => %s) WHERE id = %s",
        [days, message_id],
    )
    tamper(
        "UPDATE notify_notice SET created_at = created_at - make_interval(days => %s)"
        " WHERE id = (SELECT notice_id FROM notify_message WHERE id = %s)",
        [days, message_id],
    )
    return message_id


def test_the_log_is_kept_as_long_as_the_shop_says(world: World) -> None:
    world.smtp()
    old, young, waiting = aged(world, 200), aged(world, 20), aged(world, 300, "queued")
    assert queries.keep_days(world.shop_id) == 180
    assert purge_messages(now=world.now) == 1
    assert {m.id for m in queries.messages(world.shop_id)} == {young, waiting}
    for wrong in (6, 0, -1, 3651):
        with pytest.raises(DomainError, match="notify_keep_days_invalid"):
            set_keep_days(shop_id=world.shop_id, days=wrong, actor=ACTOR, now=world.now)
    set_keep_days(shop_id=world.shop_id, days=10, actor=ACTOR, now=world.now)
    assert purge_messages(now=world.now) == 1
    assert {m.id for m in queries.messages(world.shop_id)} == {waiting}
    assert rows("SELECT count(*) FROM notify_notice WHERE shop_id = %s", [world.shop_id]) == [(3,)], "told is told"
    assert old not in {m.id for m in queries.messages(world.shop_id)}
    rows("UPDATE notify_message SET state = 'expired', next_try_at = NULL WHERE id = %s", [waiting])


def test_nothing_young_or_open_is_deleted_by_any_hand(world: World) -> None:
    world.smtp()
    young, waiting = aged(world, 3), aged(world, 100, "queued")
    for message_id in (young, waiting):
        with pytest.raises(IntegrityError):
            rows("DELETE FROM notify_message WHERE id = %s", [message_id])
    rows("UPDATE notify_message SET state = 'expired', next_try_at = NULL WHERE id = %s", [waiting])


# -- staff -------------------------------------------------------------------------------------------------


def member(world: World, role: str, email: str = "") -> StaffView:
    user_id = create_user(username=f"{role}-{uuid4().hex[:8]}", email=email)
    return add_staff(shop_id=world.shop_id, user_id=user_id, role=role, actor=ACTOR, now=world.now)


def recipients(world: World, scene: str) -> set[tuple[str, str]]:
    return {(one.channel, one.address) for one in queries.staff_recipients(world.shop_id, scene)}


def test_alerts_follow_the_role_until_somebody_says_otherwise(world: World) -> None:
    owner, finance = member(world, "owner", "o@staff.example"), member(world, "finance", "f@staff.example")
    assert recipients(world, "case_opened") == {("email", "o@staff.example"), ("email", "f@staff.example")}
    assert recipients(world, "low_stock") == {("email", "o@staff.example")}
    common = {"shop_id": world.shop_id, "staff_id": finance.id, "actor": ACTOR, "now": world.now}
    set_staff_alerts(
        **common, wanted={("low_stock", "email")}, addresses={"email": "desk@staff.example", "sms": "13812345678"}
    )
    assert recipients(world, "case_opened") == {("email", "o@staff.example")}
    assert recipients(world, "low_stock") == {("email", "o@staff.example"), ("email", "desk@staff.example")}
    route = queries.staff_route(world.shop_id, finance.id)
    assert route.hints == {"email": "d***@staff.example", "sms": "138****5678"}
    assert "desk@staff.example" not in whole_database(), "sealed"
    # An address that is left out stays; an empty one goes, and the account's own is used again.
    set_staff_alerts(**common, wanted={("low_stock", "email")}, addresses={"email": None})
    assert ("email", "desk@staff.example") in recipients(world, "low_stock")
    set_staff_alerts(**common, wanted={("low_stock", "email")}, addresses={"email": ""})
    assert ("email", "f@staff.example") in recipients(world, "low_stock")
    get_user_model().objects.filter(pk=owner.user_id).update(is_active=False)
    assert recipients(world, "case_opened") == set()


def test_wrong_alerts_are_refused_and_change_nothing(world: World) -> None:
    one = member(world, "owner", "o@staff.example")
    stranger = member(World(world.running, world.now), "owner")
    common = {"shop_id": world.shop_id, "actor": ACTOR, "now": world.now}
    with pytest.raises(StaffNotFound):
        set_staff_alerts(**common, staff_id=stranger.id, wanted=set(), addresses={})
    for wanted in ({("order_delivered", "email")}, {("low_stock", "sms"), ("x", "email")}, {("low_stock", "wecom")}):
        with pytest.raises(SceneUnknown):
            set_staff_alerts(**common, staff_id=one.id, wanted=wanted, addresses={})
    with pytest.raises(AddressInvalid):
        set_staff_alerts(**common, staff_id=one.id, wanted=set(), addresses={"email": "x"})
    assert rows("SELECT count(*) FROM notify_staff_alert") == [(0,)]
    assert rows("SELECT count(*) FROM notify_staff_address") == [(0,)]


# -- previews and the log ----------------------------------------------------------------------------------


def test_marks_stand_for_codes_in_a_preview(world: World) -> None:
    sku = uuid4()
    context = {"lines": [{"sku_id": sku, "title": "<script>x</script>", "codes": [{"number": "N77", "secret": "S88"}]}]}
    draft = Draft(
        body="{% for l in lines %}{{ l.title }}{% for c in l.codes %}[{{ c.secret }}]{% endfor %}{% endfor %}"
    )
    common = {"shop_id": world.shop_id, "scene": "order_delivered", "channel": "email", "language": "zh"}
    shown = preview(**common, context=context, draft=draft)
    assert "[" not in shown.text, "not allowed for the SKU"
    assert "<script>" not in shown.html
    allow_codes(shop_id=world.shop_id, sku_id=sku, allowed=True, actor=ACTOR, now=world.now)
    shown = preview(**common, context=context, draft=draft)
    assert f"[{MARKS}]" in shown.text
    assert "S88" not in shown.text + shown.html


@pytest.mark.parametrize(
    "source",
    [
        "{{ order.__class__ }}",
        "{{ order.number.__class__.__mro__ }}",
        "{{ shop['__init__'] }}",
        "{{ lines.__len__ }}",
        "{{ order.items }}",
        "{% for i in (1..999999999) %}x{% endfor %}",
        "{% for a in lines %}{% for b in lines %}{{ b.codes }}{% endfor %}{{ a.x }}{% endfor %}",
        "{% include 'x' %}",
    ],
)
def test_a_template_walks_nowhere(world: World, source: str) -> None:
    with pytest.raises(TemplateInvalid):
        preview(
            shop_id=world.shop_id, scene="order_delivered", channel="email", language="zh", draft=Draft(body=source)
        )


def test_the_log_is_counted_and_found(world: World) -> None:
    world.smtp()
    to, order = address(), uuid4()
    world.send("refund_arrived", [Recipient("email", to)], about_id=order)
    world.send("refund_failed", [Recipient("email", address())])
    world.deliver()
    world.send("refund_failed", [Recipient("email", address())])
    counts = queries.count_messages(world.shop_id, MessageFilter())
    assert (counts["sent"], counts["queued"], counts["failed"]) == (2, 1, 0)
    assert sum(queries.count_messages(uuid4(), MessageFilter()).values()) == 0
    (found,) = queries.messages(world.shop_id, MessageFilter(recipient=to))
    assert found.about_id == order
    assert len(queries.messages(world.shop_id, MessageFilter(recipient="nobody"))) == 0
    assert len(queries.messages(world.shop_id, limit=2, offset=1)) == 2
    assert queries.messages_by_ids(uuid4(), [found.id]) == []
    world.deliver()
