"""Every endpoint of both protocol versions, over real HTTP."""

import time

import pytest

from goodfor.sandbox.client import ControlRefused
from goodfor.sandbox.demo import DEMO_MD5_KEY, DEMO_PID
from goodfor.sandbox.keys import load_public
from goodfor.sandbox.server import RunningGateway
from goodfor.sandbox.signing import md5_sign, md5_verify, rsa_verify
from goodfor.sandbox.tests.helpers import Merchant, call, receiving


def test_v1_pays_notifies_and_answers_queries(gate: RunningGateway, shop: Merchant) -> None:
    with receiving() as receiver:
        made = shop.v1("/mapi.php", shop.order("P1", receiver.url, clientip="127.0.0.1", param="mine"))
        assert made["code"] == 1
        assert made["payurl"] == f"{gate.url}/cashier/{made['trade_no']}"
        assert shop.api("order", out_trade_no="P1")["status"] == 0
        assert gate.control.pay(pid=DEMO_PID, out_trade_no="P1")["paid_now"] is True
        assert gate.control.wait_quiet()
    (notify,) = receiver.seen
    assert md5_verify(notify, DEMO_MD5_KEY)
    assert notify["trade_status"] == "TRADE_SUCCESS"
    assert (notify["money"], notify["param"], notify["pid"]) == ("9.90", "mine", DEMO_PID)
    told = shop.api("order", out_trade_no="P1")
    assert (told["status"], told["money"], told["trade_no"]) == (1, "9.90", made["trade_no"])
    assert shop.api("orders")["count"] == 1
    assert shop.api("query")["money"] == "9.90"


def test_v1_submit_cashier_and_way_back(gate: RunningGateway, shop: Merchant) -> None:
    order = shop.order("P2")
    signed = {**order, "sign": md5_sign(order, DEMO_MD5_KEY), "sign_type": "MD5"}
    status, page, _ = call("GET", f"{gate.url}/submit.php", signed)
    assert status == 200
    trade_no = gate.control.trade(pid=DEMO_PID, out_trade_no="P2")["trade_no"]
    assert f"/cashier/{trade_no}/pay".encode() in page
    status, _, location = call("POST", f"{gate.url}/cashier/{trade_no}/pay", {"type": "alipay"})
    assert status == 303
    assert location.startswith("https://shop.example.test/r?")
    assert call("POST", f"{gate.url}/cashier/{trade_no}/pay", {})[0] == 303
    assert gate.control.trade(trade_no=trade_no)["paid_fen"] == 990


def test_v2_whole_life(gate: RunningGateway, shop: Merchant) -> None:
    with receiving() as receiver:
        made = shop.v2("create", **shop.order("Q1", receiver.url, method="web", clientip="127.0.0.1"))
        assert (made["code"], made["pay_type"]) == (0, "jump")
        assert shop.v2("query", out_trade_no="Q1")["status"] == 0
        gate.control.pay(trade_no=made["trade_no"])
        assert gate.control.wait_quiet()
    (notify,) = receiver.seen
    assert rsa_verify(notify, load_public(shop.me.platform_public_pem))
    assert abs(int(notify["timestamp"]) - time.time()) < 5
    assert shop.v2("query", out_trade_no="Q1")["status"] == 1
    assert shop.v2("close", out_trade_no="Q1")["code"] == -1
    first = shop.v2("refund", out_trade_no="Q1", money="4.00", out_refund_no="R1")
    again = shop.v2("refund", out_trade_no="Q1", money="4.00", out_refund_no="R1")
    assert first["refund_no"] == again["refund_no"]
    assert shop.v2("refund", out_trade_no="Q1", money="5.00", out_refund_no="R1")["code"] == -1
    assert shop.v2("refund", out_trade_no="Q1", money="5.91", out_refund_no="R2")["code"] == -1
    assert shop.v2("refundquery", out_refund_no="R1")["status"] == 1
    assert shop.v2("refundquery", out_refund_no="R2")["msg"] == "退款单号不存在"
    assert shop.v2("refund", out_trade_no="Q1", money="5.90", out_refund_no="R3")["code"] == 0
    assert shop.v2("query", out_trade_no="Q1")["status"] == 2
    totals = shop.books()["totals"]
    assert totals["balanced"] is True
    assert (totals["paid_fen"], totals["refunded_fen"], totals["net_fen"]) == (990, 990, 0)


def test_v2_close_stops_payment(gate: RunningGateway, shop: Merchant) -> None:
    shop.v2("create", **shop.order("Q2", method="web"))
    assert shop.v2("close", out_trade_no="Q2")["code"] == 0
    assert shop.v2("close", out_trade_no="Q2")["code"] == 0
    with pytest.raises(ControlRefused):
        gate.control.pay(pid=DEMO_PID, out_trade_no="Q2")
    assert gate.control.pay(pid=DEMO_PID, out_trade_no="Q2", force=True)["state"] == "paid"


def test_v2_submit_scan_and_merchant_info(gate: RunningGateway, shop: Merchant) -> None:
    status, _, _ = call("POST", f"{gate.url}/api/pay/submit", shop.sign_v2(shop.order("Q3")))
    assert status == 200
    assert gate.control.trade(pid=DEMO_PID, out_trade_no="Q3")["version"] == 2
    scanned = shop.v2("create", **shop.order("Q4", method="scan", auth_code="28"))
    assert scanned["pay_type"] == "scan"
    info = shop.json("POST", "/api/merchant/info", shop.sign_v2({}))
    assert (info["money"], info["order_num"]) == ("9.90", 2)


def test_v1_refund_twice_is_two_refunds(gate: RunningGateway, shop: Merchant) -> None:
    shop.v1("/mapi.php", shop.order("P3", clientip="127.0.0.1"))
    gate.control.pay(pid=DEMO_PID, out_trade_no="P3")
    for _ in range(2):
        assert shop.api("refund", "POST", out_trade_no="P3", money="4.00")["code"] == 1
    assert shop.api("refund", "POST", out_trade_no="P3", money="4.00")["code"] == -1
    assert shop.api("refund", out_trade_no="P3", money="1.00")["code"] == -1
    assert shop.books()["totals"]["refunded_fen"] == 800


def test_same_number_is_the_same_trade_and_never_another_amount(shop: Merchant) -> None:
    first = shop.v1("/mapi.php", shop.order("P4", clientip="127.0.0.1"))
    again = shop.v1("/mapi.php", shop.order("P4", clientip="127.0.0.1"))
    assert first["trade_no"] == again["trade_no"]
    assert shop.v1("/mapi.php", shop.order("P4", clientip="127.0.0.1", money="9.91"))["code"] == -1


@pytest.mark.parametrize(
    "change",
    [
        {"money": "0"}, {"money": "-1"}, {"money": "1e3"}, {"type": "cash"}, {"notify_url": "http://10.0.0.1/"},
        {"out_trade_no": "a b"}, {"name": ""}, {"pid": "9"}, {"return_url": "javascript:1"}, {"clientip": ""},
    ],
)  # fmt: skip
def test_bad_orders_are_refused(shop: Merchant, change: dict[str, str]) -> None:
    assert shop.v1("/mapi.php", {**shop.order("P5", clientip="127.0.0.1"), **change})["code"] == -1
    assert shop.books()["totals"]["trades"] == 0


def test_bad_signatures_are_refused(gate: RunningGateway, shop: Merchant) -> None:
    good = {**shop.order("P6"), "clientip": "127.0.0.1"}
    signed = {**good, "sign": md5_sign(good, DEMO_MD5_KEY), "sign_type": "MD5"}
    for change in ({"money": "0.01"}, {"sign": "0" * 32}, {"sign_type": "RSA"}, {"extra": "1"}):
        assert shop.json("POST", "/mapi.php", {**signed, **change})["code"] == -1
    strong = shop.sign_v2(shop.order("P6", method="web"))
    old = shop.sign_v2({**shop.order("P6", method="web"), "timestamp": str(int(time.time()) - 301)})
    for fields in ({**strong, "money": "0.01"}, {**strong, "sign": "AAAA"}, old):
        assert shop.json("POST", "/api/pay/create", fields)["code"] == -1
    assert shop.json("GET", "/api.php?act=order", {"pid": "1001", "key": "wrong", "out_trade_no": "P6"})["code"] == -1
    assert call("POST", f"{gate.url}/mapi.php?pid=1001&pid=1002", {})[0] == 400
    assert shop.books()["totals"]["trades"] == 0


def test_merchants_do_not_see_each_other(gate: RunningGateway, shop: Merchant) -> None:
    made = shop.v2("create", **shop.order("P7", method="web"))
    other = Merchant(gate, "1002")
    assert other.v2("query", trade_no=made["trade_no"])["code"] == -1
    assert other.v2("query", out_trade_no="P7")["code"] == -1
    assert other.books()["totals"]["trades"] == 0


def test_control_needs_its_token_and_our_own_host(gate: RunningGateway) -> None:
    assert call("GET", f"{gate.url}/_control/status")[0] == 401
    assert call("GET", f"{gate.url}/_control/status", Authorization="Bearer x")[0] == 401
    assert call("GET", f"{gate.url}/cashier/1", Host="evil.example")[0] == 421
    assert call("GET", f"{gate.url}/nowhere")[0] == 404
    assert call("GET", f"{gate.url}/mapi.php")[0] == 405
