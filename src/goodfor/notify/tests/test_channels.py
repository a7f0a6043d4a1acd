"""Every channel against its stand-in: the straight way, and each thing that goes wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from goodfor.notify import queries
from goodfor.notify.addresses import EMAIL, SMS, WEBPUSH, WECHAT_MINI, WECHAT_OA
from goodfor.notify.operations.set_switch import set_switch
from goodfor.notify.tests.world import ACTOR, World, address, phone, rows
from goodfor.notify.types import Queued, Recipient

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Case:
    """How to speak by one channel, and where its stand-in keeps what came."""

    name: str
    service: str
    channel: str
    provider: str
    open: Callable[[World], Any]
    #: What a repeated message leaves behind where nobody could be asked.
    letters_after_repeat: int = 2
    can_ask: bool = False


CASES = [
    Case("smtp", "smtp", EMAIL, "smtp", World.smtp),
    Case("esp", "esp", EMAIL, "anymail", World.esp),
    Case("aliyun", "aliyun", SMS, "aliyun", World.aliyun, can_ask=True),
    Case("tencent", "tencent", SMS, "tencent", World.tencent, can_ask=True),
    # WeChat drops a repeated client_msg_id itself.
    Case("template", "wechat", WECHAT_OA, "wechat", World.wechat, letters_after_repeat=1),
    Case("bizsend", "wechat", WECHAT_OA, "wechat", lambda w: w.wechat(kind="subscribe")),
    Case("mini", "wechat", WECHAT_MINI, "wechat", lambda w: w.wechat(WECHAT_MINI, page="pages/order/index")),
    Case("webpush", "push", WEBPUSH, "webpush", World.webpush),
    Case("wecom", "wecom", "wecom", "wecom", World.wecom),
    Case("dingtalk", "dingtalk", "dingtalk", "dingtalk", World.dingtalk),
    Case("feishu", "feishu", "feishu", "feishu", World.feishu),
]
ALL = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


class Said:
    """One message queued by a channel to an address nobody had before."""

    def __init__(self, world: World, case: Case) -> None:
        self.world, self.case = world, case
        case.open(world)
        self.before = len(world.letters(case.service)) if case.channel in ("wecom", "dingtalk", "feishu") else 0
        self.to = ""
        self.queued = self._send()
        assert len(self.queued.message_ids) == 1, self.queued

    def _send(self) -> Queued:
        world, channel = self.world, self.case.channel
        if channel in ("wecom", "dingtalk", "feishu"):
            return world.send("case_opened", [], audience="staff")
        if channel == EMAIL:
            self.to = address()
            return world.send("order_delivered", [Recipient(EMAIL, self.to)])
        if channel == WEBPUSH:
            browser = world.browser("buyer:1")
            self.to = browser["token"]
            return world.send("order_delivered", [Recipient(WEBPUSH, "buyer:1")])
        number = "SMS_123" if self.case.name == "aliyun" else "123456"
        params = (("thing1", "{{ order.title }}"), ("character_string2", "{{ order.number }}"))
        world.vendor_template("order_delivered", channel, number, params)
        if channel == SMS:
            set_switch(
                shop_id=world.shop_id,
                scene="order_delivered",
                channel=SMS,
                audience="buyer",
                enabled=True,
                actor=ACTOR,
                now=world.now,
            )
            self.to = phone()
        else:
            self.to = f"openid_{address()[4:14]}"
        return world.send("order_delivered", [Recipient(channel, self.to)])

    @property
    def state(self) -> str:
        return self.world.message(self.queued).state

    @property
    def failure(self) -> str:
        return self.world.message(self.queued).failure

    def letters(self) -> list[dict[str, Any]]:
        to = self.to.removeprefix("+86") if self.case.name == "aliyun" else self.to
        return self.world.letters(self.case.service, to)[self.before :]


@ALL
def test_sent_and_logged(world: World, case: Case) -> None:
    said = Said(world, case)
    assert said.letters() == []
    assert world.deliver() == 1
    (letter,) = said.letters()
    assert "星河影视会员" in str(letter["content"]) or "金额不符" in str(letter["content"])
    message = world.message(said.queued)
    assert (message.state, message.provider, message.attempts) == ("sent", case.provider, 1)
    assert message.sent_at == world.now
    assert world.history(message.id) == ["queued", "sending", "sent"]
    assert world.deliver() == 0
    if case.service in ("aliyun", "tencent", "wechat"):
        assert message.provider_ref == letter["ref"]


@ALL
def test_slow(world: World, case: Case) -> None:
    said = Said(world, case)
    world.fault("delay", case.service, ms=300)
    world.deliver()
    assert (said.state, len(said.letters())) == ("sent", 1)


@ALL
def test_too_many_for_now(world: World, case: Case) -> None:
    said = Said(world, case)
    world.fault("rate_limit", case.service)
    world.deliver()
    assert said.state == "queued"
    assert said.failure in ("rate_limited", "try_later")
    assert world.deliver() == 0, "it waits"
    world.hurry()
    assert (said.state, said.failure, len(said.letters())) == ("sent", "", 1)
    assert world.message(said.queued).attempts == 2


@pytest.mark.parametrize("case", [c for c in CASES if c.service != "wechat"], ids=lambda case: case.name)
def test_keys_that_are_not_accepted(world: World, case: Case) -> None:
    """WeChat has tokens instead of signatures: they are tested below."""
    said = Said(world, case)
    world.fault("bad_signature", case.service)
    world.deliver()
    assert (said.state, said.failure, said.letters()) == ("queued", "account", [])
    world.hurry()
    assert (said.state, len(said.letters())) == ("sent", 1)


@ALL
def test_broken_before_the_work(world: World, case: Case) -> None:
    """An error of the server says nothing: asked about where one can ask, then repeated, since it is harmless."""
    said = Said(world, case)
    world.fault("error_burst", case.service, status=502)
    world.deliver()
    if case.service == "smtp":
        assert said.state == "queued", "SMTP answers before anything is handed over"
    elif case.service == "wechat":
        assert said.state == "queued", "without a token nothing was sent"
    else:
        assert said.state == "unknown"
    for _ in range(8):
        world.hurry()
    assert (said.state, len(said.letters())) == ("sent", 1)


@ALL
def test_the_answer_is_lost_after_the_work(world: World, case: Case) -> None:
    said = Said(world, case)
    if case.service == "wechat":
        # The first call fetches the token.
        world.fault("lost_answer", case.service, skip=1)
    else:
        world.fault("lost_answer", case.service)
    world.deliver()
    assert (said.state, len(said.letters())) == ("unknown", 1)
    for _ in range(2):
        world.hurry()
    assert said.state == "sent"
    assert len(said.letters()) == (1 if case.can_ask else case.letters_after_repeat)


@ALL
def test_nobody_there(world: World, case: Case) -> None:
    """Certainly not sent: tried again with growing pauses, then given up, and a person may try once more."""
    said = Said(world, case)
    rows("UPDATE notify_account SET valid_to = %s WHERE shop_id = %s", [world.now, world.shop_id])
    for _ in range(7):
        world.hurry()
    assert (said.state, said.failure, said.letters()) == ("failed", "account", [])
    assert world.message(said.queued).attempts == 7
    assert world.hurry() == 0


@pytest.mark.parametrize(
    ("name", "code", "failure"),
    [
        ("smtp", "550", "recipient_refused"),
        ("smtp", "450", None),
        ("esp", "", "http_422"),
        ("aliyun", "isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_NUMBER_ILLEGAL"),
        ("aliyun", "isv.AMOUNT_NOT_ENOUGH", None),
        ("tencent", "InvalidParameterValue.IncorrectPhoneNumber", "InvalidParameterValue.IncorrectPhoneNumber"),
        ("tencent", "LimitExceeded.PhoneNumberDailyLimit", None),
        ("template", "43004", "errcode_43004"),
        ("mini", "43101", "errcode_43101"),
    ],
)
def test_refused(world: World, name: str, code: str, failure: str | None) -> None:
    """For good: failed at once, and not sent again. For now (None): it waits."""
    said = Said(world, next(case for case in CASES if case.name == name))
    world.fault("refuse", said.case.service, code=code)
    world.deliver()
    assert said.letters() == []
    if failure is None:
        assert said.state == "queued"
    else:
        assert (said.state, said.failure) == ("failed", failure)
        assert world.hurry() == 0


@pytest.mark.parametrize("name", ["template", "bizsend", "mini"])
def test_a_token_that_ended_is_renewed_once(world: World, name: str) -> None:
    said = Said(world, next(case for case in CASES if case.name == name))
    world.deliver()
    issued = world.desk.tokens_issued
    world.fault("expired_token", "wechat")
    again = said._send()
    first = world.message(again)
    world.deliver()
    assert world.message(again).state == "sent"
    assert world.message(again).attempts == 1, "renewed within the same try"
    assert world.desk.tokens_issued == issued + 1
    assert first.state == "queued"


def test_twenty_messages_fetch_one_token(world: World) -> None:
    world.wechat()
    world.vendor_template("order_delivered", WECHAT_OA, "tpl", (("first", "{{ order.title }}"),))
    world.desk.revoke_tokens()
    issued = world.desk.tokens_issued
    people = [Recipient(WECHAT_OA, f"openid_{address()[4:14]}") for _ in range(20)]
    queued = world.send("order_delivered", people)
    assert len(queued.message_ids) == 20
    world.deliver()
    assert {world.message(queued, n).state for n in range(20)} == {"sent"}
    assert world.desk.tokens_issued == issued + 1
    (stored,) = rows("SELECT t::text FROM notify_token t WHERE shop_id = %s", [world.shop_id])
    assert world.desk.access_token("wxsandbox00000001", refresh=False)[0] not in stored[0]


def test_a_wrong_app_secret_is_an_account_problem(world: World) -> None:
    said = Said(world, CASES[4])
    world.account(
        "wechat_oa", "wechat", {"app_id": "wxsandbox00000001", "base_url": world.desk.url}, {"app_secret": "wrong"}
    )
    world.deliver()
    assert (said.state, said.failure) == ("queued", "account")


def test_a_browser_that_is_gone_is_forgotten(world: World) -> None:
    said = Said(world, CASES[7])
    assert rows("SELECT count(*) FROM notify_push_subscription WHERE shop_id = %s", [world.shop_id]) == [(1,)]
    world.fault("gone", "push")
    world.deliver()
    assert (said.state, said.failure) == ("failed", "gone")
    assert rows("SELECT count(*) FROM notify_push_subscription WHERE shop_id = %s", [world.shop_id]) == [(0,)]
    assert world.send("order_delivered", [Recipient(WEBPUSH, "buyer:1")]).skipped == (("webpush", "no_subscription"),)


def test_a_push_carries_what_the_page_needs(world: World) -> None:
    said = Said(world, CASES[7])
    world.deliver()
    (letter,) = said.letters()
    content = letter["content"]
    assert content["title"] == "已发货：星河影视会员 月卡"
    assert content["url"] == "https://shop.example/orders/G260101ABCDEFGH23"
    assert (content["urgency"], content["ttl"]) == ("normal", str(3 * 86_400))


def test_a_group_is_not_called_together_by_a_buyers_words(world: World) -> None:
    """Feishu reads `<at user_id="all">` in text."""
    world.feishu()
    before = len(world.letters("feishu"))
    case = {"kind": '<at user_id="all">所有人</at>', "number": "P1", "amount": "1", "url": ""}
    world.send("case_opened", [], audience="staff", context={"case": case})
    world.deliver()
    text = world.letters("feishu")[before]["content"]["text"]
    assert "<at" not in text
    assert "＜at" in text


def test_one_channel_that_is_down_holds_no_other_up(world: World) -> None:
    """Three unanswered calls, then the rest of that account waits; mail goes on."""
    world.feishu()
    world.smtp()
    world.fault("error_burst", "feishu", status=503, times=None)
    for _ in range(6):
        world.send("case_opened", [], audience="staff")
    to = address()
    mail = world.send("order_delivered", [Recipient(EMAIL, to)])
    world.deliver()
    assert world.message(mail).state == "sent"
    world.desk.faults.reset()
    for _ in range(3):
        world.hurry()
    assert rows("SELECT DISTINCT state FROM notify_message WHERE shop_id = %s", [world.shop_id]) == [("sent",)]


@pytest.mark.parametrize("case", [c for c in CASES if c.service != "push"], ids=lambda case: case.name)
def test_stand_ins_do_check_who_calls(world: World, case: Case) -> None:
    """One letter of a secret changed: nothing is taken. (A browser takes any key: it is bound to it by its page.)"""
    said = Said(world, case)
    (account,) = [a for a in queries.accounts(world.shop_id) if a.channel == case.channel]
    world.later(0.001)
    wrong = dict.fromkeys(account.secret_names, "SECwrong-wrong-wrong")
    world.account(case.channel, case.provider, account.config, wrong)
    world.deliver()
    assert (said.state, said.failure, said.letters()) == ("queued", "account", [])


def test_a_push_service_checks_the_key_and_the_time(world: World) -> None:
    said = Said(world, CASES[7])
    world.now -= timedelta(hours=13)
    rows("UPDATE notify_message SET next_try_at = %s WHERE shop_id = %s", [world.now, world.shop_id])
    world.deliver()
    assert (said.state, said.failure, said.letters()) == ("queued", "account", [])
    world.later(13 * 3600)
    world.hurry()
    assert (said.state, len(said.letters())) == ("sent", 1)
