"""Splits: what is sent, what replies mean, and what is refused before anything is sent."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.splits import (
    Receiver,
    ReturnAttempt,
    Share,
    ShareResult,
    SplitAttempt,
    SplitLimits,
    results_of,
)
from goodfor.payments.providers.wechat.splits import WechatSplitter
from goodfor.payments.providers.wechat.tests.kit import (
    APPID,
    CERTIFICATE_SERIAL,
    CERTIFICATES,
    KEY_ID,
    LOST,
    MCHID,
    NOW,
    NUMBER,
    OTHER,
    TRADE,
    Answer,
    Mch,
    account,
    certificate,
    no,
    ok,
    running,
)
from goodfor.sandbox.keys import derive_private_key

WX = WechatSplitter()
ORDERS, RETURNS = "/v3/profitsharing/orders", "/v3/profitsharing/return-orders"
ADD, DELETE = "/v3/profitsharing/receivers/add", "/v3/profitsharing/receivers/delete"
AMOUNTS = f"/v3/profitsharing/transactions/{TRADE}/amounts"
ONE, TWO = Receiver("merchant", "1900000077", "云雀有限公司", "SUPPLIER"), Receiver("person", "oLARK", "张三", "推广")
SHARES = (Share(ONE, Money(100, "CNY"), "lark"), Share(TWO, Money(97, "CNY")))
SPLIT = SplitAttempt("S1", NUMBER, TRADE, SHARES, note="一月")
BACK = ReturnAttempt("B1", "S1", NUMBER, TRADE, ONE, Money(50, "CNY"))
ROWS: list[dict[str, Any]] = [
    {"type": "MERCHANT_ID", "account": MCHID, "amount": 793, "result": "SUCCESS", "detail_id": "d0"},
    {"type": "MERCHANT_ID", "account": ONE.account, "amount": 100, "result": "SUCCESS", "detail_id": "d1"},
    {"type": "PERSONAL_OPENID", "account": TWO.account, "amount": 97, "result": "CLOSED", "detail_id": "d2",
     "fail_reason": "NO_RELATION"},
]  # fmt: skip
DONE: dict[str, Any] = {
    "transaction_id": TRADE, "out_order_no": "S1", "order_id": "3008450740201411110007820472", "state": "FINISHED",
    "receivers": ROWS,
}  # fmt: skip
RETURNED: dict[str, Any] = {
    "order_id": "3008450740201411110007820472", "out_order_no": "S1", "out_return_no": "B1", "return_id": "3",
    "return_mchid": ONE.account, "amount": 50, "result": "SUCCESS",
}  # fmt: skip
REF, AMOUNT = DONE["order_id"], Money(1, "CNY")


@pytest.fixture
def mch() -> Iterator[Mch]:
    with running() as server:
        yield server


def opened(text: str) -> str:
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)
    return derive_private_key("finance-platform").decrypt(base64.b64decode(text), oaep).decode()


def test_receivers(mch: Mch) -> None:
    mch.answers = {f"POST {ADD}": ok(account=ONE.account), f"POST {DELETE}": ok(account=TWO.account)}
    assert WX.bind_receiver(account(mch.url), ONE, NOW) == Succeeded()
    sent = mch.only(ADD).content
    assert opened(sent.pop("name")) == "云雀有限公司"
    assert sent == {"appid": APPID, "type": "MERCHANT_ID", "account": ONE.account, "relation_type": "SUPPLIER"}
    assert mch.only(ADD).headers["wechatpay-serial"] == KEY_ID
    assert "云雀".encode() not in mch.only(ADD).body
    assert WX.unbind_receiver(account(mch.url), TWO, NOW) == Succeeded()
    assert mch.only(DELETE).content == {"appid": APPID, "type": "PERSONAL_OPENID", "account": TWO.account}
    mch.calls.clear()
    mch.answers[f"POST {ADD}"] = ok(account=TWO.account)
    assert WX.bind_receiver(account(mch.url), replace(TWO, name=""), NOW) == Succeeded()
    assert mch.only(ADD).content == {
        "appid": APPID, "type": "PERSONAL_OPENID", "account": "oLARK", "relation_type": "CUSTOM",
        "custom_relation": "推广",
    }  # fmt: skip
    assert WX.bind_receiver(account(mch.url), replace(ONE, name=""), NOW) == Rejected("name_missing")
    assert len(mch.calls) == 1


def test_a_name_under_a_certificate(mch: Mch) -> None:
    signer = {"serial": CERTIFICATE_SERIAL}
    mch.answers = {
        f"GET {CERTIFICATES}": Answer(said={"data": [certificate()]}, **signer),
        f"POST {ADD}": Answer(said={"account": ONE.account}, **signer),
    }
    config = {"key_mode": "certificate", "public_key": "", "public_key_id": ""}
    assert WX.bind_receiver(account(mch.url, **config), ONE, NOW) == Succeeded()
    assert mch.only(ADD).headers["wechatpay-serial"] == CERTIFICATE_SERIAL
    assert opened(mch.only(ADD).content["name"]) == "云雀有限公司"
    assert WX.bind_receiver(account(mch.url), replace(ONE, name="长" * 200), NOW) == Unknown("name_not_encrypted")


@pytest.mark.parametrize(
    ("answer", "bound", "unbound"),
    [
        (ok(account="1"), Unknown("other_number"), Unknown("other_number")),
        (no(400, "PARAM_ERROR"), Rejected("param_error"), Rejected("param_error")),
        (no(404, "RESOURCE_NOT_EXISTS"), Rejected("resource_not_exists"), Succeeded()),
        (no(404, "RESOURCE_NOT_EXISTS", unsigned=True), *[Unknown("resource_not_exists")] * 2),
        (no(403, "NO_AUTH", unsigned=True), *[Unknown("no_auth")] * 2), (LOST, *[Unknown("connection_lost")] * 2),
        (no(500, "SYSTEM_ERROR"), *[Unknown("http_500")] * 2),
    ],
)  # fmt: skip
def test_receivers_that_are_refused(mch: Mch, answer: Answer, bound: Outcome, unbound: Outcome) -> None:
    mch.answers = {f"POST {ADD}": answer, f"POST {DELETE}": answer}
    assert WX.bind_receiver(account(mch.url), ONE, NOW) == bound
    assert WX.unbind_receiver(account(mch.url), ONE, NOW) == unbound


def test_what_a_split_sends(mch: Mch) -> None:
    mch.answers[f"POST {ORDERS}"] = ok(**{**DONE, "state": "PROCESSING", "receivers": []})
    for _ in range(2):
        assert WX.split(account(mch.url), SPLIT, NOW) == Pending(REF)
    assert mch.calls[0].body == mch.calls[1].body
    assert mch.calls[0].content == {
        "appid": APPID, "transaction_id": TRADE, "out_order_no": "S1",
        "receivers": [
            {"type": "MERCHANT_ID", "account": ONE.account, "amount": 100, "description": "lark"},
            {"type": "PERSONAL_OPENID", "account": TWO.account, "amount": 97, "description": "一月"},
        ],
        "unfreeze_unsplit": False,
    }  # fmt: skip
    assert WX.split(account(mch.url), replace(SPLIT, finish=True, note="", shares=SHARES[1:]), NOW) == Pending(REF)
    assert mch.calls[2].content["unfreeze_unsplit"] is True
    assert mch.calls[2].content["receivers"][0]["description"] == "分账"
    assert WX.split_limits(account()) == SplitLimits(50, 50, 30, 60, 30)


def row(place: int, **changes: Any) -> dict[str, Any]:
    rows = [dict(one) for one in ROWS]
    rows[place].update(changes)
    return {"receivers": rows}


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"state": "PROCESSING"}, Pending(REF)), (row(2, result="PENDING"), Pending(REF)),
        ({"out_order_no": "S2"}, Unknown("other_number")), ({"transaction_id": "4"}, Unknown("other_number")),
        ({"state": "CLOSED"}, Unknown("bad_reply")), ({"order_id": None}, Unknown("bad_reply")),
        ({"receivers": ROWS[:2]}, Unknown("bad_reply")), ({"receivers": None}, Unknown("bad_reply")),
        ({"receivers": [1, "x"]}, Unknown("bad_reply")), (row(1, amount=101), Unknown("other_amount")),
        (row(1, amount="100"), Unknown("other_amount")), (row(1, amount=True), Unknown("other_amount")),
        (row(1, type="PERSONAL_OPENID"), Unknown("bad_reply")), (row(1, result="DONE"), Unknown("bad_reply")),
        ({"receivers": [*ROWS, ROWS[1]]}, Unknown("ambiguous")),
    ],
)  # fmt: skip
def test_splits_under_way_and_strange(mch: Mch, changes: dict[str, Any], outcome: Outcome) -> None:
    answer = ok(**{**DONE, **changes})
    mch.answers = {f"POST {ORDERS}": answer, f"GET {ORDERS}/S1": answer}
    assert WX.split(account(mch.url), SPLIT, NOW) == outcome
    assert WX.query_split(account(mch.url), SPLIT, NOW) == outcome


def test_a_split_that_is_over(mch: Mch) -> None:
    mch.answers[f"GET {ORDERS}/S1"] = ok(**DONE)
    outcome = WX.query_split(account(mch.url), SPLIT, NOW)
    assert isinstance(outcome, Succeeded)
    assert outcome.ref == REF
    assert results_of(outcome) == (
        ShareResult(ONE.account, Money(100, "CNY"), "succeeded", "", "d1"),
        ShareResult(TWO.account, Money(97, "CNY"), "failed", "no_relation", "d2"),
    )
    assert mch.calls[0].target == f"{ORDERS}/S1?transaction_id={TRADE}"


REFUSALS = [
    (LOST, Unknown("connection_lost"), Unknown("connection_lost")),
    (no(500, "SYSTEM_ERROR"), Unknown("http_500"), Unknown("http_500")),
    (no(429, "FREQUENCY_LIMITED"), Unknown("rate_limited"), Unknown("rate_limited")),
    (no(403, "NOT_ENOUGH"), Rejected("no_funds", "no"), Unknown("not_enough")),
    (no(403, "NOT_ENOUGH", unsigned=True), Unknown("not_enough"), Unknown("not_enough")),
    (no(400, "INVALID_REQUEST"), Rejected("invalid_request", "no"), Unknown("invalid_request")),
    (no(404, "RESOURCE_NOT_EXISTS"), Rejected("resource_not_exists", "no"), Rejected("not_found", "no")),
    (no(404, "RESOURCE_NOT_EXISTS", key=OTHER), Unknown("bad_signature"), Unknown("bad_signature")),
    (Answer(said=DONE, key=OTHER), Unknown("bad_signature"), Unknown("bad_signature")),
    (Answer(said=DONE, unsigned=True), Unknown("unsigned"), Unknown("unsigned")),
    (Answer(said=b"[]"), Unknown("not_json"), Unknown("not_json")),
]


@pytest.mark.parametrize(("answer", "ordered", "asked"), REFUSALS)
def test_refusals(mch: Mch, answer: Answer, ordered: Outcome, asked: Outcome) -> None:
    mch.answers = {
        f"POST {ORDERS}": answer, f"POST {ORDERS}/unfreeze": answer, f"POST {RETURNS}": answer,
        f"GET {ORDERS}/S1": answer, f"GET {RETURNS}/B1": answer, f"GET {AMOUNTS}": answer,
    }  # fmt: skip
    owner = account(mch.url)
    assert [WX.split(owner, SPLIT, NOW), WX.unfreeze(owner, SPLIT, NOW), WX.return_split(owner, BACK, NOW)] == (
        [ordered] * 3
    )
    assert [WX.query_split(owner, SPLIT, NOW), WX.query_return(owner, BACK, NOW), WX.unsplit(owner, SPLIT, NOW)] == (
        [asked] * 3
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"channel_ref": ""}, "no_trade_number"), ({"channel_ref": "4/2?x"}, "no_trade_number"),
        ({"number": "S" * 65}, "bad_number"), ({"shares": ()}, "no_receivers"),
        ({"shares": tuple(Share(Receiver("person", f"o{n}"), AMOUNT) for n in range(51))}, "too_many_receivers"),
        ({"shares": (SHARES[0], SHARES[0])}, "receiver_twice"),
        ({"shares": (Share(Receiver("merchant", MCHID), Money(1, "CNY")),)}, "receiver_is_payer"),
        ({"shares": (Share(ONE, Money(0, "CNY")),)}, "bad_amount"),
        ({"shares": (Share(ONE, Money(-1, "CNY")),)}, "bad_amount"),
        ({"shares": (Share(ONE, Money(1, "USD")),)}, "bad_amount"),
    ],
)  # fmt: skip
def test_splits_that_are_not_sent(changes: dict[str, Any], code: str) -> None:
    # Nobody listens at this address.
    assert WX.split(account(), replace(SPLIT, **changes), NOW) == Rejected(code)
    assert WX.split(account(), SPLIT, NOW) == Unknown("not_sent")


def test_the_rest_is_released(mch: Mch) -> None:
    path = f"{ORDERS}/unfreeze"
    mch.answers[f"POST {path}"] = ok(**{**DONE, "state": "PROCESSING"})
    assert WX.unfreeze(account(mch.url), SPLIT, NOW) == Pending(REF)
    assert mch.calls[0].target == path
    assert mch.calls[0].content == {"transaction_id": TRADE, "out_order_no": "S1", "description": "一月"}
    # A last split that names nobody is the same.
    assert WX.split(account(mch.url), replace(SPLIT, shares=(), finish=True), NOW) == Pending(REF)
    assert mch.calls[1].body == mch.calls[0].body
    mch.answers[f"POST {path}"] = ok(**DONE)
    assert WX.unfreeze(account(mch.url), SPLIT, NOW) == Succeeded(ref=REF, data={"results": ()})
    mch.answers[f"POST {path}"] = ok(**{**DONE, "out_order_no": "S2"})
    assert WX.unfreeze(account(mch.url), SPLIT, NOW) == Unknown("other_number")
    assert WX.unfreeze(account(mch.url), replace(SPLIT, channel_ref=""), NOW) == Rejected("no_trade_number")


def test_what_may_still_be_split(mch: Mch) -> None:
    for fields, outcome in (
        ({"transaction_id": TRADE, "unsplit_amount": 793}, Succeeded(data={"amount": Money(793, "CNY")})),
        ({"transaction_id": TRADE, "unsplit_amount": 0}, Succeeded(data={"amount": Money(0, "CNY")})),
        ({"transaction_id": TRADE, "unsplit_amount": -1}, Unknown("bad_reply")),
        ({"transaction_id": TRADE}, Unknown("bad_reply")),
        ({"transaction_id": "4", "unsplit_amount": 793}, Unknown("other_number")),
    ):
        mch.answers[f"GET {AMOUNTS}"] = ok(**fields)
        assert WX.unsplit(account(mch.url), SPLIT, NOW) == outcome


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, Succeeded(ref="3")), ({"result": "PROCESSING"}, Pending("3")),
        ({"result": "FAILED", "fail_reason": "BALANCE_NOT_ENOUGH"}, Rejected("balance_not_enough")),
        ({"result": "FAILED", "fail_reason": "TIME_OUT_CLOSED"}, Rejected("time_out_closed")),
        ({"result": "FAILED"}, Rejected("failed")), ({"result": "MAYBE"}, Unknown("bad_reply")),
        ({"out_return_no": "B2"}, Unknown("other_number")), ({"out_order_no": "S2"}, Unknown("other_number")),
        ({"return_mchid": MCHID}, Unknown("other_number")), ({"amount": 51}, Unknown("other_amount")),
    ],
)  # fmt: skip
def test_returns(mch: Mch, changes: dict[str, Any], outcome: Outcome) -> None:
    answer = ok(**{**RETURNED, **changes})
    mch.answers = {f"POST {RETURNS}": answer, f"GET {RETURNS}/B1": answer}
    assert WX.return_split(account(mch.url), BACK, NOW) == outcome
    assert WX.query_return(account(mch.url), BACK, NOW) == outcome
    assert mch.calls[0].content == {
        "out_order_no": "S1", "out_return_no": "B1", "return_mchid": ONE.account, "amount": 50, "description": "分账",
    }  # fmt: skip
    assert mch.calls[1].target == f"{RETURNS}/B1?out_order_no=S1"


def test_returns_that_are_not_sent() -> None:
    for changes, code in (
        ({"receiver": TWO}, "receiver_is_person"), ({"number": ""}, "bad_number"), ({"split_number": ""}, "bad_number"),
        ({"amount": Money(0, "CNY")}, "bad_amount"), ({"amount": Money(1, "USD")}, "bad_amount"),
    ):  # fmt: skip
        assert WX.return_split(account(), replace(BACK, **changes), NOW) == Rejected(code)
