"""Version 1: each endpoint, what it refuses, and that a refusal changes nothing."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from goodfor.sandbox.server import RunningGateway
from goodfor.sandbox.signing import md5_verify
from goodfor.sandbox.tests.support import KEY, MerchantSide, Shop, http_call


def test_mapi_pay_notify_return(gateway: RunningGateway, merchant: MerchantSide, shop: Shop) -> None:
    made = merchant.mapi("P1", param="order 1&x")
    assert made["code"] == 1
    assert made["payurl"] == f"{gateway.url}/cashier/{made['trade_no']}"
    assert merchant.query_v1("P1")["status"] == 0

    page = http_call(gateway.url, "GET", f"/cashier/{made['trade_no']}")
    assert page.status == 200
    assert "模拟支付" in page.text
    assert "9.90" in page.text
    assert "<script" not in page.text

    paid = http_call(gateway.url, "POST", f"/cashier/{made['trade_no']}/pay", {})
    assert paid.status == 303
    back = dict(parse_qsl(urlsplit(paid.headers["Location"]).query))
    assert paid.headers["Location"].startswith("https://shop.example.test/r?")
    assert md5_verify(back, KEY)

    (notify,) = shop.wait_for(1)
    assert md5_verify(notify, KEY)
    assert notify["sign_type"] == "MD5"
    assert {k: notify[k] for k in ("pid", "out_trade_no", "money", "trade_status", "param", "type", "name")} == {
        "pid": "1001",
        "out_trade_no": "P1",
        "money": "9.90",
        "trade_status": "TRADE_SUCCESS",
        "param": "order 1&x",
        "type": "alipay",
        "name": "card",
    }
    answer = merchant.query_v1("P1")
    assert (answer["code"], answer["status"], answer["money"], answer["trade_no"]) == (1, 1, "9.90", made["trade_no"])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_submit_shows_the_cashier(gateway: RunningGateway, merchant: MerchantSide, method: str) -> None:
    form = merchant.v1(merchant.order("P1", type=""))
    target = "/submit.php" if method == "POST" else "/submit.php?" + urlencode(form)
    page = http_call(gateway.url, method, target, form if method == "POST" else None, {"Accept-Language": "en-GB"})
    assert page.status == 200
    assert "Pay (simulated)" in page.text
    assert page.text.count('type="radio"') == 4
    trade = gateway.control.trade(pid="1001", out_trade_no="P1")
    http_call(gateway.url, "POST", f"/cashier/{trade['trade_no']}/pay", {"type": "wxpay"})
    assert gateway.control.trade(pid="1001", out_trade_no="P1")["type"] == "wxpay"


def test_text_of_the_order_cannot_break_the_page(gateway: RunningGateway, merchant: MerchantSide) -> None:
    made = merchant.mapi("P1", name='<script>alert("1")</script>')
    page = http_call(gateway.url, "GET", f"/cashier/{made['trade_no']}")
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"money": "0"}, "金额"),
        ({"money": "-1"}, "金额"),
        ({"money": "1e2"}, "金额"),
        ({"name": ""}, "name"),
        ({"out_trade_no": ""}, "out_trade_no"),
        ({"out_trade_no": "a b"}, "out_trade_no"),
        ({"out_trade_no": "x" * 65}, "out_trade_no"),
        ({"notify_url": ""}, "notify_url"),
        ({"notify_url": "https://pay.example.test/hook"}, "loopback"),
        ({"notify_url": "http://127.0.0.1.example.test/"}, "loopback"),
        ({"notify_url": "http://127.0.0.1@example.test/"}, "loopback"),
        ({"notify_url": "file:///etc/passwd"}, "loopback"),
        ({"return_url": "javascript:alert(1)"}, "return_url"),
        ({"type": "cash"}, "支付方式"),
        ({"clientip": ""}, "clientip"),
        ({"pid": "7"}, "商户"),
    ],
)
def test_bad_orders_change_nothing(
    gateway: RunningGateway, merchant: MerchantSide, change: dict[str, str], word: str
) -> None:
    answer = merchant.post("/mapi.php", merchant.v1({**merchant.order("P1"), **change}))
    assert answer.status == 200
    assert answer.json()["code"] == -1
    assert word in answer.json()["msg"]
    assert gateway.control.books("1001", KEY)["totals"]["trades"] == 0


def test_wrong_signature_and_wrong_key(gateway: RunningGateway, merchant: MerchantSide) -> None:
    form = merchant.v1(merchant.order("P1"))
    assert merchant.post("/mapi.php", {**form, "money": "0.01"}).json()["msg"] == "签名校验失败"
    assert merchant.post("/mapi.php", {**form, "sign": ""}).json()["code"] == -1
    assert gateway.control.books("1001", KEY)["totals"]["trades"] == 0
    merchant.mapi("P1")
    gateway.control.pay(pid="1001", out_trade_no="P1")
    merchant.key = "wrong-key"
    assert merchant.query_v1("P1") == {"code": -1, "msg": "商户密钥错误"}
    assert merchant.refund_v1("P1", "1.00")["code"] == -1
    assert gateway.control.books("1001", KEY)["totals"]["refunded_fen"] == 0


def test_asking_again_is_the_same_trade_or_an_error(gateway: RunningGateway, merchant: MerchantSide) -> None:
    first = merchant.mapi("P1")
    assert merchant.mapi("P1")["trade_no"] == first["trade_no"]
    assert "金额" in merchant.mapi("P1", money="9.91")["msg"]
    gateway.control.pay(trade_no=first["trade_no"])
    assert "已完成支付" in merchant.mapi("P1")["msg"]
    assert gateway.control.books("1001", KEY)["totals"]["trades"] == 1


def test_api_php(gateway: RunningGateway, merchant: MerchantSide) -> None:
    for number in ("P1", "P2", "P3"):
        merchant.mapi(number)
    gateway.control.pay(pid="1001", out_trade_no="P2")

    def api(**params: str) -> dict[str, object]:
        query = urlencode({"pid": "1001", "key": KEY, **params})
        return http_call(gateway.url, "GET", f"/api.php?{query}").json()

    listed = api(act="orders", limit="2")["data"]
    assert isinstance(listed, list)
    assert [row["out_trade_no"] for row in listed] == ["P3", "P2"]
    assert [row["status"] for row in listed] == [0, 1]
    account = api(act="query")
    assert (account["money"], account["orders"], account["order_today"]) == ("9.90", 3, 3)
    assert api(act="order", out_trade_no="P9") == {"code": -1, "msg": "订单号不存在"}
    assert api(act="nothing")["code"] == -1
    assert api(act="refund", out_trade_no="P2", money="9.90")["code"] == -1


def test_refund_in_parts_never_more_than_paid(gateway: RunningGateway, merchant: MerchantSide) -> None:
    merchant.mapi("P1")
    assert merchant.refund_v1("P1", "1.00")["code"] == -1
    gateway.control.pay(pid="1001", out_trade_no="P1")
    assert merchant.refund_v1("P1", "4.00")["code"] == 1
    assert merchant.query_v1("P1")["status"] == 1
    assert "超过" in merchant.refund_v1("P1", "5.91")["msg"]
    assert merchant.refund_v1("P1", "5.90")["code"] == 1
    assert merchant.query_v1("P1")["status"] == 2
    assert "全额退款" in merchant.refund_v1("P1", "0.01")["msg"]
    totals = gateway.control.books("1001", KEY)["totals"]
    assert (totals["paid_fen"], totals["refunded_fen"], totals["journal_out_fen"]) == (990, 990, 990)
    assert totals["balanced"]


def test_dialect_and_new_merchant(gateway: RunningGateway, merchant: MerchantSide) -> None:
    gateway.control.put_merchant(pid="2001", md5_key="another-key-01", md5_dialect="ampersand_key")
    merchant.pid, merchant.key = "2001", "another-key-01"
    assert merchant.mapi("P1")["msg"] == "签名校验失败"
    merchant.key = "&key=another-key-01"
    assert merchant.mapi("P1")["code"] == 1
