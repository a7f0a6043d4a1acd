"""Transfers of Alipay's stand-in: taken on once, refused for what a bank cannot use, ended later; it keeps count."""

import time
from typing import Any

import pytest

from goodfor.sandbox.channels.alipay.transfers import CLOSED_ACCOUNT
from goodfor.sandbox.channels.server import RunningChannels
from goodfor.sandbox.channels.tests.test_alipay import call, post, signed

TRANSFER, QUERY = "alipay.fund.trans.uni.transfer", "alipay.fund.trans.common.query"
WHICH = {"product_code": "TRANS_BANKCARD_NO_PWD", "biz_scene": "DIRECT_TRANSFER"}


def wish(number: str = "N1", amount: str = "9.90", account: str = "6222020200001234567", **bank: str) -> dict[str, Any]:
    more = {"account_type": "2", "inst_name": "工商银行", **bank}
    payee = {
        "identity_type": "BANKCARD_ACCOUNT", "identity": account, "name": "张三", "bankcard_ext_info": more,
    }  # fmt: skip
    return {**WHICH, "out_biz_no": number, "trans_amount": amount, "order_title": "t", "payee_info": payee}


def asked(desk: RunningChannels, number: str = "N1") -> dict[str, Any]:
    return call(desk, QUERY, **WHICH, out_biz_no=number)


def books(desk: RunningChannels) -> list[tuple[str, int, str]]:
    return [(row["number"], row["amount"], row["state"]) for row in desk.control.ledger("alipay")["transfers"]]


def test_the_same_number_is_paid_once(desk: RunningChannels) -> None:
    assert asked(desk)["sub_code"] == "ORDER_NOT_EXIST"
    first, again = call(desk, TRANSFER, **wish()), call(desk, TRANSFER, **wish())
    assert (first["code"], first["status"]) == ("10000", "SUCCESS")
    assert first == again
    assert call(desk, TRANSFER, **wish(amount="9.91"))["sub_code"] == "PAYMENT_INFO_INCONSISTENCY"
    assert call(desk, TRANSFER, **wish(account="6222020200001234568"))["sub_code"] == "PAYMENT_INFO_INCONSISTENCY"
    told = asked(desk)
    assert (told["status"], told["trans_amount"], told["order_id"]) == ("SUCCESS", "9.90", first["order_id"])
    assert books(desk) == [("N1", 990, "success")]


@pytest.mark.parametrize(
    "changes",
    [
        {"out_biz_no": "a.b"}, {"out_biz_no": ""}, {"trans_amount": "0"}, {"trans_amount": "1.001"},
        {"product_code": "TRANS_ACCOUNT_NO_PWD"}, {"payee_info": "x"}, {"order_title": ""},
        {"payee_info": wish(account="x")["payee_info"]}, {"payee_info": wish(account_type="1")["payee_info"]},
        {"payee_info": wish(inst_name="")["payee_info"]},
    ],
)  # fmt: skip
def test_what_a_bank_cannot_use_is_refused(desk: RunningChannels, changes: dict[str, Any]) -> None:
    assert call(desk, TRANSFER, **{**wish(), **changes})["code"] in ("40002", "40004")
    assert books(desk) == []


def test_it_fails_later_or_is_refused_on_demand(desk: RunningChannels) -> None:
    assert call(desk, TRANSFER, **wish(account=CLOSED_ACCOUNT))["status"] == "DEALING"
    time.sleep(0.01)
    told = asked(desk)
    assert (told["status"], told["error_code"]) == ("FAIL", "PAYEE_CARD_INFO_ERROR")
    desk.control.fault("transfer_refused", channel="alipay", number="N2")
    assert call(desk, TRANSFER, **wish("N2"))["sub_code"] == "PAYER_BALANCE_NOT_ENOUGH"
    assert asked(desk, "N2")["sub_code"] == "ORDER_NOT_EXIST"
    desk.control.fault("transfer_dealing", channel="alipay", seconds=600)
    assert call(desk, TRANSFER, **wish("N3"))["status"] == "DEALING"
    assert asked(desk, "N3")["status"] == "DEALING"
    assert books(desk) == [("N1", 990, "failed"), ("N3", 990, "dealing")]


def test_unsigned_it_does_nothing(desk: RunningChannels) -> None:
    fields = {**signed(TRANSFER, wish()), "sign": "x"}
    assert b"isv.invalid-signature" in post(desk, fields)[1]
    assert books(desk) == []
