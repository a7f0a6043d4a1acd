"""When a notify is sent: before the redirect, late, after a lie, or not at all; and frozen or hostile trades."""

import pytest

from goodfor.sandbox.demo import DEMO_PID
from goodfor.sandbox.server import RunningGateway
from goodfor.sandbox.tests.helpers import Merchant, call, receiving


def made(shop: Merchant, number: str, notify_url: str, **more: str) -> str:
    order = shop.order(number, notify_url, clientip="127.0.0.1", **more)
    return str(shop.v1("/mapi.php", order)["trade_no"])


def test_notify_before_redirect(gate: RunningGateway, shop: Merchant) -> None:
    with receiving() as receiver:
        receiver.pause = 0.2
        trade_no = made(shop, "T1", receiver.url)
        gate.control.fault("notify_before_redirect")
        call("POST", f"{gate.url}/cashier/{trade_no}/pay", {})
        assert (len(receiver.seen), receiver.busy) == (1, 0)
    assert gate.control.hits("notify_before_redirect") == 1


def test_notify_before_reply_does_not_wait_for_retries(gate: RunningGateway, shop: Merchant) -> None:
    with receiving(lambda n: b"success" if n == 3 else b"not yet") as receiver:
        gate.control.fault("notify_before_reply")
        made(shop, "T1", receiver.url)
        assert len(receiver.seen) >= 1
        assert gate.control.wait_quiet()
        assert len(receiver.seen) == 3


def test_delayed_notify_and_sending_again(gate: RunningGateway, shop: Merchant) -> None:
    with receiving() as receiver:
        gate.control.fault("delay_notify", ms=400)
        trade_no = made(shop, "T1", receiver.url)
        gate.control.pay(trade_no=trade_no)
        assert receiver.seen == []
        assert gate.control.wait_quiet()
        assert len(receiver.seen) == 1
        gate.control.act(trade_no, "notify")
        assert gate.control.wait_quiet()
        assert len(receiver.seen) == 2


def test_fifty_notifies_at_the_same_moment(gate: RunningGateway, shop: Merchant) -> None:
    with receiving() as receiver:
        receiver.server.socket.listen(128)
        receiver.pause = 0.4
        gate.control.fault("concurrent_notify", count=50)
        gate.control.pay(trade_no=made(shop, "T1", receiver.url))
        assert gate.control.wait_quiet()
    assert len(receiver.seen) == 50
    assert receiver.most_at_once >= 25
    assert gate.control.hits("concurrent_notify") == 50


@pytest.mark.parametrize(
    "kind", ["bad_signature_notify", "wrong_amount_notify", "wrong_status_notify", "foreign_pid_notify"]
)
def test_a_lie_can_be_all_there_is(gate: RunningGateway, shop: Merchant, kind: str) -> None:
    with receiving(lambda _n: b"fail") as receiver:
        gate.control.fault(kind, instead=True)
        trade_no = made(shop, "T1", receiver.url)
        gate.control.pay(trade_no=trade_no)
        assert gate.control.wait_quiet()
        assert [row["fault"] for row in gate.control.trade(trade_no=trade_no)["notifies"]] == [kind]
    assert shop.books()["totals"]["paid_fen"] == 990


def test_several_lies_end_one_after_the_other(gate: RunningGateway, shop: Merchant) -> None:
    with receiving() as receiver:
        gate.control.fault("wrong_amount_notify")
        gate.control.fault("bad_signature_notify")
        trade_no = made(shop, "T1", receiver.url)
        gate.control.pay(trade_no=trade_no)
        assert gate.control.wait_quiet()
        assert receiver.most_at_once == 1
    kinds = [row["fault"] for row in gate.control.trade(trade_no=trade_no)["notifies"]]
    assert kinds == ["bad_signature_notify", "wrong_amount_notify", ""]


def test_a_frozen_trade_is_told_and_not_refunded(gate: RunningGateway, shop: Merchant) -> None:
    trade_no = made(shop, "T1", "http://127.0.0.1:1/n")
    gate.control.pay(trade_no=trade_no)
    gate.control.act(trade_no, "freeze")
    assert shop.v2("query", out_trade_no="T1")["status"] == 3
    assert shop.v2("refund", out_trade_no="T1", money="1.00", out_refund_no="R1")["code"] == -1
    assert shop.books()["totals"]["refunded_fen"] == 0
    gate.control.act(trade_no, "unfreeze")
    assert shop.v2("refund", out_trade_no="T1", money="1.00", out_refund_no="R1")["code"] == 0


def test_the_text_of_an_order_cannot_break_the_cashier(gate: RunningGateway, shop: Merchant) -> None:
    trade_no = made(shop, "T1", "http://127.0.0.1:1/n", name='<script>alert("1")</script>')
    _, page, _ = call("GET", f"{gate.url}/cashier/{trade_no}?lang=en")
    assert b"<script" not in page
    assert b"&lt;script&gt;" in page
    assert b"Pay (simulated)" in page
    assert "模拟支付".encode() in call("GET", f"{gate.url}/cashier/{trade_no}")[1]


def test_the_buyer_chooses_when_the_order_does_not(gate: RunningGateway, shop: Merchant) -> None:
    trade_no = made(shop, "T1", "http://127.0.0.1:1/n", type="")
    assert call("GET", f"{gate.url}/cashier/{trade_no}")[1].count(b'type="radio"') == 4
    call("POST", f"{gate.url}/cashier/{trade_no}/pay", {"type": "wxpay"})
    assert gate.control.trade(pid=DEMO_PID, out_trade_no="T1")["type"] == "wxpay"


def test_a_merchant_with_the_other_dialect(gate: RunningGateway, shop: Merchant) -> None:
    gate.control.put_merchant(pid="2001", md5_key="another-key-01", md5_dialect="ampersand_key")
    order = {**shop.order("T1", clientip="127.0.0.1"), "pid": "2001"}
    assert shop.v1("/mapi.php", order)["msg"] == "签名校验失败"
