"""Version 2: signed replies, refund numbers, close, and the checks of time and signature."""

import json
import time
from urllib.parse import parse_qsl, urlsplit

import pytest

from goodfor.sandbox.demo import demo_merchant
from goodfor.sandbox.keys import derive_private_key, load_public
from goodfor.sandbox.server import RunningGateway
from goodfor.sandbox.signing import rsa_sign, rsa_verify
from goodfor.sandbox.tests.support import KEY, MerchantSide, Shop, http_call

PLATFORM = load_public(demo_merchant().platform_public_pem)


def verified(reply: dict[str, object]) -> dict[str, object]:
    assert reply["code"] == 0, reply
    assert rsa_verify({key: str(value) for key, value in reply.items()}, PLATFORM)
    assert abs(int(str(reply["timestamp"])) - time.time()) < 5
    return reply


def test_create_pay_query_refund(gateway: RunningGateway, merchant: MerchantSide, shop: Shop) -> None:
    made = verified(merchant.create("P1", param="p"))
    assert (made["pay_type"], made["pay_info"]) == ("jump", f"{gateway.url}/cashier/{made['trade_no']}")
    assert verified(merchant.call_v2("pay/query", out_trade_no="P1"))["status"] == 0

    paid = http_call(gateway.url, "POST", f"/cashier/{made['trade_no']}/pay", {})
    assert rsa_verify(dict(parse_qsl(urlsplit(paid.headers["Location"]).query)), PLATFORM)
    (notify,) = shop.wait_for(1)
    assert rsa_verify(notify, PLATFORM)
    assert {"api_trade_no", "addtime", "endtime", "timestamp"} <= set(notify)
    assert notify["sign_type"] == "RSA"
    assert verified(merchant.call_v2("pay/query", out_trade_no="P1"))["status"] == 1

    wish = {"out_trade_no": "P1", "money": "3.00", "out_refund_no": "R1"}
    first = verified(merchant.call_v2("pay/refund", **wish))
    again = verified(merchant.call_v2("pay/refund", **wish))
    assert first["refund_no"] == again["refund_no"]
    assert "重复" in merchant.call_v2("pay/refund", **{**wish, "money": "3.01"})["msg"]
    asked = verified(merchant.call_v2("pay/refundquery", out_refund_no="R1"))
    assert (asked["status"], asked["money"], asked["out_trade_no"]) == (1, "3.00", "P1")
    assert verified(merchant.call_v2("pay/query", out_trade_no="P1"))["refundmoney"] == "3.00"
    assert merchant.call_v2("pay/refundquery", out_refund_no="R9")["code"] == -1
    totals = gateway.control.books("1001", KEY)["totals"]
    assert (totals["refunds"], totals["refunded_fen"], totals["net_fen"], totals["balanced"]) == (1, 300, 690, True)


def test_submit_and_merchant_info(gateway: RunningGateway, merchant: MerchantSide) -> None:
    page = merchant.post("/api/pay/submit", merchant.v2(merchant.order("P1")))
    assert "模拟支付" in page.text
    gateway.control.pay(pid="1001", out_trade_no="P1")
    info = verified(merchant.call_v2("merchant/info"))
    assert (info["money"], info["order_num"], info["order_money_today"]) == ("9.90", 1, "9.90")


@pytest.mark.parametrize(
    ("method", "pay_type"), [("jump", "jump"), ("jsapi", "jsapi"), ("app", "app"), ("applet", "wxapp")]
)
def test_methods(merchant: MerchantSide, method: str, pay_type: str) -> None:
    assert verified(merchant.create("P1", method=method))["pay_type"] == pay_type


def test_scan_pays_at_once(gateway: RunningGateway, merchant: MerchantSide, shop: Shop) -> None:
    assert "auth_code" in merchant.create("P1", method="scan")["msg"]
    made = verified(merchant.create("P1", method="scan", auth_code="28" + "0" * 16))
    assert json.loads(str(made["pay_info"]))["money"] == "9.90"
    shop.wait_for(1)
    assert gateway.control.trade(pid="1001", out_trade_no="P1")["state"] == "paid"


def test_close(gateway: RunningGateway, merchant: MerchantSide, shop: Shop) -> None:
    made = merchant.create("P1")
    for _again in range(2):
        verified(merchant.call_v2("pay/close", out_trade_no="P1"))
    page = http_call(gateway.url, "POST", f"/cashier/{made['trade_no']}/pay", {})
    assert "订单已关闭" in page.text
    assert gateway.control.books("1001", KEY)["totals"]["states"] == {"closed": 1}
    assert "已关闭" in merchant.create("P1")["msg"]
    merchant.create("P2")
    gateway.control.pay(pid="1001", out_trade_no="P2")
    assert merchant.call_v2("pay/close", out_trade_no="P2")["code"] == -1
    assert gateway.control.trade(pid="1001", out_trade_no="P2")["state"] == "paid"
    shop.wait_for(1)


@pytest.mark.parametrize("skew", [-301, 301])
def test_old_and_early_requests(gateway: RunningGateway, merchant: MerchantSide, skew: int) -> None:
    merchant.now = lambda: time.time() + skew
    assert merchant.create("P1")["msg"] == "时间戳已过期"
    merchant.now = lambda: time.time() + skew * 0.95
    assert merchant.create("P1")["code"] == 0
    assert gateway.control.books("1001", KEY)["totals"]["trades"] == 1


def test_another_merchants_key_does_not_sign_for_us(gateway: RunningGateway, merchant: MerchantSide) -> None:
    params = {**merchant.order("P1"), "method": "web", "timestamp": str(int(time.time()))}
    foreign = {**params, "sign": rsa_sign(params, derive_private_key("sandbox-merchant-1002"))}
    assert merchant.post("/api/pay/create", foreign).json()["msg"] == "签名校验失败"
    md5 = merchant.post("/api/pay/create", {**merchant.v1(params)}).json()
    assert md5["code"] == -1
    assert gateway.control.books("1001", KEY)["totals"]["trades"] == 0


def test_one_merchant_cannot_see_anothers_trade(gateway: RunningGateway, merchant: MerchantSide) -> None:
    made = merchant.create("P1")
    other = MerchantSide(gateway.url, merchant.notify_url, pid="1002", key="epay-test-key-0002")
    assert other.query_v1("P1")["code"] == -1
    form = {"pid": "1002", "key": other.key, "trade_no": made["trade_no"], "money": "9.90"}
    gateway.control.pay(trade_no=made["trade_no"])
    assert other.post("/api.php?act=refund", form).json()["msg"] == "订单号不存在"
    assert gateway.control.books("1002", other.key)["totals"]["trades"] == 0


def test_frozen_trade(gateway: RunningGateway, merchant: MerchantSide) -> None:
    made = merchant.create("P1")
    gateway.control.pay(trade_no=made["trade_no"])
    gateway.control.act(made["trade_no"], "freeze")
    assert merchant.call_v2("pay/query", out_trade_no="P1")["status"] == 3
    assert merchant.call_v2("pay/refund", out_trade_no="P1", money="1.00", out_refund_no="R1")["code"] == -1
    gateway.control.act(made["trade_no"], "unfreeze")
    assert merchant.call_v2("pay/refund", out_trade_no="P1", money="1.00", out_refund_no="R1")["code"] == 0
