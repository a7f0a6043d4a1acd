"""At most once, whatever happens: twenty threads, a process that dies, answers that are lost, codes that expire."""

from typing import Any

import pytest
from django.db import transaction

from goodfor.kernel.errors import DomainError
from goodfor.kernel.outcomes import Outcome
from goodfor.notify import queries
from goodfor.notify.operations import deliver_due as deliver
from goodfor.notify.operations.retry_message import retry_message
from goodfor.notify.schedule import LEASE
from goodfor.notify.tests.world import ACTOR, World, address, at_once, phone, rows
from goodfor.notify.types import Queued, Recipient

pytestmark = pytest.mark.django_db(transaction=True)
CODE = "918273"


def code_by_mail(world: World, to: str, **more: Any) -> Queued:
    context = {"code": CODE, "minutes": "5"}
    return world.send("signin_code", [Recipient("email", to)], context=context, **more)


class Killed(BaseException):
    """The process ends here."""


def test_twenty_threads_tell_once(world: World) -> None:
    world.smtp()
    to = address()
    ends = at_once(20, lambda _: world.send("order_delivered", [Recipient("email", to)], subject="order:7"))
    assert sorted(len(end.message_ids) for end in ends) == [0] * 19 + [1]
    assert [end.skipped for end in ends if not end.message_ids] == [(("email", "already"),)] * 19
    assert rows("SELECT count(*) FROM notify_message WHERE shop_id = %s", [world.shop_id]) == [(1,)]
    at_once(4, lambda _: world.deliver())
    assert len(world.letters("smtp", to)) == 1


def test_twenty_workers_send_once(world: World) -> None:
    world.smtp()
    to = [address() for _ in range(10)]
    for one in to:
        world.send("order_delivered", [Recipient("email", one)])
    at_once(20, lambda _: world.deliver())
    assert [len(world.letters("smtp", one)) for one in to] == [1] * 10


def test_another_scene_audience_channel_or_subject_is_another_message(world: World) -> None:
    world.smtp()
    world.wecom()
    to = address()
    assert len(world.send("refund_failed", [Recipient("email", to)], subject="refund:1").message_ids) == 1
    staff = world.send("refund_failed", [Recipient("email", to)], subject="refund:1", audience="staff")
    assert len(staff.message_ids) == 2, "mail and the group"
    assert len(world.send("refund_arrived", [Recipient("email", to)], subject="refund:1").message_ids) == 1
    assert len(world.send("refund_failed", [Recipient("email", to)], subject="refund:2").message_ids) == 1


def test_one_address_given_twice_is_told_once(world: World) -> None:
    world.smtp()
    to = address()
    queued = world.send("order_delivered", [Recipient("email", to), Recipient("email", f" {to} ")])
    assert len(queued.message_ids) == 1


def test_killed_between_send_and_mark_a_code_is_not_sent_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.smtp()
    to = address()
    queued = code_by_mail(world, to)

    def die(*_args: Any, **_more: Any) -> None:
        raise Killed

    monkeypatch.setattr(deliver, "_settle", die)
    with pytest.raises(Killed):
        world.deliver()
    monkeypatch.undo()
    assert world.message(queued).state == "sending"
    assert len(world.letters("smtp", to)) == 1
    assert world.deliver() == 0, "leased"

    world.later(LEASE.total_seconds() + 1)
    for _ in range(4):
        world.deliver()
        world.later(60)
    message = world.message(queued)
    assert (message.state, message.attempts, message.has_content) == ("lost", 1, False)
    assert len(world.letters("smtp", to)) == 1
    assert world.history(message.id) == ["queued", "sending", "unknown", "lost"]
    with pytest.raises(DomainError, match="notify_not_retryable"):
        retry_message(shop_id=world.shop_id, message_id=message.id, actor=ACTOR, now=world.now)


def test_killed_between_send_and_mark_a_harmless_one_is_repeated(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.smtp()
    to = address()
    queued = world.send("order_delivered", [Recipient("email", to)])

    def die(*_args: Any, **_more: Any) -> None:
        raise Killed

    monkeypatch.setattr(deliver, "_settle", die)
    with pytest.raises(Killed):
        world.deliver()
    monkeypatch.undo()
    world.later(LEASE.total_seconds() + 1)
    for _ in range(3):
        world.deliver()
    assert world.message(queued).state == "sent"
    letters = world.letters("smtp", to)
    assert len(letters) == 2
    assert letters[0]["tag"] == letters[1]["tag"], "one Message-ID: a mail program shows it once"


def test_a_lost_answer_never_doubles_a_code(world: World) -> None:
    world.smtp()
    to = address()
    queued = code_by_mail(world, to)
    world.fault("lost_answer", "smtp")
    world.deliver()
    assert world.message(queued).state == "unknown"
    for _ in range(5):
        world.hurry()
    assert (world.message(queued).state, len(world.letters("smtp", to))) == ("lost", 1)


@pytest.mark.parametrize("vendor", ["aliyun", "tencent"])
def test_sms_code_of_unknown_outcome_is_asked_about(world: World, vendor: str) -> None:
    getattr(world, vendor)()
    world.vendor_template("signin_code", "sms", "SMS_1" if vendor == "aliyun" else "1", (("code", "{{ code }}"),))
    to = phone()
    queued = world.send("signin_code", [Recipient("sms", to)], context={"code": CODE, "minutes": "5"})
    world.fault("lost_answer", vendor)
    world.deliver()
    world.hurry()
    shown = to.removeprefix("+86") if vendor == "aliyun" else to
    assert (world.message(queued).state, len(world.letters(vendor, shown))) == ("sent", 1)


@pytest.mark.parametrize("vendor", ["aliyun", "tencent"])
def test_sms_code_that_the_vendor_does_not_know_is_given_up(world: World, vendor: str) -> None:
    """The vendor's list may be late: not finding a code there is no proof that nobody has it."""
    getattr(world, vendor)()
    world.vendor_template("signin_code", "sms", "SMS_1" if vendor == "aliyun" else "1", (("code", "{{ code }}"),))
    to = phone()
    queued = world.send("signin_code", [Recipient("sms", to)], context={"code": CODE, "minutes": "5"})
    world.fault("lost_answer", vendor)
    world.fault("query_empty", vendor, times=None)
    world.deliver()
    for _ in range(6):
        world.hurry()
    shown = to.removeprefix("+86") if vendor == "aliyun" else to
    assert (world.message(queued).state, len(world.letters(vendor, shown))) == ("lost", 1)


def test_a_code_that_expired_is_not_sent(world: World) -> None:
    world.smtp()
    to = address()
    queued = code_by_mail(world, to)
    world.later(601)
    world.deliver()
    message = world.message(queued)
    assert (message.state, message.attempts, message.has_content) == ("expired", 0, False)
    assert world.letters("smtp", to) == []


def test_a_code_waits_no_longer_than_it_lives(world: World) -> None:
    world.smtp()
    to = address()
    queued = code_by_mail(world, to, expires_at=world.now.replace(microsecond=0))
    world.later(2)
    world.deliver()
    assert world.message(queued).state == "expired"


def test_pauses_grow_until_a_person_is_needed(world: World) -> None:
    world.smtp()
    to = address()
    queued = world.send("order_delivered", [Recipient("email", to)])
    world.fault("rate_limit", "smtp", times=None)
    pauses = []
    while world.message(queued).state == "queued":
        world.deliver()
        due = world.message(queued).next_try_at
        if due is not None:
            pauses.append((due - world.now).total_seconds())
            world.now = due
    assert pauses == [10, 30, 120, 600, 3600, 10800]
    assert world.message(queued).state == "failed"
    world.desk.faults.reset()
    retry_message(shop_id=world.shop_id, message_id=queued.message_ids[0], actor=ACTOR, now=world.now)
    world.deliver()
    assert (world.message(queued).state, len(world.letters("smtp", to))) == ("sent", 1)
    with pytest.raises(DomainError, match="notify_not_retryable"):
        retry_message(shop_id=world.shop_id, message_id=queued.message_ids[0], actor=ACTOR, now=world.now)
    assert world.message(queued).state == "sent"


def test_an_adapter_that_breaks_stops_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.smtp()
    world.wecom()
    to = address()
    mail = world.send("order_delivered", [Recipient("email", to)])
    group = world.send("case_opened", [], audience="staff")

    def broken(*_args: Any) -> Outcome:
        raise KeyError("a mistake of ours")

    monkeypatch.setattr("goodfor.notify.providers.wecom.adapter.WecomRobot.send", broken)
    world.deliver()
    assert (world.message(mail).state, world.message(group).state) == ("sent", "unknown")
    monkeypatch.undo()
    for _ in range(2):
        world.hurry()
    assert world.message(group).state == "sent"


def test_nothing_is_called_inside_a_transaction(world: World) -> None:
    world.smtp()
    world.send("order_delivered", [Recipient("email", address())])
    with pytest.raises(RuntimeError, match="inside a transaction"), transaction.atomic():
        world.deliver()


def test_the_code_is_nowhere_after_it_was_sent(world: World) -> None:
    world.smtp()
    to = address()
    queued = code_by_mail(world, to)
    (sealed,) = rows("SELECT m::text FROM notify_message m WHERE id = %s", [queued.message_ids[0]])
    assert CODE not in sealed[0]
    assert CODE.encode().hex() not in sealed[0]
    assert to not in sealed[0]
    world.deliver()
    assert CODE in str(world.letters("smtp", to))
    assert world.message(queued).has_content is False
    assert queries.message_content(world.shop_id, queued.message_ids[0]) is None
