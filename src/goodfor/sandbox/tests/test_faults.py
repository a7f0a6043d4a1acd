"""Each fault on demand does what it says, and only that."""

import http.client
import time
from pathlib import Path

import pytest

from goodfor.sandbox.client import ControlRefused
from goodfor.sandbox.db import BooksInUse
from goodfor.sandbox.demo import DEMO_MD5_KEY, DEMO_PID
from goodfor.sandbox.faults import KINDS
from goodfor.sandbox.server import NotLoopbackHost, RunningGateway, running_gateway, start
from goodfor.sandbox.signing import md5_verify
from goodfor.sandbox.tests.helpers import Merchant, call, receiving


def made(shop: Merchant, number: str = "F1", notify_url: str = "http://127.0.0.1:1/n") -> str:
    trade_no = shop.v1("/mapi.php", shop.order(number, notify_url, clientip="127.0.0.1"))["trade_no"]
    assert isinstance(trade_no, str)
    return trade_no


def paid(gate: RunningGateway, shop: Merchant, number: str = "F1") -> None:
    made(shop, number)
    gate.control.pay(pid=DEMO_PID, out_trade_no=number)


def test_lost_answer_after_the_work(gate: RunningGateway, shop: Merchant) -> None:
    paid(gate, shop)
    gate.control.fault("lost_answer", on="refund")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        shop.v2("refund", out_trade_no="F1", money="9.90", out_refund_no="R1")
    assert shop.v2("refundquery", out_refund_no="R1")["status"] == 1
    shop.v2("refund", out_trade_no="F1", money="9.90", out_refund_no="R1")
    assert shop.books()["totals"]["refunded_fen"] == 990
    assert gate.control.hits("lost_answer") == 1


def test_error_burst_before_and_after_the_work(gate: RunningGateway, shop: Merchant) -> None:
    paid(gate, shop)
    form = {"pid": DEMO_PID, "key": DEMO_MD5_KEY, "out_trade_no": "F1", "money": "1.00"}
    gate.control.fault("error_burst", status=503, on="refund")
    assert call("POST", f"{gate.url}/api.php?act=refund", form)[0] == 503
    assert shop.books()["totals"]["refunded_fen"] == 0
    gate.control.fault("error_burst", on="refund", work="after")
    assert call("POST", f"{gate.url}/api.php?act=refund", form)[0] == 500
    assert shop.books()["totals"]["refunded_fen"] == 100


def test_delay(gate: RunningGateway, shop: Merchant) -> None:
    gate.control.fault("delay", ms=150, on="mapi")
    began = time.monotonic()
    made(shop)
    assert time.monotonic() - began >= 0.15
    began = time.monotonic()
    made(shop)
    assert time.monotonic() - began < 0.15


def test_duplicate_and_concurrent_notifies(gate: RunningGateway, shop: Merchant) -> None:
    with receiving() as receiver:
        gate.control.fault("duplicate_notify", count=3)
        made(shop, "D1", receiver.url)
        gate.control.pay(pid=DEMO_PID, out_trade_no="D1")
        assert gate.control.wait_quiet()
        assert len(receiver.seen) == 3
        receiver.pause = 0.3
        gate.control.fault("concurrent_notify", count=8)
        made(shop, "D2", receiver.url)
        gate.control.pay(pid=DEMO_PID, out_trade_no="D2")
        assert gate.control.wait_quiet()
    assert len(receiver.seen) == 11
    assert receiver.most_at_once >= 4


def test_notify_is_repeated_until_success_and_given_up(gate: RunningGateway, shop: Merchant) -> None:
    with receiving(lambda n: b"success" if n == 3 else b"fail") as receiver:
        trade_no = made(shop, "N1", receiver.url)
        gate.control.pay(trade_no=trade_no)
        assert gate.control.wait_quiet()
        assert [row["accepted"] for row in gate.control.trade(trade_no=trade_no)["notifies"]] == [0, 0, 1]
    with receiving(lambda _n: b"no") as receiver:
        gate.control.pay(trade_no=made(shop, "N2", receiver.url))
        assert gate.control.wait_quiet()
        assert len(receiver.seen) == 4


def test_notify_before_reply(gate: RunningGateway, shop: Merchant) -> None:
    with receiving() as receiver:
        gate.control.fault("notify_before_reply")
        made(shop, "B1", receiver.url)
        assert len(receiver.seen) == 1


@pytest.mark.parametrize(
    ("kind", "settings", "lie"),
    [
        ("wrong_amount_notify", {"money": "0.01"}, ("money", "0.01")),
        ("wrong_status_notify", {}, ("trade_status", "WAIT_BUYER_PAY")),
        ("foreign_pid_notify", {}, ("pid", "1002")),
        ("bad_signature_notify", {}, None),
    ],
)
def test_lying_notifies_come_before_the_honest_one(
    gate: RunningGateway, shop: Merchant, kind: str, settings: dict[str, object], lie: tuple[str, str] | None
) -> None:
    with receiving() as receiver:
        gate.control.fault(kind, **settings)
        made(shop, "L1", receiver.url)
        gate.control.pay(pid=DEMO_PID, out_trade_no="L1")
        assert gate.control.wait_quiet()
    first, second = receiver.seen
    assert md5_verify(second, DEMO_MD5_KEY)
    if lie is None:
        assert not md5_verify(first, DEMO_MD5_KEY)
    else:
        assert md5_verify(first, DEMO_MD5_KEY)
        assert first[lie[0]] == lie[1] != second[lie[0]]
    assert gate.control.hits(kind) == 1


def test_lost_notify_and_query_that_lags(gate: RunningGateway, shop: Merchant) -> None:
    with receiving() as receiver:
        gate.control.fault("lost_notify")
        gate.control.fault("query_unpaid", seconds=60)
        made(shop, "Z1", receiver.url)
        gate.control.pay(pid=DEMO_PID, out_trade_no="Z1")
        assert gate.control.wait_quiet()
        assert receiver.seen == []
        assert shop.api("order", out_trade_no="Z1")["status"] == 0
        assert shop.api("order", out_trade_no="Z1")["status"] == 1


def test_paid_after_close(gate: RunningGateway, shop: Merchant) -> None:
    with receiving() as receiver:
        gate.control.fault("paid_after_close", ms=50)
        shop.v2("create", **shop.order("C1", receiver.url, method="web"))
        assert shop.v2("close", out_trade_no="C1")["code"] == 0
        until = time.monotonic() + 5
        while not receiver.seen and time.monotonic() < until:
            time.sleep(0.02)
        assert shop.v2("query", out_trade_no="C1")["status"] == 1


def test_short_payment_is_what_notify_query_and_books_say(gate: RunningGateway, shop: Merchant) -> None:
    with receiving() as receiver:
        gate.control.fault("short_payment", money="3.50")
        trade_no = made(shop, "U1", receiver.url)
        assert shop.api("order", out_trade_no="U1")["money"] == "9.90"
        assert gate.control.hits("short_payment") == 0
        status, _, _ = call("POST", f"{gate.url}/cashier/{trade_no}/pay", {})
        assert status == 303
        assert gate.control.wait_quiet()
    (notify,) = receiver.seen
    assert md5_verify(notify, DEMO_MD5_KEY)
    assert (notify["money"], notify["trade_status"]) == ("3.50", "TRADE_SUCCESS")
    for answer in (shop.api("order", out_trade_no="U1"), shop.v2("query", out_trade_no="U1")):
        assert (answer["money"], int(answer["status"])) == ("3.50", 1)
    assert "3.50" in call("GET", f"{gate.url}/cashier/{trade_no}")[1].decode()
    books = shop.books()
    (trade,) = books["trades"]
    assert (trade["money_fen"], trade["paid_fen"]) == (990, 350)
    assert [row["amount_fen"] for row in books["journal"]] == [350]
    assert books["totals"]["balanced"]
    # Paying again changes nothing, and no more goes back than came.
    assert gate.control.pay(trade_no=trade_no)["paid_now"] is False
    assert shop.v2("refund", out_trade_no="U1", money="3.51", out_refund_no="R1")["code"] == -1
    assert shop.v2("refund", out_trade_no="U1", money="3.50", out_refund_no="R2")["code"] == 0
    assert shop.v2("query", out_trade_no="U1")["status"] == 2
    totals = shop.books()["totals"]
    assert (totals["paid_fen"], totals["refunded_fen"], totals["balanced"]) == (350, 350, True)
    assert gate.control.hits("short_payment") == 1


def test_short_payment_waits_for_its_order_and_never_takes_more(gate: RunningGateway, shop: Merchant) -> None:
    gate.control.fault("short_payment", money="50.00", out_trade_no="U2")
    paid(gate, shop, "U1")
    assert gate.control.hits("short_payment") == 0
    gate.control.act(made(shop, "U2"), "close")
    with pytest.raises(ControlRefused):
        gate.control.pay(pid=DEMO_PID, out_trade_no="U2")
    assert gate.control.hits("short_payment") == 0
    gate.control.pay(pid=DEMO_PID, out_trade_no="U2", force=True)
    assert gate.control.hits("short_payment") == 1
    assert [trade["paid_fen"] for trade in shop.books()["trades"]] == [990, 990]


def test_refund_pending_rejected_and_failing(gate: RunningGateway, shop: Merchant) -> None:
    paid(gate, shop)
    gate.control.fault("refund_rejected")
    assert shop.v2("refund", out_trade_no="F1", money="1.00", out_refund_no="R0")["code"] == -1
    gate.control.fault("refund_pending", seconds=1)
    assert shop.v2("refund", out_trade_no="F1", money="9.00", out_refund_no="R1")["code"] == 0
    assert shop.v2("refundquery", out_refund_no="R1")["status"] == 2
    assert shop.v2("refund", out_trade_no="F1", money="1.00", out_refund_no="R2")["code"] == -1
    time.sleep(1.1)
    assert shop.v2("refundquery", out_refund_no="R1")["status"] == 1
    gate.control.fault("refund_pending", seconds=0, outcome="failed")
    shop.v2("refund", out_trade_no="F1", money="0.50", out_refund_no="R3")
    assert shop.v2("refundquery", out_refund_no="R3")["status"] == 0
    assert shop.books()["totals"]["refunded_fen"] == 900


def test_bad_signature_reply_and_shapes(gate: RunningGateway, shop: Merchant) -> None:
    gate.control.fault("bad_signature_reply", on="query")
    made(shop)
    reply = shop.json("POST", "/api/pay/query", shop.sign_v2({"out_trade_no": "F1"}))
    assert not shop.signed_by_platform(reply)
    gate.control.fault("reply_shape", shape="qrcode")
    assert "qrcode" in shop.v1("/mapi.php", shop.order("F1", clientip="127.0.0.1"))


def test_faults_aim_skip_count_and_reset(gate: RunningGateway, shop: Merchant) -> None:
    gate.control.fault("error_burst", on="order", out_trade_no="A2", times=None, skip=1)
    made(shop, "A1")
    made(shop, "A2")
    for _ in range(2):
        assert shop.api("order", out_trade_no="A1")["code"] == 1
    form = {"pid": DEMO_PID, "key": DEMO_MD5_KEY, "out_trade_no": "A2"}
    assert [call("GET", f"{gate.url}/api.php?act=order", form)[0] for _ in range(3)] == [200, 500, 500]
    assert [fault["taken"] for fault in gate.control.reset_faults()] == [2]
    assert shop.api("order", out_trade_no="A2")["code"] == 1


def test_wrong_faults_are_refused(gate: RunningGateway) -> None:
    for wish in ({"kind": "x"}, {"kind": "delay", "ms": -1}, {"kind": "delay", "a": 1}, {"kind": "delay", "times": 0},
                 {"kind": "short_payment", "money": "0"}, {"kind": "short_payment", "money": "-1"}):  # fmt: skip
        with pytest.raises(ControlRefused):
            gate.control.fault(**wish)
    for kind in KINDS:
        gate.control.fault(kind)


def test_books_survive_a_restart_and_are_kept_by_one(tmp_path: Path) -> None:
    with running_gateway(tmp_path) as first:
        paid(first, Merchant(first))
        with pytest.raises(BooksInUse):
            start(tmp_path)
    with running_gateway(tmp_path) as second:
        assert Merchant(second).books()["totals"]["paid_fen"] == 990
        assert second.control.faults() == []
    with pytest.raises(NotLoopbackHost):
        start(tmp_path, host="0.0.0.0")
