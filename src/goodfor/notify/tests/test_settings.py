"""Matrix, consent, channel accounts, trying a channel, the send log, and shops kept apart."""

import logging
from dataclasses import replace

import pytest
from django.test import override_settings

from goodfor.kernel.errors import DomainError
from goodfor.kernel.statemachine import Machine
from goodfor.notify import queries, states
from goodfor.notify.addresses import kind_of_contact, masked, normal
from goodfor.notify.errors import ChannelAccountInvalid, PushSubscriptionInvalid
from goodfor.notify.operations import send as send_module
from goodfor.notify.operations.forget_recipient import forget_recipient
from goodfor.notify.operations.set_channel_account import set_channel_account
from goodfor.notify.operations.set_switch import set_switch
from goodfor.notify.operations.subscribe_push import subscribe_push
from goodfor.notify.operations.try_channel import try_channel
from goodfor.notify.operations.unsubscribe_push import unsubscribe_push
from goodfor.notify.providers.http import is_allowed
from goodfor.notify.providers.smtp.client import NotAllowed, public_address
from goodfor.notify.providers.webpush.adapter import HOSTS as PUSH_HOSTS
from goodfor.notify.scenes import SCENES
from goodfor.notify.tests.world import ACTOR, World, address, phone, rows, tamper, violated, whole_database
from goodfor.notify.types import MessageFilter, Recipient
from goodfor.sandbox.notify import demo

pytestmark = pytest.mark.django_db(transaction=True)


# -- matrix and consent -----------------------------------------------------------------------------------


def test_switches(world: World) -> None:
    world.smtp()
    to = [Recipient("email", address())]
    assert world.send("order_paid", to).skipped == (("email", "off"),), "off by default: delivery follows at once"
    common = {"shop_id": world.shop_id, "channel": "email", "audience": "buyer", "actor": ACTOR, "now": world.now}
    set_switch(scene="order_paid", enabled=True, **common)
    set_switch(scene="order_delivered", enabled=False, **common)
    assert len(world.send("order_paid", to).message_ids) == 1
    assert world.send("order_delivered", to).skipped == (("email", "off"),)
    found = {(r.scene, r.enabled, r.default, r.ready) for r in queries.matrix(world.shop_id) if r.channel == "email"}
    assert {("order_paid", True, False, True), ("order_delivered", False, True, True)} <= found
    with pytest.raises(DomainError, match="notify_scene_unknown"):
        set_switch(**{**common, "scene": "signin_code", "channel": "wecom"}, enabled=True)
    assert rows("SELECT count(*) FROM notify_switch WHERE shop_id = %s", [world.shop_id]) == [(2,)]


def test_no_account_no_message(world: World) -> None:
    assert world.send("order_delivered", [Recipient("email", address())]).skipped == (("email", "no_account"),)
    world.smtp()
    set_channel_account(shop_id=world.shop_id, channel="email", enabled=False, actor=ACTOR, now=world.now)
    assert world.send("order_delivered", [Recipient("email", address())]).skipped == (("email", "no_account"),)
    assert rows("SELECT count(*) FROM notify_notice WHERE shop_id = %s", [world.shop_id]) == [(0,)]


def test_consent_is_asked_for_what_is_not_about_a_purchase(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.smtp()
    offer = replace(SCENES["order_paid"], name="offer", on={"buyer": ("email",)}, transactional=False)
    monkeypatch.setattr(send_module, "SCENES", {**SCENES, "offer": offer})
    monkeypatch.setattr(queries, "SCENES", {**SCENES, "offer": offer})
    to = [Recipient("email", address())]
    for consents in (None, {}, {"email": False}, {"sms": True}):
        sent = world.send("offer", to, context=offer.sample, consents=consents)
        assert sent.skipped == (("email", "no_consent"),)
    # What ships for order_paid is what this one says.
    template = queries.template(world.shop_id, "order_paid", "email", "zh")
    monkeypatch.setattr(queries, "template", lambda *_key: template)
    assert len(world.send("offer", to, context=offer.sample, consents={"email": True}).message_ids) == 1
    monkeypatch.undo()
    assert len(world.send("order_delivered", to, consents={"email": False}).message_ids) == 1


def test_bad_addresses_and_wrong_audiences(world: World) -> None:
    world.smtp()
    world.wecom()
    sent = world.send("order_delivered", [Recipient("email", "no mail"), Recipient("wecom", "x")])
    assert (sent.message_ids, sent.skipped) == ((), (("email", "bad_address"),))
    world.aliyun()
    sent = world.send("signin_code", [Recipient("sms", phone())])
    assert sent.skipped == (("sms", "no_vendor_template"),)
    assert world.send("signin_code", [Recipient("webpush", "x")]).skipped == (("webpush", "not_for_audience"),)


@pytest.mark.parametrize(
    ("channel", "given", "kept"),
    [
        ("email", " Lin@Mail.Example ", "Lin@mail.example"),
        ("email", "a@b", None),
        ("email", "a b@c.example", None),
        ("email", "a@c.example\nBcc: x@y.example", None),
        ("email", '"a b"@c.example', None),
        ("email", "a..b@c.example", None),
        ("sms", "138 0013 8000", "+8613800138000"),
        ("sms", "008613800138000", "+8613800138000"),
        ("sms", "+852 9123 4567", "+85291234567"),
        ("sms", "+8612345", None),
        ("sms", "12345", None),
        ("wechat_oa", "oABC_d-123456", "oABC_d-123456"),
        ("wechat_oa", "o&x=1", None),
    ],
)
def test_addresses(channel: str, given: str, kept: str | None) -> None:
    assert normal(channel, given) == kept


def test_masks_and_kinds() -> None:
    assert masked("email", "lin@mail.example") == "l***@mail.example"
    assert masked("sms", "+8613812345678") == "138****5678"
    assert (kind_of_contact("13812345678"), kind_of_contact("a@b.example"), kind_of_contact("QQ 1")) == (
        "sms",
        "email",
        None,
    )


# -- accounts ---------------------------------------------------------------------------------------------


def test_secrets_are_sealed_and_never_come_back(world: World) -> None:
    first = world.smtp()
    assert first.secret_names == ("password",)
    assert demo.SMTP_PASSWORD not in repr(queries.accounts(world.shop_id))
    assert demo.SMTP_PASSWORD not in whole_database()
    assert demo.SMTP_PASSWORD.encode().hex() not in whole_database()
    world.later(1)
    config = {**first.config, "from_name": "新名字"}
    second = world.account("email", "smtp", config, {})
    assert second.id != first.id
    to = address()
    world.send("order_delivered", [Recipient("email", to)])
    world.deliver()
    assert world.letters("smtp", to)[0]["content"]["from"] == "新名字 <shop@shop.example>"
    kept = rows("SELECT count(*) FILTER (WHERE valid_to IS NULL), count(*) FROM notify_account WHERE channel = 'email'")
    assert kept == [(1, 2)]


def test_a_password_does_not_follow_to_another_server(world: World) -> None:
    first = world.smtp()
    with pytest.raises(ChannelAccountInvalid) as caught:
        world.account("email", "smtp", {**first.config, "host": "localhost"}, {})
    assert caught.value.data == {"field": "password", "reason": "missing"}
    assert [a.id for a in queries.accounts(world.shop_id)] == [first.id]


@pytest.mark.parametrize(
    ("channel", "provider", "config", "secrets", "field"),
    [
        ("email", "nope", {}, {}, "provider"),
        ("sms", "smtp", {}, {}, "provider"),
        ("email", "smtp", {"host": "mail.example", "port": 465, "security": "none"}, {}, "security"),
        ("email", "smtp", {"host": "mail.example", "port": 22, "security": "ssl"}, {}, "port"),
        (
            "email",
            "smtp",
            {"host": "mail.example", "port": 465, "security": "ssl", "from_email": "x"},
            {},
            "from_email",
        ),
        ("email", "anymail", {"esp": "console"}, {}, "esp"),
        ("email", "anymail", {"esp": "resend", "from_email": "a@b.example"}, {}, "api_key"),
        ("sms", "aliyun", {"sign_name": "x"}, {"access_key_secret": "y"}, "access_key_id"),
        ("sms", "tencent", {"secret_id": "x"}, {"secret_key": "y"}, "sms_sdk_app_id"),
        ("wechat_oa", "wechat", {"app_id": "x", "kind": "spam"}, {"app_secret": "y"}, "kind"),
        ("webpush", "webpush", {"subject": "x"}, {}, "subject"),
        ("webpush", "webpush", {"subject": "mailto:a@b.example"}, {"private_key": "junk"}, "private_key"),
        ("wecom", "wecom", {}, {}, "key"),
        ("dingtalk", "dingtalk", {}, {"access_token": "x"}, "secret"),
        ("feishu", "feishu", {"cloud": "mars"}, {"token": "x", "secret": "y"}, "cloud"),
        ("wecom", "wecom", {"base_url": "https://evil.example"}, {"key": "k"}, "base_url"),
        ("feishu", "feishu", {"base_url": "http://169.254.169.254"}, {"token": "x", "secret": "y"}, "base_url"),
    ],
)
def test_wrong_settings_are_named(
    world: World, channel: str, provider: str, config: dict[str, object], secrets: dict[str, str], field: str
) -> None:
    with pytest.raises(ChannelAccountInvalid) as caught:
        world.account(channel, provider, config, secrets)
    assert caught.value.data["field"] == field
    assert queries.accounts(world.shop_id) == []


def test_the_push_key_stays_when_settings_change(world: World) -> None:
    """Browsers subscribed to it."""
    key = queries.push_public_key(world.webpush().shop_id)
    world.later(1)
    world.account("webpush", "webpush", {"subject": "https://shop.example"}, {})
    assert queries.push_public_key(world.shop_id) == key


# -- where we may go --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://wns2-par02p.notify.windows.com/w/?token=x", True),
        ("https://evil.example/fcm.googleapis.com", False),
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://fcm.googleapis.com@evil.example/x", False),
        ("https://evilnotify.windows.com.example/x", False),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://169.254.169.254/latest", False),
        ("https://[::ffff:10.0.0.1]/x", False),
        ("file:///etc/passwd", False),
        ("gopher://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com/\r\nx", False),
    ],
)
def test_only_the_vendors_hosts(url: str, allowed: bool) -> None:
    assert is_allowed(url, PUSH_HOSTS) is allowed


def test_loopback_only_where_the_sandbox_is_on(world: World) -> None:
    assert is_allowed("http://127.0.0.1:8003/push/x", PUSH_HOSTS)
    with override_settings(GOODFOR_LOOPBACK_CHANNELS=False):
        assert not is_allowed("http://127.0.0.1:8003/push/x", PUSH_HOSTS)
        assert not is_allowed("https://localhost/x", PUSH_HOSTS)
        with pytest.raises(ChannelAccountInvalid):
            world.wecom()
        with pytest.raises(NotAllowed):
            public_address("127.0.0.1", 25)
    with override_settings(GOODFOR_OUTBOUND_HOSTS=frozenset({"robots.corp.example"})):
        assert is_allowed("https://robots.corp.example:9443/hook", PUSH_HOSTS)
        assert not is_allowed("http://robots.corp.example/hook", PUSH_HOSTS)


@pytest.mark.parametrize("host", ["10.0.0.5", "192.168.1.1", "169.254.169.254", "::1", "fd00::1"])
def test_mail_goes_to_no_network_of_ours(host: str) -> None:
    with override_settings(GOODFOR_LOOPBACK_CHANNELS=False), pytest.raises(NotAllowed):
        public_address(host, 587)


def test_a_server_that_moved_into_our_network_is_refused_when_sending(world: World) -> None:
    world.smtp()
    queued = world.send("order_delivered", [Recipient("email", address())])
    with override_settings(GOODFOR_LOOPBACK_CHANNELS=False):
        world.deliver()
    assert (world.message(queued).state, world.message(queued).failure) == ("failed", "address_not_allowed")


def test_push_subscriptions_are_checked(world: World) -> None:
    good = world.browser("buyer:1")
    keys = {"p256dh": good["p256dh"], "auth": good["auth"]}
    for wrong in (
        {"endpoint": "https://evil.example/x", **keys},
        {"endpoint": "http://10.0.0.1/x", **keys},
        {"endpoint": good["endpoint"], "p256dh": "AAAA", "auth": good["auth"]},
        {"endpoint": good["endpoint"], "p256dh": good["p256dh"], "auth": "AAAA"},
        {"endpoint": good["endpoint"], "p256dh": "*" * 87, "auth": good["auth"]},
    ):
        with pytest.raises(PushSubscriptionInvalid):
            subscribe_push(shop_id=world.shop_id, owner="buyer:2", now=world.now, **wrong)
    owners = "SELECT owner FROM notify_push_subscription WHERE shop_id = %s"
    assert rows(owners, [world.shop_id]) == [("buyer:1",)]
    assert good["endpoint"] not in whole_database()
    subscribe_push(shop_id=world.shop_id, owner="buyer:2", now=world.now, endpoint=good["endpoint"], **keys)
    assert rows(owners, [world.shop_id]) == [("buyer:2",)], "whoever is signed in now"
    for _ in range(12):
        world.browser("buyer:2")
    assert len(rows(owners, [world.shop_id])) == 10
    assert unsubscribe_push(shop_id=world.shop_id, owner="buyer:1") == 0
    assert unsubscribe_push(shop_id=world.shop_id, owner="buyer:2") == 10


# -- trying a channel ---------------------------------------------------------------------------------------


def test_a_channel_is_tried(world: World) -> None:
    world.smtp()
    to = address()
    report = try_channel(
        shop_id=world.shop_id, channel="email", address=to, language="zh", scene="", actor=ACTOR, now=world.now
    )
    assert (report.ok, report.code, report.detail) == (True, "sent", "测试消息已发出，请查收。")
    assert world.letters("smtp", to)[0]["content"]["subject"] == "好码小店 通道测试"
    for fault, settings, code in (
        ("bad_signature", {}, "account"),
        ("refuse", {"code": "550"}, "recipient_refused"),
        ("lost_answer", {}, "unknown"),
    ):
        world.fault(fault, "smtp", **settings)
        report = try_channel(
            shop_id=world.shop_id, channel="email", address=to, language="zh", scene="", actor=ACTOR, now=world.now
        )
        assert (report.ok, report.code) == (False, code)
    world.smtp(port=1)
    report = try_channel(
        shop_id=world.shop_id, channel="email", address=to, language="zh", scene="", actor=ACTOR, now=world.now
    )
    assert (report.ok, report.code) == (False, "unreachable")
    report = try_channel(
        shop_id=world.shop_id, channel="email", address="x", language="zh", scene="", actor=ACTOR, now=world.now
    )
    assert (report.ok, report.code) == (False, "bad_address")
    with pytest.raises(DomainError, match="notify_account_not_found"):
        try_channel(
            shop_id=world.shop_id, channel="sms", address="x", language="zh", scene="", actor=ACTOR, now=world.now
        )


def test_a_robot_and_an_sms_are_tried(world: World) -> None:
    world.dingtalk()
    before = len(world.letters("dingtalk"))
    common = {"shop_id": world.shop_id, "language": "zh", "scene": "", "actor": ACTOR, "now": world.now}
    assert try_channel(channel="dingtalk", address="", **common).ok
    assert len(world.letters("dingtalk")) == before + 1
    world.aliyun()
    assert try_channel(channel="sms", address="13900000001", **common).code == "no_vendor_template"
    world.vendor_template("signin_code", "sms", "SMS_9", (("code", "{{ code }}"),))
    report = try_channel(channel="sms", address="13900000001", **common)
    assert report.ok
    assert world.letters("aliyun", "13900000001")[-1]["content"]["params"] == {"code": "246810"}


# -- the log ------------------------------------------------------------------------------------------------


def test_the_log_and_its_filters(world: World) -> None:
    world.smtp()
    first, second = address(), address()
    one = world.send("order_delivered", [Recipient("email", first)], subject="order:1").message_ids[0]
    two = world.send("refund_arrived", [Recipient("email", second)], subject="order:1", language="en").message_ids[0]
    world.fault("refuse", "smtp", code="550")
    world.deliver()
    shop = world.shop_id

    def ids(**wanted: object) -> list[object]:
        return [m.id for m in queries.messages(shop, MessageFilter(**wanted))]  # type: ignore[arg-type]

    assert ids() == [two, one]
    assert ids(scene="refund_arrived") == [two]
    assert ids(channel="email", recipient=first) == [one]
    assert ids(channel="email", recipient="junk") == []
    assert ids(states=["sent"], audience="buyer") + ids(states=["failed"]) in ([one, two], [two, one])
    assert [m.id for m in queries.messages_about(shop, "order:1")] == [one, two]
    assert queries.message_counts(shop) == {"failed": 1}
    assert [m.id for m in queries.messages(shop, after=two)] == [one]
    sent = next(m for m in queries.messages(shop) if m.state == "sent")
    content = queries.message_content(shop, sent.id)
    assert content is not None
    assert "G260101ABCDEFGH23" in content.text
    stranger = World(world.running, world.now)
    assert queries.messages(stranger.shop_id) == []
    with pytest.raises(DomainError, match="notify_message_not_found"):
        queries.message_content(stranger.shop_id, sent.id)


def test_a_person_is_forgotten(world: World) -> None:
    world.smtp()
    to, other = address(), address()
    for one in (to, other):
        world.send("order_delivered", [Recipient("email", one)])
    world.deliver()
    assert forget_recipient(shop_id=world.shop_id, channel="email", address=to, actor=ACTOR, now=world.now) == 1
    assert forget_recipient(shop_id=world.shop_id, channel="email", address=to, actor=ACTOR, now=world.now) == 0
    kept = rows(
        "SELECT recipient_hint = '', content_blob IS NULL FROM notify_message WHERE shop_id = %s", [world.shop_id]
    )
    assert sorted(kept) == [(False, False), (True, True)]


def test_nothing_secret_in_the_process_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for open_channel in (world.smtp, world.aliyun, world.feishu, world.wechat):
        open_channel()
    to = address()
    world.send("signin_code", [Recipient("email", to)], context={"code": "918273", "minutes": "5"})
    world.send("case_opened", [], audience="staff")
    world.deliver()
    world.esp()
    world.send("signin_code", [Recipient("email", to)], context={"code": "918273", "minutes": "5"})
    world.deliver()
    for secret in ("918273", to, demo.SMTP_PASSWORD, demo.FEISHU_TOKEN, demo.ESP_KEY, demo.WECHAT_SECRET):
        assert secret not in caplog.text


# -- states and truths --------------------------------------------------------------------------------------


def test_the_machine_and_the_database_say_the_same() -> None:
    stored = set(rows("SELECT before, after FROM notify_message_moves()"))
    machine: Machine = states.MESSAGE
    assert stored == {(a, b) for a, following in machine.transitions.items() for b in following}
    assert machine.terminal == {states.EXPIRED}
    assert machine.states == states.OPEN | states.ENDED


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE notify_message SET state = 'sent', sent_at = now(), next_try_at = NULL",
        "UPDATE notify_message SET subject = 'order:2'",
        "DELETE FROM notify_message",
        "UPDATE notify_notice SET subject = 'order:2'",
        "DELETE FROM notify_notice",
        "UPDATE notify_account SET config = '{}'",
        "UPDATE notify_message SET next_try_at = NULL",
    ],
)
def test_the_database_refuses(world: World, change: str) -> None:
    world.smtp()
    world.send("order_delivered", [Recipient("email", address())], subject="order:1")
    with pytest.raises(Exception, match=r"refused|cannot change|notify_message"):
        rows(change)


def test_planted_violations_are_found(world: World) -> None:
    world.smtp()
    shop = world.shop_id
    one = world.send("order_delivered", [Recipient("email", address())]).message_ids[0]
    two = world.send("signin_code", [Recipient("email", address())]).message_ids[0]
    three = world.send("order_delivered", [Recipient("email", address())]).message_ids[0]
    assert violated(world.now) == {}
    tamper(
        "UPDATE notify_message SET state = 'sending', next_try_at = %s - interval '6 minutes' WHERE id = %s",
        [world.now, one],
    )
    assert violated(world.now) == {"notify_none_stuck_in_sending": [str(one)]}
    tamper(
        "UPDATE notify_message SET state = 'queued', next_try_at = %s - interval '31 minutes' WHERE id = %s",
        [world.now, one],
    )
    assert violated(world.now) == {"notify_due_messages_are_looked_at": [str(one)]}
    tamper("UPDATE notify_message SET next_try_at = %s WHERE id = %s", [world.now, one])

    rows("ALTER TABLE notify_message DROP CONSTRAINT notify_message_secret_wiped")
    tamper("UPDATE notify_message SET state = 'failed', next_try_at = NULL WHERE id = %s", [two])
    assert violated(world.now) == {"notify_secrets_are_wiped": [str(two)]}
    tamper("UPDATE notify_message SET content_blob = NULL, content_key_id = NULL WHERE id = %s", [two])
    rows(
        "ALTER TABLE notify_message ADD CONSTRAINT notify_message_secret_wiped CHECK"
        " (NOT secret OR state IN ('queued', 'sending', 'unknown') OR content_blob IS NULL)"
    )
    rows(
        "INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)"
        " VALUES (%s, 'notify.message', %s, 1, 'unknown', 'queued', 'x', 'x', now())",
        [shop, two],
    )
    assert violated(world.now) == {"notify_secret_sent_at_most_once": [str(two)]}
    tamper("DELETE FROM kernel_history WHERE subject_id = %s AND from_state = 'unknown'", [two])

    tamper("UPDATE notify_message SET subject = 'order:other' WHERE id = %s", [one])
    assert sorted(violated(world.now)) == ["notify_messages_have_their_notice"]
    tamper("UPDATE notify_message m SET subject = n.subject FROM notify_notice n WHERE n.id = m.notice_id")
    rows("ALTER TABLE notify_message DROP CONSTRAINT notify_message_once")
    tamper(
        "UPDATE notify_message SET (notice_id, recipient_index, subject) = (SELECT notice_id, recipient_index, subject"
        " FROM notify_message WHERE id = %s) WHERE id = %s",
        [one, three],
    )
    assert violated(world.now)["notify_told_once"] == [str(min(one, three))]
    tamper("DELETE FROM notify_message WHERE id = %s", [three])
    rows("ALTER TABLE notify_message ADD CONSTRAINT notify_message_once UNIQUE (shop_id, notice_id, recipient_index)")
