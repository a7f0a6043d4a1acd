"""Alipay's stand-in: calls well and badly signed, vectors, notifies, refunds, royalty, bills; its books add up."""

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from goodfor.sandbox.channels import chains, demo
from goodfor.sandbox.channels.alipay.channel import call_app_pay, notify_signature
from goodfor.sandbox.channels.server import RunningChannels, running_channels
from goodfor.sandbox.channels.tests.helpers import M, P, books_balance, receiving, send
from goodfor.sandbox.signing import sign_bytes, signed_text, verify_bytes

NEVER = frozenset({"sign"})


def signed(method: str, content: dict[str, Any], **more: str) -> dict[str, str]:
    now = datetime.now(UTC) + timedelta(hours=8)
    fields = {
        "app_id": demo.ALIPAY_APP_ID, "method": method, "format": "JSON", "charset": "utf-8", "sign_type": "RSA2",
        "timestamp": now.strftime("%Y-%m-%d %H:%M:%S"), "version": "1.0", **more,
        "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
    }  # fmt: skip
    return {**fields, "sign": sign_bytes(signed_text(fields, NEVER).encode(), M)}


def post(desk: RunningChannels, fields: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return send("POST", f"{desk.url}/alipay/gateway.do", urlencode(fields).encode(), form)


def reply(method: str, raw: bytes) -> tuple[dict[str, Any], bool]:
    text, name = raw.decode(), method.replace(".", "_") + "_response"
    start = text.index(":") + 1
    assert text.startswith(f'{{"{name}":')
    value, end = json.JSONDecoder().raw_decode(text, start)
    return value, verify_bytes(text[start:end].encode(), json.loads(text)["sign"], P)


def call(desk: RunningChannels, method: str, **content: Any) -> dict[str, Any]:
    status, raw, _ = post(desk, signed(method, content))
    assert status == 200
    value, good = reply(method, raw)
    assert good
    return value


def order(number: str, amount: str = "9.90", **more: Any) -> dict[str, Any]:
    return {"out_trade_no": number, "total_amount": amount, "subject": 'a}b"c', **more}


def page(desk: RunningChannels, number: str, url: str = "", amount: str = "9.90", **more: Any) -> str:
    content = order(number, amount, product_code="FAST_INSTANT_TRADE_PAY", **more)
    fields = signed("alipay.trade.page.pay", content, notify_url=url, return_url="http://127.0.0.1:1/r")
    status, _body, headers = post(desk, fields)
    assert status == 303
    return headers["Location"]


def test_vectors(tmp_path: Path) -> None:
    line = (
        'app_id=2021000000000001&biz_content={"out_trade_no":"P202601010001","total_amount":"9.90","subject":"card",'
        '"product_code":"FAST_INSTANT_TRADE_PAY","time_expire":"2026-01-01 08:15:00"}&charset=utf-8&format=JSON'
        "&method=alipay.trade.page.pay&notify_url=https://pay.example.test/hook/alipay"
        "&return_url=https://shop.example.test/r&sign_type=RSA2&timestamp=2026-01-01 08:00:00&version=1.0"
    )
    fields = dict(part.split("=", 1) for part in line.split("&"))
    fields["sign"] = sign_bytes(line.encode(), M)
    assert fields["sign"].startswith("mxlHpRWYljaCriTzXj1MnpQu")
    with running_channels(tmp_path, clock=lambda: 1767225600) as desk:
        assert post(desk, fields)[0] == 303
        assert post(desk, {**fields, "biz_content": fields["biz_content"].replace("9.90", "0.90")})[0] == 200
    notify = (
        "app_id=2021000000000001&auth_app_id=2021000000000001&buyer_id=2088000000000002&buyer_pay_amount=9.90"
        '&charset=utf-8&fund_bill_list=[{"amount":"9.90","fundChannel":"ALIPAYACCOUNT"}]'
        "&gmt_create=2026-01-01 08:00:01&gmt_payment=2026-01-01 08:00:05&invoice_amount=9.90"
        "&notify_id=2026010100222080006000000000000001&notify_time=2026-01-01 08:00:06&notify_type=trade_status_sync"
        "&out_trade_no=P202601010001&receipt_amount=9.90&seller_id=2088000000000001&subject=card&total_amount=9.90"
        "&trade_no=2026010122001400000000000001&trade_status=TRADE_SUCCESS&version=1.0"
    )
    made = notify_signature(dict(part.split("=", 1) for part in notify.split("&")))
    digest = hashlib.sha256(made.encode()).hexdigest()
    assert digest == "8c3ab5e0942dcb0010cbf066a95d614326ae2a98618f1922a044cb96d68b2bcf"


@pytest.mark.parametrize("method", ["alipay.trade.query", "alipay.trade.refund", "alipay.trade.order.settle"])
@pytest.mark.parametrize("change", [{"sign": "AAAA"}, {"app_id": demo.ALIPAY_OTHER_APP_ID}, {"version": "2.0"}])
def test_bad_requests_are_refused(desk: RunningChannels, method: str, change: dict[str, str]) -> None:
    fields = {**signed(method, {"out_trade_no": "X"}), **change}
    value, good = reply(method, post(desk, fields)[1])
    assert good
    assert value["code"] == "40002"
    late = signed(method, {}, timestamp="2020-01-01 00:00:00")
    assert reply(method, post(desk, late)[1])[0]["sub_code"] == "isv.invalid-timestamp"


def test_a_trade_exists_once_seen_is_told_and_refunded(desk: RunningChannels) -> None:
    with receiving() as hook:
        url = page(desk, "A1", hook.url)
        assert call(desk, "alipay.trade.query", out_trade_no="A1")["sub_code"] == "ACQ.TRADE_NOT_EXIST"
        assert "模拟支付" in send("GET", url)[1].decode()
        assert call(desk, "alipay.trade.query", out_trade_no="A1")["trade_status"] == "WAIT_BUYER_PAY"
        desk.control.fault("wrong_amount_notify", channel="alipay")
        status, _body, headers = send("POST", url)
        assert status == 303
        assert "sign=" in headers["Location"]
        assert desk.control.wait_quiet()
        desk.control.limits(alipay_refund_gap=0)
        for number, amount in (("R1", "1.00"), ("R2", "8.90")):
            made = call(desk, "alipay.trade.refund", out_trade_no="A1", refund_amount=amount, out_request_no=number)
            assert made["fund_change"] == "Y"
        again = call(desk, "alipay.trade.refund", out_trade_no="A1", refund_amount="8.90", out_request_no="R2")
        assert (again["fund_change"], again["refund_fee"]) == ("N", "9.90")
        asked = call(desk, "alipay.trade.fastpay.refund.query", out_trade_no="A1", out_request_no="R1")
        assert asked["refund_status"] == "REFUND_SUCCESS"
        assert desk.control.wait_quiet()
        told = [dict(parse_qsl(body.decode())) for _path, _headers, body in hook.seen]
    for one in told:
        text = signed_text(one, frozenset({"sign", "sign_type"}))
        assert verify_bytes(text.encode(), one["sign"], P)
    assert [one["total_amount"] for one in told] == ["0.01", "9.90", "9.90", "9.90"]
    # Three letters, each sent for itself: the last may come before the one in the middle.
    assert sorted(one["trade_status"] for one in told[1:]) == ["TRADE_CLOSED", "TRADE_SUCCESS", "TRADE_SUCCESS"]
    sums = books_balance(desk, "alipay")["balances"][demo.ALIPAY_APP_ID]["CNY"]
    assert set(sums.values()) == {0}


def test_other_ways_close_cancel_and_slow_refunds(desk: RunningChannels) -> None:
    assert call(desk, "alipay.trade.precreate", **order("Q1"))["qr_code"].startswith(desk.url)
    app = signed("alipay.trade.app.pay", order("Q2", product_code="QUICK_MSECURITY_PAY"))
    call_app_pay(desk.desk, urlencode(app))
    desk.control.see("alipay", "Q1")
    assert call(desk, "alipay.trade.close", out_trade_no="Q1")["code"] == "10000"
    assert call(desk, "alipay.trade.query", out_trade_no="Q1")["trade_status"] == "TRADE_CLOSED"
    desk.control.buy("alipay", "Q2")
    assert call(desk, "alipay.trade.close", out_trade_no="Q2")["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    desk.control.fault("refund_processing", channel="alipay", seconds=30)
    slow = call(desk, "alipay.trade.refund", out_trade_no="Q2", refund_amount="1", out_request_no="S")
    assert slow["fund_change"] == "N"
    asked = call(desk, "alipay.trade.fastpay.refund.query", out_trade_no="Q2", out_request_no="S")
    assert "refund_status" not in asked
    desk.control.fault("bad_signature_reply", channel="alipay")
    assert not reply("alipay.trade.query", post(desk, signed("alipay.trade.query", {"out_trade_no": "Q2"}))[1])[1]


def test_certificates_are_named_and_wrong_names_refused(desk: RunningChannels) -> None:
    app = chains.serial_digest(chains.alipay_app_certificate())
    root = chains.serial_digest(chains.alipay_root_certificate())
    fields = signed("alipay.trade.precreate", order("C1"), app_cert_sn=app, alipay_root_cert_sn=root)
    raw = post(desk, fields)[1]
    assert json.loads(raw)["alipay_cert_sn"] == chains.serial_digest(chains.alipay_public_certificate())
    fields = signed("alipay.trade.precreate", order("C1"), app_cert_sn=root, alipay_root_cert_sn=root)
    assert reply("alipay.trade.precreate", post(desk, fields)[1])[0]["sub_code"] == "isv.app-cert-sn-error"


def test_royalty(desk: RunningChannels) -> None:
    page(desk, "Y1", amount="100.00", extend_params={"royalty_freeze": "true"})
    ref = desk.control.buy("alipay", "Y1")["ref"]
    one = {"trans_in": "2088000000000009", "trans_in_type": "userId", "amount": "30.00"}
    unbound = call(desk, "alipay.trade.order.settle", out_request_no="S1", trade_no=ref, royalty_parameters=[one])
    assert unbound["sub_code"] == "ACQ.ROYALTY_RECEIVER_INVALID"
    listed = [{"type": "userId", "account": one["trans_in"]}]
    call(desk, "alipay.trade.royalty.relation.bind", receiver_list=listed, out_request_no="B1")
    more = [{**one, "amount": "30.01"}]
    too_much = call(desk, "alipay.trade.order.settle", out_request_no="S1", trade_no=ref, royalty_parameters=more)
    assert too_much["sub_code"] == "ACQ.ROYALTY_RATIO_EXCEED"
    done = call(desk, "alipay.trade.order.settle", out_request_no="S1", trade_no=ref, royalty_parameters=[one])
    asked = call(desk, "alipay.trade.order.settle.query", settle_no=done["settle_no"])
    assert asked["royalty_detail_list"][0]["state"] == "SUCCESS"
    assert call(desk, "alipay.trade.order.onsettle.query", trade_no=ref)["unsettled_amount"] == "69.40"
    assert books_balance(desk, "alipay")["balances"][demo.ALIPAY_APP_ID]["CNY"]["frozen"] == 6940
    back = {"trans_out": one["trans_in"], "amount": "30.01"}
    refund = {"out_trade_no": "Y1", "refund_amount": "10.00", "out_request_no": "RR"}
    refused = call(desk, "alipay.trade.refund", **refund, refund_royalty_parameters=[back])
    assert refused["sub_code"] == "ACQ.ROYALTY_RECEIVER_INVALID"
    for change in ("Y", "N"):
        part = [{**back, "amount": "20.00"}]
        assert call(desk, "alipay.trade.refund", **refund, refund_royalty_parameters=part)["fund_change"] == change
    sums = books_balance(desk, "alipay")["balances"][demo.ALIPAY_APP_ID]["CNY"]
    assert (sums[f"to:{one['trans_in']}"], sums["balance"], sums["frozen"]) == (1000, 2000, 5946)


def test_the_bill_is_a_zip_in_gbk(desk: RunningChannels) -> None:
    numbers = desk.control.rows("alipay", 10, "2026-01-01", refund_every=5)
    answer = call(
        desk, "alipay.data.dataservice.bill.downloadurl.query", bill_type="trade", bill_date="2026-01-01"
    )  # fmt: skip
    file = zipfile.ZipFile(io.BytesIO(send("GET", answer["bill_download_url"])[1]))
    assert file.testzip() is None
    names = [name.encode("cp437").decode("gbk") for name in file.namelist()]
    assert names[0].endswith("_业务明细.csv")
    assert names[1].endswith("_业务明细(汇总).csv")
    lines = file.read(file.namelist()[0]).decode("gbk").split("\r\n")
    rows = [[value.strip("\t") for value in line.split(",")] for line in lines[3:-2]]
    assert len(rows) == 12
    assert {len(row) for row in rows} == {25}
    assert rows[0][1] == numbers[0]
    assert sum(row[2] == "退款" for row in rows) == 2


def test_the_log_of_the_account_is_a_chain(desk: RunningChannels) -> None:
    desk.control.rows("alipay", 10, "2026-01-01", refund_every=5)
    method, day = "alipay.data.bill.accountlog.query", {"start_time": "2026-01-01 00:00:00"}
    answer = call(desk, method, **day, end_time="2026-01-02 00:00:00", page_no="1", page_size="1000")
    balance = 0
    for row in answer["detail_list"]:
        balance += int(row["trans_amount"].replace(".", "")) * (1 if row["direction"] == "收入" else -1)
        assert balance == int(row["balance"].replace(".", ""))
    assert len(answer["detail_list"]) == 10 * 2 + 2 * 2
    assert balance == desk.control.ledger("alipay")["balances"][demo.ALIPAY_APP_ID]["CNY"]["balance"]
    assert call(desk, method, **day, end_time="2026-03-02 00:00:00")["code"] == "40002"
