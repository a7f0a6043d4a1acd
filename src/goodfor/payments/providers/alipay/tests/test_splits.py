"""Royalties: what is sent, what replies mean, and what is refused before anything is sent."""

from collections.abc import Iterator
from typing import Any

import pytest

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.alipay.adapter import AlipayProvider
from goodfor.payments.providers.alipay.splits import LIMITS
from goodfor.payments.providers.alipay.tests.kit import NOW, NUMBER, SELLER, TRADE, Gateway, account, no, ok, running
from goodfor.payments.providers.splits import (
    Receiver,
    ReturnAttempt,
    Share,
    ShareResult,
    SplitAttempt,
    results_of,
)

ALI = AlipayProvider()
SETTLE, TOLD = "alipay.trade.order.settle", "alipay.trade.order.settle.query"
ONE, TWO = Receiver("merchant", "2088000000000077", "Lark Ltd"), Receiver("person", "lark@example.test", "L. Lark")
SHARES = (Share(ONE, Money(100, "CNY"), "lark"), Share(TWO, Money(97, "CNY")))
SPLIT = SplitAttempt("S1", NUMBER, TRADE, SHARES)
BACK = ReturnAttempt("B1", "S1", NUMBER, TRADE, ONE, Money(50, "CNY"))
ROWS = [
    {"trans_in": ONE.account, "amount": "1.00", "state": "SUCCESS", "detail_id": "d1"},
    {"trans_in": TWO.account, "amount": "0.97", "state": "FAIL", "detail_id": "d2", "error_code": "TXN_RESULT_FAIL"},
]


@pytest.fixture
def gate() -> Iterator[Gateway]:
    with running() as gateway:
        yield gateway


def test_receivers(gate: Gateway) -> None:
    bind, unbind = (f"alipay.trade.royalty.relation.{verb}" for verb in ("bind", "unbind"))
    gate.answers = {bind: ok(result_code="SUCCESS"), unbind: ok()}
    assert ALI.bind_receiver(account(gate.url), ONE, NOW) == Succeeded()
    assert ALI.unbind_receiver(account(gate.url), TWO, NOW) == Succeeded()
    assert gate.content(bind)["receiver_list"] == [
        {"type": "userId", "account": ONE.account, "name": "Lark Ltd", "memo": "PARTNER"}
    ]
    assert gate.content(unbind)["receiver_list"][0]["type"] == "loginName"
    gate.answers[bind] = no("USER_NOT_EXIST")
    assert ALI.bind_receiver(account(gate.url), ONE, NOW) == Rejected("user_not_exist", "no")
    gate.answers[bind] = ok(result_code="FAIL")
    assert ALI.bind_receiver(account(gate.url), ONE, NOW) == Unknown("bad_status")


def test_sync_is_done_with_the_reply(gate: Gateway) -> None:
    gate.answers[SETTLE] = ok(trade_no=TRADE, settle_no="s1")
    outcome = ALI.split(account(gate.url, royalty_mode="sync"), SPLIT, NOW)
    assert isinstance(outcome, Succeeded)
    assert [one.state for one in results_of(outcome)] == ["succeeded", "succeeded"]
    content = gate.content(SETTLE)
    assert (content["out_request_no"], content["trade_no"], content["royalty_mode"]) == ("S1", TRADE, "sync")
    assert content["royalty_parameters"][0] == {
        "royalty_type": "transfer", "trans_out": SELLER, "trans_out_type": "userId", "trans_in": ONE.account,
        "trans_in_type": "userId", "amount": "1.00", "desc": "lark",
    }  # fmt: skip
    assert "extend_params" not in content


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        ({}, Pending("s1")), ({"trade_no": "1"}, Unknown("other_number")),
        (no("ACQ.ROYALTY_RECEIVER_INVALID"), Rejected("royalty_receiver_invalid", "no")),
        (no("ACQ.SYSTEM_ERROR"), Unknown("system_error")),
    ],
)  # fmt: skip
def test_async_is_accepted(gate: Gateway, content: dict[str, Any], outcome: Outcome) -> None:
    gate.answers[SETTLE] = {**ok(trade_no=TRADE, settle_no="s1"), **content}
    assert ALI.split(account(gate.url), SPLIT, NOW) == outcome


def test_a_lost_reply_is_asked_about(gate: Gateway) -> None:
    gate.answers = {SETTLE: None, TOLD: no("ACQ.SETTLE_NOT_EXIST")}
    assert ALI.split(account(gate.url), SPLIT, NOW) == Unknown("connection_lost")
    assert ALI.query_split(account(gate.url), SPLIT, NOW) == Rejected("not_found")
    gate.answers[TOLD] = ok(out_request_no="S1", royalty_detail_list=ROWS)
    outcome = ALI.query_split(account(gate.url), SPLIT, NOW)
    assert results_of(outcome) == (
        ShareResult(ONE.account, Money(100, "CNY"), "succeeded", "", "d1"),
        ShareResult(TWO.account, Money(97, "CNY"), "failed", "TXN_RESULT_FAIL", "d2"),
    )


@pytest.mark.parametrize(
    ("number", "rows", "outcome"),
    [
        ("S1", [ROWS[0], {**ROWS[1], "state": "PROCESSING"}], Pending()), ("S2", ROWS, Unknown("other_number")),
        ("S1", ROWS[:1], Unknown("bad_reply")), ("S1", [*ROWS, ROWS[0]], Unknown("ambiguous")),
        ("S1", [{**ROWS[0], "amount": "1.01"}, ROWS[1]], Unknown("bad_reply")), ("S1", ["x"], Unknown("bad_reply")),
        ("S1", [{**ROWS[0], "state": "ODD"}, ROWS[1]], Unknown("bad_reply")), ("S1", None, Unknown("bad_reply")),
    ],
)  # fmt: skip
def test_what_a_query_may_say(gate: Gateway, number: str, rows: Any, outcome: Outcome) -> None:
    gate.answers[TOLD] = ok(out_request_no=number, royalty_detail_list=rows)
    assert ALI.query_split(account(gate.url), SPLIT, NOW) == outcome


def many(count: int) -> tuple[Share, ...]:
    return tuple(Share(Receiver("merchant", f"20880000000{n:05}"), Money(1, "CNY")) for n in range(count))


@pytest.mark.parametrize(
    ("mode", "split", "code"),
    [
        ("sync", SplitAttempt("S1", NUMBER, TRADE, many(6)), "too_many_receivers"),
        ("async", SplitAttempt("S1", NUMBER, TRADE, many(51)), "too_many_receivers"),
        ("async", SplitAttempt("S1", NUMBER, "", SHARES), "no_trade_number"),
        ("async", SplitAttempt("S1", NUMBER, TRADE), "no_receivers"),
        ("async", SplitAttempt("S1", NUMBER, TRADE, SHARES + SHARES[:1]), "receiver_twice"),
        ("async", SplitAttempt("S1", NUMBER, TRADE, (Share(ONE, Money(0, "CNY")),)), "bad_amount"),
        ("async", SplitAttempt("S1", NUMBER, TRADE, (Share(ONE, Money(1, "USD")),)), "bad_amount"),
    ],
)  # fmt: skip
def test_refused_before_anything_is_sent(gate: Gateway, mode: str, split: SplitAttempt, code: str) -> None:
    assert ALI.split(account(gate.url, royalty_mode=mode), split, NOW) == Rejected(code)
    assert gate.calls == []
    assert (LIMITS["sync"].receivers_per_call, LIMITS["async"].receivers_per_call) == (5, 50)
    assert ALI.split_limits(account(royalty_mode=mode, royalty_percent="40")).percent_of_payment == 40


def test_the_rest_is_released(gate: Gateway) -> None:
    gate.answers[SETTLE] = ok(trade_no=TRADE)
    assert isinstance(ALI.unfreeze(account(gate.url), SPLIT, NOW), Succeeded)
    content = gate.content(SETTLE)
    assert content["royalty_parameters"] == []
    assert content["extend_params"] == {"royalty_finish": "true"}
    rest = "alipay.trade.order.onsettle.query"
    gate.answers[rest] = ok(unsettled_amount="7.93")
    outcome = ALI.unsplit(account(gate.url), SPLIT, NOW)
    assert isinstance(outcome, Succeeded)
    assert outcome.data["amount"] == Money(793, "CNY")
    gate.answers[rest] = ok()
    assert ALI.unsplit(account(gate.url), SPLIT, NOW) == Unknown("bad_reply")


def test_taking_back_gives_the_buyer_nothing(gate: Gateway) -> None:
    give, ask = "alipay.trade.refund", "alipay.trade.fastpay.refund.query"
    gate.answers[give] = ok(trade_no=TRADE, fund_change="Y")
    assert ALI.return_split(account(gate.url), BACK, NOW) == Pending("B1")
    content = gate.content(give)
    assert (content["refund_amount"], content["out_request_no"]) == ("0.00", "B1")
    assert content["refund_royalty_parameters"][0]["trans_out"] == ONE.account
    assert content["refund_royalty_parameters"][0]["amount"] == "0.50"
    good = {"trade_no": TRADE, "out_request_no": "B1", "refund_status": "REFUND_SUCCESS", "refund_amount": "0.00"}
    row = {"trans_out": ONE.account, "refund_amount": "0.50", "result_code": "SUCCESS"}
    for told, outcome in (
        (good, Succeeded(ref="B1")), ({**good, "refund_royaltys": [row]}, Succeeded(ref="B1")),
        ({**good, "refund_amount": "0.50"}, Unknown("other_amount")), ({}, Rejected("not_found")),
        ({**good, "out_request_no": "B2"}, Unknown("other_number")),
        ({**good, "refund_royaltys": [{**row, "refund_amount": "0.40"}]}, Unknown("other_amount")),
        ({**good, "refund_royaltys": [{**row, "result_code": "PROCESSING"}]}, Pending()),
        ({**good, "refund_royaltys": [{**row, "trans_out": "x"}]}, Unknown("bad_reply")),
    ):  # fmt: skip
        gate.answers[ask] = ok(**told)
        assert ALI.query_return(account(gate.url), BACK, NOW) == outcome
    gate.answers[give] = no("ACQ.RECEIVER_BALANCE_NOT_ENOUGH")
    assert ALI.return_split(account(gate.url), BACK, NOW) == Rejected("receiver_balance_not_enough", "no")


def test_names_of_people_are_not_shown() -> None:
    assert "Lark" not in repr(SPLIT)
