"""Paying through the stand-in gateway over HTTP, both versions: in time, late, doubled, wrong, forged, lost."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import pytest

from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.payments import queries
from goodfor.payments.errors import (
    AlreadyPaid,
    ChannelRejected,
    ChannelUnavailable,
    ExposureExceeded,
    MethodNotEnabled,
    PaymentExpired,
)
from goodfor.payments.operations.close_payment import close_payment
from goodfor.payments.operations.confirm_fact import confirm_fact
from goodfor.payments.operations.poll_due import poll_due
from goodfor.payments.operations.sweep_inbox import purge_forged, sweep_inbox
from goodfor.payments.providers.epay import signing
from goodfor.payments.tests.world import World, query_of, rows, send
from goodfor.payments.types import RawRequest
from goodfor.sandbox.demo import DEMO_PID, demo_merchant

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = pytest.mark.parametrize("version", ["v1", "v2"])


@BOTH
@pytest.mark.parametrize("mode", ["page", "server"])
def test_paid_notified_confirmed_applied(world: World, version: str, mode: str) -> None:
    account = world.epay(version, mode)
    begun = world.begin(account)
    assert begun.payment.state == "pending"
    assert begun.instruction.kind == "redirect"
    world.pay(begun)
    assert world.settle(account) == ["confirmed"]
    payment = queries.payment(world.shop, begun.payment.id)
    assert (payment.state, payment.captured_minor, payment.settles) == ("succeeded", 990, True)
    assert world.booked() == world.books()["paid_fen"] == 990
    assert rows("SELECT count(*) FROM payments_inbox WHERE applied_at IS NULL") == [(0,)]
    with pytest.raises(AlreadyPaid):
        world.begin(account, payment.source_id)


@BOTH
def test_notify_overtakes_the_reply(world: World, version: str) -> None:
    account = world.epay(version)

    def act(raw: RawRequest) -> bytes:
        receipt = world.receive(account, raw)
        world.apply(receipt.facts[0])
        return receipt.ack

    world.inlet.act = act
    world.gate.control.fault("notify_before_reply")
    begun = world.begin(account)
    assert begun.payment.state == world.state(begun) == "succeeded"
    assert world.booked() == 990


@BOTH
def test_paid_after_the_local_close_is_late(world: World, version: str) -> None:
    account = world.epay(version)
    begun = world.begin(account)
    assert close_payment(shop_id=world.shop, payment_id=begun.payment.id, now=world.now).state == "closed"
    assert world.events("payments.payment_closed") == 1
    world.pay(begun, force=True)
    assert world.settle(account) == ["late"]
    assert world.state(begun) == "succeeded"
    assert world.booked() == 990


@BOTH
def test_close_finds_that_it_was_paid(world: World, version: str) -> None:
    account = world.epay(version)
    world.gate.control.fault("lost_notify")
    begun = world.begin(account)
    world.pay(begun)
    result = close_payment(shop_id=world.shop, payment_id=begun.payment.id, now=world.now)
    assert result.state == "paid"
    assert result.fact is not None
    assert world.apply(result.fact).outcome == "confirmed"
    assert close_payment(shop_id=world.shop, payment_id=begun.payment.id, now=world.now).state == "ended"


@BOTH
def test_second_payment_of_the_same_source_goes_back(world: World, version: str) -> None:
    account, source = world.epay(version), uuid4()
    first, second = world.begin(account, source), world.begin(account, source, method="wxpay")
    assert first.payment.number != second.payment.number
    world.pay(first)
    world.pay(second)
    assert world.settle(account) == ["confirmed", "duplicate_payment"]
    assert world.cases() == ["duplicate"]
    settling = queries.settling_of(world.shop, "order", source)
    assert settling is not None
    assert settling.id == first.payment.id
    refund = world.execute(world.refund(second))
    assert refund.state == "succeeded"
    assert world.cases() == []
    assert world.booked() == world.books()["net_fen"] == 990


@BOTH
@pytest.mark.parametrize(("money", "outcome"), [("0.01", "underpaid"), ("99.00", "overpaid")])
def test_wrong_amount_is_a_case_and_never_a_payment(world: World, version: str, money: str, outcome: str) -> None:
    account = world.epay(version, "page")
    begun = world.begin(account, open_page=False)
    url, _, query = begun.instruction.url.partition("?")
    fields = {k: v for k, v in parse_qsl(query) if k not in ("sign", "sign_type")} | {"money": money}
    me = demo_merchant()
    sign = (
        signing.md5_sign(fields, me.md5_key) if version == "v1" else signing.rsa_sign(fields, me.merchant_private_pem)
    )
    assert send("GET", f"{url}?{urlencode(fields | {'sign': sign})}") == 200
    world.pay(begun)
    assert world.settle(account) == [outcome]
    payment = queries.payment(world.shop, begun.payment.id)
    assert (payment.state, payment.settles) == ("failed", False)
    assert payment.captured_minor == Money.parse(money, "CNY").amount_minor == world.booked()
    assert world.cases() == [outcome]
    assert world.execute(world.refund(begun, payment.captured_minor)).done
    assert world.cases() == []
    assert world.booked() == world.books()["net_fen"] == 0


@BOTH
def test_foreign_merchant_in_a_valid_notify(world: World, version: str) -> None:
    account = world.epay(version)
    begun = world.begin(account)
    world.gate.control.fault("foreign_pid_notify")
    world.pay(begun)
    lie, truth = world.inlet.raws
    receipt = world.receive(account, lie)
    assert (receipt.verified, receipt.problem, receipt.facts) == (False, "foreign_merchant", ())
    assert world.cases() == ["foreign"]
    world.inlet.raws = [truth]
    assert world.settle(account) == ["confirmed"]


@BOTH
def test_lies_in_valid_notifies_are_told_by_the_query(world: World, version: str) -> None:
    account = world.epay(version)
    begun = world.begin(account)
    world.gate.control.fault("wrong_status_notify")
    world.gate.control.fault("wrong_amount_notify", money="0.01")
    world.pay(begun)
    assert len(world.inlet.raws) == 3
    assert world.settle(account) == ["confirmed", "already_applied"]
    assert world.cases() == ["tampered"]
    assert queries.payment(world.shop, begun.payment.id).captured_minor == 990


@BOTH
def test_mutated_notifies_prove_nothing(world: World, version: str) -> None:
    account = world.epay(version)
    begun = world.begin(account)
    world.gate.control.fault("bad_signature_notify")
    world.pay(begun)
    forged, honest = world.inlet.raws
    assert world.receive(account, forged).problem == "bad_signature"
    fields = query_of(honest)
    for name in [n for n in fields if n not in ("sign", "sign_type") and fields[n]]:
        raw = RawRequest("GET", "/", urlencode(fields | {name: fields[name] + "1"}).encode())
        assert world.receive(account, raw).problem == "bad_signature", name
        less = RawRequest("GET", "/", urlencode({k: v for k, v in fields.items() if k != name}).encode())
        assert world.receive(account, less).problem == "bad_signature", name
    for query, problem in {
        honest.query + b"&money=0.01": "duplicate_parameter",
        honest.query + b"&%6Doney=9.90": "duplicate_parameter",
        honest.query + b"&x=%ff": "malformed",
        honest.query + b"&x=%00": "malformed",
        honest.query + "&x=é".encode(): "malformed",
        urlencode({k: v for k, v in fields.items() if k != "sign"}).encode(): "unsigned",
        b"": "unsigned",
        b"&".join(b"a%d=1" % n for n in range(100)): "malformed",
        honest.query + b"&x=" + b"y" * 9000: "too_large",
    }.items():
        receipt = world.receive(account, RawRequest("GET", "/", query))
        assert (receipt.problem, receipt.facts) == (problem, ()), query[-20:]
    # An empty parameter is not signed, and a form instead of a query is the same notify.
    again = RawRequest("POST", "/", b"", {}, honest.query + b"&note=")
    assert len(world.receive(account, again).facts) == 1
    assert world.state(begun) == "pending"
    kept = rows("SELECT count(*) FROM payments_inbox WHERE shop_id = %s AND NOT verified", [world.shop])[0][0]
    assert 1 <= kept <= 20
    assert purge_forged(now=world.now + timedelta(days=31)) == kept
    world.inlet.raws = [honest]
    assert world.settle(account) == ["confirmed"]


def test_stale_timestamp_of_v2(world: World) -> None:
    account = world.epay("v2")
    begun = world.begin(account)
    world.pay(begun)
    (raw,) = world.inlet.raws
    for seconds in (-310, 310):
        receipt = world.receive(account, raw, world.now + timedelta(seconds=seconds))
        assert (receipt.verified, receipt.problem) == (False, "stale_timestamp")
    assert world.settle(account) == ["confirmed"]


def test_wrong_hash_of_v2(world: World) -> None:
    account = world.epay("v2")
    world.pay(world.begin(account))
    (raw,) = world.inlet.raws
    fields = query_of(raw)
    md5 = signing.md5_sign(fields, demo_merchant().md5_key)
    downgraded = RawRequest("GET", "/", urlencode(fields | {"sign": md5, "sign_type": "MD5"}).encode())
    assert world.receive(account, downgraded).problem == "bad_signature"
    assert world.settle(account) == ["confirmed"]


@BOTH
def test_notify_before_the_books_of_the_channel(world: World, version: str) -> None:
    account = world.epay(version)
    begun = world.begin(account)
    world.gate.control.fault("query_unpaid", seconds=60)
    world.pay(begun)
    assert world.settle(account) == ["refuted"]
    assert world.state(begun) == "pending"
    assert poll_due(now=world.now + timedelta(seconds=6)) == 1
    (told,) = queries.facts_of(world.shop, begun.payment.id)
    assert world.apply(told.fact).outcome == "confirmed"


@BOTH
def test_poll_finds_a_payment_whose_notify_was_lost(world: World, version: str) -> None:
    account = world.epay(version)
    begun = world.begin(account)
    world.gate.control.fault("lost_notify")
    world.pay(begun)
    assert world.inlet.raws == []
    assert poll_due(now=world.now + timedelta(seconds=4)) == 0
    later = world.now + timedelta(seconds=6)
    assert poll_due(now=later) == 1
    assert world.events("payments.fact_recorded") == 1
    (told,) = queries.facts_of(world.shop, begun.payment.id)
    assert told.outcome == ""
    assert poll_due(now=later + timedelta(seconds=61)) == 1
    assert world.events("payments.fact_recorded") == 1
    assert world.apply(told.fact).outcome == "confirmed"
    assert poll_due(now=later + timedelta(seconds=200)) == 0
    assert world.booked() == 990


@BOTH
def test_expired_is_closed_and_asked_about_later(world: World, version: str) -> None:
    account = world.epay(version)
    begun = world.begin(account, minutes=1)
    over = world.now + timedelta(seconds=61)
    assert poll_due(now=over) == 1
    assert world.state(begun) == "closed"
    at_gateway = world.gate.control.trade(pid=DEMO_PID, out_trade_no=begun.payment.number)["state"]
    assert at_gateway == ("closed" if version == "v2" else "unpaid")
    world.gate.control.fault("lost_notify")
    world.pay(begun, force=True)
    assert poll_due(now=over + timedelta(seconds=61)) == 1
    (told,) = queries.facts_of(world.shop, begun.payment.id)
    assert world.apply(told.fact).outcome == "late"


@BOTH
def test_silent_channel_keeps_the_payment_open(world: World, version: str) -> None:
    account = world.epay(version)
    begun = world.begin(account, minutes=1)
    world.gate.control.fault("error_burst", times=None)
    assert poll_due(now=world.now + timedelta(seconds=61)) == 1
    assert world.state(begun) == "pending"
    assert close_payment(shop_id=world.shop, payment_id=begun.payment.id, now=world.now).state == "waiting"
    assert poll_due(now=world.now + timedelta(minutes=62)) == 1
    assert world.state(begun) == "closed"


@BOTH
def test_lost_reply_of_create_is_taken_up_with_the_same_number(world: World, version: str) -> None:
    account, source = world.epay(version), uuid4()
    world.gate.control.fault("lost_answer", on="mapi" if version == "v1" else "create")
    with pytest.raises(ChannelUnavailable) as lost:
        world.begin(account, source)
    begun = world.begin(account, source)
    assert begun.payment.number == lost.value.data["number"]
    assert world.begin(account, source) == begun
    assert world.books()["trades"] == 1


@BOTH
def test_refused_after_a_lost_reply_is_still_asked_about(world: World, version: str) -> None:
    account, source = world.epay(version), uuid4()
    world.gate.control.fault("lost_answer", on="mapi" if version == "v1" else "create")
    world.gate.control.fault("lost_notify")
    with pytest.raises(ChannelUnavailable) as lost:
        world.begin(account, source)
    world.gate.control.pay(pid=DEMO_PID, out_trade_no=lost.value.data["number"])
    with pytest.raises(ChannelRejected):
        world.begin(account, source)
    assert poll_due(now=world.now + timedelta(seconds=61)) == 1
    (payment,) = queries.payments_of(world.shop, "order", source)
    (told,) = queries.facts_of(world.shop, payment.id)
    assert world.apply(told.fact).outcome == "late"


def test_inbox_sweep_asks_and_then_gives_up(world: World) -> None:
    account = world.epay("v1")
    begun = world.begin(account, minutes=200)
    world.gate.control.fault("query_unpaid", seconds=60, times=None)
    world.pay(begun)
    assert len(world.facts(account)) == 1
    rows("UPDATE payments_payment SET next_poll_at = NULL WHERE shop_id = %s", [world.shop])
    assert sweep_inbox(now=world.now + timedelta(seconds=11)) == 1
    assert poll_due(now=world.now + timedelta(seconds=11)) == 1
    assert world.state(begun) == "pending"
    assert sweep_inbox(now=world.now + timedelta(minutes=11)) == 1
    assert world.cases() == ["unconfirmed_notify"]
    assert sweep_inbox(now=world.now + timedelta(minutes=12)) == 0


def test_no_notify_for_a_number_of_nobody_pays(world: World) -> None:
    account = world.epay("v1")
    fields = {"pid": "1001", "trade_no": "2026010108000500001", "out_trade_no": "Pnobody", "type": "alipay",
              "money": "9.90", "trade_status": "TRADE_SUCCESS"}  # fmt: skip
    raw = RawRequest(
        "GET", "/", urlencode(fields | {"sign": signing.md5_sign(fields, demo_merchant().md5_key)}).encode()
    )
    (fact,) = world.receive(account, raw).facts
    assert confirm_fact(shop_id=world.shop, fact=fact, now=world.now).state == "refuted"
    assert world.apply(fact).outcome == "unknown_payment"
    assert world.cases() == ["unknown_payment"]


def test_what_begin_refuses(world: World) -> None:
    account = world.epay("v1", exposure_limit_minor=1000)
    with pytest.raises(MethodNotEnabled):
        world.begin(account, method="bank")
    with pytest.raises(PaymentExpired):
        world.begin(account, minutes=0)
    world.paid(account)
    with pytest.raises(ExposureExceeded):
        world.begin(account)
    assert queries.exposure(world.shop, account.id) == 990


def test_old_payments_keep_their_old_account(world: World) -> None:
    old = world.epay("v1", code="main")
    begun = world.begin(old)
    world.now = utc_now()
    new = world.epay("v1", code="main")
    assert new.id != old.id
    assert [a.id for a in queries.accounts(world.shop, world.now)] == [new.id]
    world.pay(begun)
    assert world.settle(old) == ["confirmed"]
    assert urlsplit(begun.instruction.url).scheme == "http"


@BOTH
def test_frozen_money_is_not_paid(world: World, version: str) -> None:
    account = world.epay(version)
    begun = world.begin(account)
    world.pay(begun)
    trade_no = query_of(world.inlet.raws[0])["trade_no"]
    world.gate.control.act(trade_no, "freeze")
    assert world.settle(account) == ["refuted"]
    world.gate.control.act(trade_no, "unfreeze")
    world.gate.control.act(trade_no, "notify")
    assert world.gate.control.wait_quiet()
    assert world.settle(account) == ["confirmed"]


def test_unsigned_and_replayed_replies_of_v2_are_no_answer(world: World) -> None:
    account = world.epay("v2")
    begun = world.begin(account)
    world.pay(begun)
    (fact,) = world.facts(account)
    world.gate.control.fault("bad_signature_reply", on="query")
    assert confirm_fact(shop_id=world.shop, fact=fact, now=world.now).state == "unknown"
    assert confirm_fact(shop_id=world.shop, fact=fact, now=world.now).state == "confirmed"
    assert world.apply(fact).outcome == "confirmed"
    assert confirm_fact(shop_id=world.shop, fact=fact, now=world.now).state == "already_applied"
