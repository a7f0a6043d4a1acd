"""The calls, against a gateway on this machine: good replies, lost, broken and forged ones, those about others."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers import rsa
from goodfor.payments.providers.alipay.adapter import AlipayProvider
from goodfor.payments.providers.alipay.probe import probe_alipay
from goodfor.payments.providers.alipay.tests.kit import (
    AMOUNT,
    MERCHANT,
    MERCHANT_PUBLIC,
    NOW,
    NUMBER,
    REFUND,
    TRADE,
    Gateway,
    account,
    attempt,
    no,
    ok,
    reply,
    running,
)
from goodfor.payments.providers.base import Account, ConfigProblem, fact_of, instruction_of

ALI = AlipayProvider()
QUERY, CLOSE, CANCEL, PRECREATE = (f"alipay.trade.{name}" for name in ("query", "close", "cancel", "precreate"))
GIVE, ASK = "alipay.trade.refund", "alipay.trade.fastpay.refund.query"
PAID = ok(out_trade_no=NUMBER, trade_no=TRADE, trade_status="TRADE_SUCCESS", total_amount="9.90",
          buyer_pay_amount="8.00", receipt_amount="8.00", send_pay_date="2026-01-01 07:59:00")  # fmt: skip
CODE = ok(out_trade_no=NUMBER, qr_code="https://qr.example.test/bax0001")
GIVEN = ok(out_trade_no=NUMBER, trade_no=TRADE, refund_fee="9.90", fund_change="Y")
BACK = ok(out_trade_no=NUMBER, trade_no=TRADE, out_request_no=REFUND.number, refund_amount="9.90",
          refund_status="REFUND_SUCCESS")  # fmt: skip
Call = Callable[[Account], Outcome]
CALLS: dict[str, tuple[str, Call, dict[str, Any]]] = {
    "create": (PRECREATE, lambda a: ALI.create(a, attempt(), NOW), CODE),
    "query": (QUERY, lambda a: ALI.query(a, attempt(), NOW), PAID),
    "close": (CLOSE, lambda a: ALI.close(a, attempt(), NOW), ok(out_trade_no=NUMBER, trade_no=TRADE)),
    "refund": (GIVE, lambda a: ALI.refund(a, REFUND, NOW), GIVEN),
    "query_refund": (ASK, lambda a: ALI.query_refund(a, REFUND, NOW), BACK),
}


@pytest.fixture
def gate() -> Iterator[Gateway]:
    with running() as gateway:
        yield gateway


@pytest.mark.parametrize("name", CALLS)
def test_each_call_done_lost_broken_and_forged(gate: Gateway, name: str) -> None:
    method, call, good = CALLS[name]
    mine = account(gate.url)
    gate.answers[method] = good
    assert isinstance(call(mine), Succeeded)
    for answer, reason in (
        (None, "connection_lost"), (500, "http_500"), (429, "http_429"), (302, "http_302"), (b"<html>", "not_json"),
        (reply(method, good, MERCHANT), "bad_signature"), (reply("alipay.trade.page.pay", good), "no_answer"),
        (reply(method, good).replace(b"10000", b"10001"), "bad_signature"), (no("ACQ.SYSTEM_ERROR"), "system_error"),
        (no("aop.ACQ.SYSTEM_ERROR", "20000"), "system_error"), ({**good, "out_trade_no": "P9"}, "other_number"),
        (b"x" * 300_000, "reply_too_large"),
    ):  # fmt: skip
        gate.answers[method] = answer
        assert call(mine) == Unknown(reason), answer
    assert call(account("http://127.0.0.1:9/gateway.do")) == Unknown("not_sent")


def test_unsigned_refusals_only_end_a_creation(gate: Gateway) -> None:
    mine = account(gate.url)
    bare = b'{"error_response":{"code":"40002","msg":"Invalid","sub_code":"isv.invalid-signature","sub_msg":"no"}}'
    for name, (method, call, _) in CALLS.items():
        gate.answers[method] = bare
        assert call(mine) == (Rejected("invalid_signature", "no") if name == "create" else Unknown("refused"))


def test_a_code_to_scan(gate: Gateway) -> None:
    gate.answers[PRECREATE] = CODE
    outcome = ALI.create(account(gate.url), attempt(), NOW)
    assert isinstance(outcome, Succeeded)
    instruction = instruction_of(outcome)
    assert (instruction.kind, instruction.url) == ("qr", "https://qr.example.test/bax0001")
    assert gate.fields[0]["notify_url"] == "https://pay.example.test/hook/alipay"
    assert gate.content(PRECREATE) == {
        "out_trade_no": NUMBER, "total_amount": "9.90", "subject": "card", "product_code": "FACE_TO_FACE_PAYMENT",
        "time_expire": "2026-01-01 08:15:00",
    }  # fmt: skip
    gate.answers[PRECREATE] = ok(out_trade_no=NUMBER)
    assert ALI.create(account(gate.url), attempt(), NOW) == Unknown("no_link")
    gate.answers[PRECREATE] = no("ACQ.TRADE_HAS_SUCCESS")
    assert ALI.create(account(gate.url), attempt(), NOW) == Rejected("trade_has_success", "no")


def test_pages_need_no_call(gate: Gateway) -> None:
    mine = account(gate.url, methods=("page", "wap"), product_code_wap="QUICK_WAP_PAY", royalty_freeze=True)
    assert ALI.capabilities(mine).local_create
    assert not ALI.capabilities(account()).local_create
    outcome = ALI.create(mine, attempt("wap"), NOW)
    assert isinstance(outcome, Succeeded)
    fields = instruction_of(outcome).fields
    assert '"product_code":"QUICK_WAP_PAY"' in fields["biz_content"]
    assert '"quit_url":"https://shop.example.test/r"' in fields["biz_content"]
    assert '"royalty_freeze":"true"' in fields["biz_content"]
    assert ALI.create(mine, attempt("alipay"), NOW) == Rejected("unsupported")
    assert gate.calls == []


def test_a_payment_counts_whole_whatever_coupons_took(gate: Gateway) -> None:
    gate.answers[QUERY] = PAID
    outcome = ALI.query(account(gate.url), attempt(), NOW)
    assert isinstance(outcome, Succeeded)
    fact = fact_of(outcome)
    assert (fact.amount, fact.channel_ref, fact.our_ref, fact.source) == (AMOUNT, TRADE, NUMBER, "query")
    assert fact.happened_at == NOW - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        ({"trade_status": "WAIT_BUYER_PAY"}, Pending(TRADE)),
        ({"trade_status": "TRADE_CLOSED", "send_pay_date": ""}, Rejected("closed")),
        ({"trade_status": "TRADE_CLOSED"}, Rejected("refunded")), ({"trade_status": "NEW"}, Unknown("bad_status")),
        ({"total_amount": "0.00"}, Unknown("bad_fact")), ({"trade_no": ""}, Unknown("bad_reply")),
        (no("ACQ.TRADE_NOT_EXIST"), Pending()), (no("isv.invalid-app-id", "40002"), Unknown("refused")),
        (no("ACQ.TRADE_NOT_EXIST", "40002"), Unknown("refused")),
    ],
)  # fmt: skip
def test_what_a_query_may_say(gate: Gateway, content: dict[str, Any], outcome: Outcome) -> None:
    gate.answers[QUERY] = {**PAID, **content}
    assert ALI.query(account(gate.url), attempt(), NOW) == outcome


def test_closing_what_nobody_opened(gate: Gateway) -> None:
    mine = account(gate.url)
    gate.answers[CLOSE] = no("ACQ.TRADE_NOT_EXIST")
    assert ALI.close(mine, attempt("page"), NOW) == Pending()
    assert ALI.close(mine, attempt("wap"), NOW) == Pending()
    gate.answers[CANCEL] = ok(out_trade_no=NUMBER, retry_flag="N")
    assert ALI.close(mine, attempt(), NOW) == Succeeded()
    gate.answers[CANCEL] = ok(out_trade_no=NUMBER, retry_flag="Y")
    assert ALI.close(mine, attempt(), NOW) == Unknown("try_again")
    gate.answers[CANCEL] = ok(out_trade_no="P9", retry_flag="N")
    assert ALI.close(mine, attempt(), NOW) == Unknown("other_number")


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (PAID, Rejected("paid")), ({**PAID, "trade_status": "TRADE_CLOSED"}, Succeeded()),
        ({**PAID, "trade_status": "WAIT_BUYER_PAY"}, Rejected("refused")), (500, Unknown("http_500")),
    ],
)  # fmt: skip
def test_closing_what_is_over(gate: Gateway, state: Any, outcome: Outcome) -> None:
    gate.answers = {CLOSE: no("ACQ.REASON_TRADE_STATUS_INVALID"), QUERY: state}
    assert ALI.close(account(gate.url), attempt(), NOW) == outcome


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        ({}, Succeeded(ref=REFUND.number)), ({"fund_change": "N"}, Pending(REFUND.number)),
        ({"fund_change": ""}, Pending(REFUND.number)), ({"refund_fee": "9.89"}, Unknown("other_amount")),
        ({"refund_fee": ""}, Unknown("bad_reply")), ({"trade_no": "1"}, Unknown("other_number")),
        (no("ACQ.SELLER_BALANCE_NOT_ENOUGH"), Rejected("no_funds", "no")),
        (no("ACQ.TRADE_HAS_FINISHED"), Rejected("window_over", "no")),
        (no("ACQ.REASON_TRADE_REFUND_FEE_ERR"), Rejected("reason_trade_refund_fee_err", "no")),
        (no("isv.app-call-limited", "40005"), Unknown("rate_limited")),
        (no("ACQ.SYSTEM_ERROR", "20000"), Unknown("system_error")),
    ],
)  # fmt: skip
def test_what_a_refund_may_say(gate: Gateway, content: dict[str, Any], outcome: Outcome) -> None:
    gate.answers[GIVE] = {**GIVEN, **content}
    assert ALI.refund(account(gate.url), REFUND, NOW) == outcome
    assert gate.content(GIVE) == {
        "trade_no": TRADE, "refund_amount": "9.90", "out_request_no": REFUND.number, "refund_reason": "codes unseen",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        ({}, Succeeded(ref=REFUND.number)), ({"refund_status": ""}, Pending(REFUND.number)),
        ({"refund_status": "REFUND_ODD"}, Unknown("bad_status")), ({"refund_amount": "1.00"}, Unknown("other_amount")),
        ({"out_request_no": "R9"}, Unknown("other_number")), ({"trade_no": "9"}, Unknown("other_number")),
        ({"refund_status": "", "refund_amount": ""}, Rejected("not_found")),
        (no("ACQ.TRADE_NOT_EXIST"), Rejected("not_found")), (no("isv.invalid-sign", "40002"), Unknown("refused")),
    ],
)  # fmt: skip
def test_what_a_refunds_query_may_say(gate: Gateway, content: dict[str, Any], outcome: Outcome) -> None:
    gate.answers[ASK] = {**BACK, **content}
    assert ALI.query_refund(account(gate.url), REFUND, NOW) == outcome


def test_the_probe(gate: Gateway) -> None:
    gate.answers[QUERY] = no("ACQ.TRADE_NOT_EXIST")
    assert probe_alipay(account(gate.url), NOW) == ("works", "")
    assert probe_alipay(account(gate.url, alipay_public_key=MERCHANT_PUBLIC), NOW) == ("bad_signature", "")
    gate.answers[QUERY] = no("isv.invalid-app-id", "40002")
    assert probe_alipay(account(gate.url), NOW) == ("refused", "no")
    assert probe_alipay(account(), NOW) == ("not_sent", "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"app_id": "x"}, "app_id"), ({"seller_id": "1"}, "seller_id"), ({"mode": "md5"}, "mode"),
        ({"alipay_public_key": ""}, "alipay_public_key"), ({"alipay_public_key": MERCHANT_PUBLIC}, "alipay_public_key"),
        ({"secrets": {"private_key": "x"}}, "private_key"), ({"base_url": "http://pay.example.test/"}, "base_url"),
        ({"base_url": "https://10.0.0.1/gateway.do"}, "base_url"), ({"royalty_mode": "x"}, "royalty_mode"),
        ({"base_url": "https://pay.example.test/?a=1"}, "base_url"), ({"royalty_percent": "101"}, "royalty_percent"),
        ({"product_code_wap": "a b"}, "product_code_wap"), ({"methods": ("alipay",)}, "methods"),
        ({"auth_app_id": "?"}, "auth_app_id"), ({"mode": "certificate"}, "app_cert"),
    ],
)  # fmt: skip
def test_configurations_that_cannot_work(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ConfigProblem) as caught:
        ALI.check(account(**changes))
    assert caught.value.field_name == field


def test_configurations_that_work_and_say_no_secret() -> None:
    ALI.check(account())
    ALI.check(account(base_url=""))
    bare = "".join(MERCHANT.splitlines()[1:-1])
    ALI.check(account(secrets={"private_key": bare}))
    assert bare[:40] not in repr(account(secrets={"private_key": bare}))
    assert rsa.private(bare).key_size == 2048


def test_only_yuan() -> None:
    mine = account()
    foreign = Account(mine.id, mine.shop_id, mine.code, "USD", mine.config, mine.methods, mine.secrets)
    with pytest.raises(ConfigProblem, match="currency"):
        ALI.check(foreign)
    assert Money(990, "CNY").as_decimal_string() == "9.90"
