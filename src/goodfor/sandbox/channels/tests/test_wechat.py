"""WeChat Pay's stand-in: calls well and badly signed, vectors, faults, splits, bills; its books add up."""

import base64
import gzip
import hashlib
import http.client
import json
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.outbox import Letter
from goodfor.sandbox.channels.server import RunningChannels, running_channels
from goodfor.sandbox.channels.tests.helpers import (
    WeChatShop,
    books_balance,
    receiving,
    send,
    wechat_auth,
    wechat_signed_by_platform,
)
from goodfor.sandbox.channels.wechat import signing
from goodfor.sandbox.channels.wechat.channel import notify_body

AT = 1767225600
NONCE = "0123456789ABCDEF0123456789ABCDEF"
W1 = (
    b'{"mchid":"1900000001","appid":"wx0000000000000001","out_trade_no":"P202601010001","description":"card",'
    b'"notify_url":"https://pay.example.test/hook/wechat","amount":{"total":990,"currency":"CNY"}}'
)


def opened(body: bytes) -> dict[str, object]:
    resource = json.loads(body)["resource"]
    aes = AESGCM(demo.WECHAT_API_V3_KEY.encode())
    raw = base64.b64decode(resource["ciphertext"])
    found: dict[str, object] = json.loads(
        aes.decrypt(resource["nonce"].encode(), raw, resource["associated_data"].encode())
    )
    return found


def test_requests_of_the_vectors_are_taken(tmp_path: Path) -> None:
    with running_channels(tmp_path, clock=lambda: AT + 299) as desk:
        auth = wechat_auth("POST", "/v3/pay/transactions/native", W1, at=AT, nonce=NONCE)
        assert 'signature="Ir6dU1E5s1gJ51ljQ6LfZVbqx/IIq82F' in auth
        headers = {"Authorization": auth}
        status, body, _ = send("POST", f"{desk.url}/wechat/v3/pay/transactions/native", W1, headers)
        assert status == 200
        assert json.loads(body)["code_url"].startswith(desk.url)
        target = "/v3/pay/transactions/out-trade-no/P202601010001?mchid=1900000001"
        auth = wechat_auth("GET", target, b"", at=AT, nonce=NONCE)
        assert 'signature="n7YeWL4bqlMYkYy0w0T8KPPY' in auth
        status, body, _ = send("GET", f"{desk.url}/wechat{target}", b"", {"Authorization": auth})
        assert status == 200
        assert json.loads(body)["trade_state"] == "NOTPAY"


def test_the_notify_of_the_vector_is_made() -> None:
    plain = (
        b'{"mchid":"1900000001","appid":"wx0000000000000001","out_trade_no":"P202601010001",'
        b'"transaction_id":"4200000000202601010000000001","trade_type":"NATIVE","trade_state":"SUCCESS",'
        b'"trade_state_desc":"OK","bank_type":"OTHERS","attach":"","success_time":"2026-01-01T08:00:05+08:00",'
        b'"payer":{"openid":"oTEST"},"amount":{"total":990,"payer_total":990,"currency":"CNY","payer_currency":"CNY"}}'
    )
    letter = Letter("wechat", "TRANSACTION.SUCCESS", "EV-0001", "", "{}", 1767225606000)
    body = notify_body(letter, plain, "transaction", nonce="abcdef012345")
    assert hashlib.sha256(body).hexdigest() == "2fad08927cb6532b3e0f30ff93ad4f2d9408b063aca00b92e626e9aa9841260c"
    headers = signing.platform_headers(body, "S", 1767225606, "FEDCBA9876543210FEDCBA9876543210")
    digest = hashlib.sha256(headers["Wechatpay-Signature"].encode()).hexdigest()
    assert digest == "22b169b616e67520b2960713eb0d9a122d0994d2479ee25897d7cb3d29f1258e"


@pytest.mark.parametrize(
    "change",
    [
        {"signature": "AAAA"},
        {"serial_no": demo.WECHAT_OTHER_SERIAL},
        {"mchid": demo.WECHAT_OTHER_MCHID},
        {"timestamp": str(AT)},
        {"nonce_str": "other"},
    ],
)
@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("POST", "/v3/pay/transactions/jsapi"),
        ("GET", "/v3/pay/transactions/id/1?mchid=1900000001"),
        ("POST", "/v3/refund/domestic/refunds"),
        ("POST", "/v3/profitsharing/orders"),
        ("GET", "/v3/bill/tradebill?bill_date=2026-01-01"),
        ("GET", "/v3/certificates"),
    ],
)
def test_a_bad_signature_is_refused_everywhere(
    desk: RunningChannels, method: str, target: str, change: dict[str, str]
) -> None:
    status, body, headers = WeChatShop(desk).raw(method, target, {} if method == "POST" else None, **change)
    assert status == 401
    assert json.loads(body)["code"] == "SIGN_ERROR"
    assert wechat_signed_by_platform(headers, body)


def test_five_kinds_query_close_and_pay(desk: RunningChannels) -> None:
    shop = WeChatShop(desk)
    assert shop.order("KIND01", "jsapi", payer={"openid": "oBuyer"})["prepay_id"].startswith("wx42")
    assert "code_url" in shop.order("KIND02")
    scene = {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}}
    assert "h5_url" in shop.order("KIND03", "h5", scene_info=scene)
    assert "prepay_id" in shop.order("KIND04", "app")
    desk.control.buy("wechat", "KIND01")
    paid = shop.query("KIND01")
    assert (paid["trade_state"], paid["trade_type"], paid["payer"]) == ("SUCCESS", "JSAPI", {"openid": "oBuyer"})
    by_id = shop.call("GET", f"/v3/pay/transactions/id/{paid['transaction_id']}?mchid={demo.WECHAT_MCHID}")[1]
    assert by_id == paid
    body = {"mchid": demo.WECHAT_MCHID}
    assert shop.call("POST", "/v3/pay/transactions/out-trade-no/KIND02/close", body)[0] == 204
    assert shop.query("KIND02")["trade_state"] == "CLOSED"
    assert shop.call("POST", "/v3/pay/transactions/out-trade-no/KIND01/close", body)[0] == 400
    assert shop.call("GET", "/v3/pay/transactions/out-trade-no/NOSUCH1?mchid=1900000001")[0] == 404


def test_a_payment_is_told_and_refunds_end(desk: RunningChannels) -> None:
    with receiving() as hook:
        shop = WeChatShop(desk, hook.url)
        shop.order("TOLD01")
        desk.control.buy("wechat", "TOLD01")
        assert desk.control.wait_quiet()
        _path, headers, body = hook.seen[0]
        assert wechat_signed_by_platform(headers, body)
        assert opened(body)["amount"]["total"] == 990
        status, first = shop.refund("TOLD01", "R1", 100)
        assert (status, first["status"]) == (200, "PROCESSING")
        assert shop.refund("TOLD01", "R1", 100)[1]["refund_id"] == first["refund_id"]
        assert shop.refund("TOLD01", "R2", 100)[0] == 429
        desk.control.limits(wechat_refund_gap=0)
        assert shop.refund("TOLD01", "R3", 891)[0] == 400
        assert shop.call("GET", "/v3/refund/domestic/refunds/R1")[1]["status"] == "SUCCESS"
        desk.control.fault("refund_processing", channel="wechat", seconds=0, outcome="abnormal")
        gone = shop.refund("TOLD01", "R4", 890)[1]
        assert shop.call("GET", "/v3/refund/domestic/refunds/R4")[1]["status"] == "ABNORMAL"
        at = f"/v3/refund/domestic/refunds/{gone['refund_id']}/apply-abnormal-refund"
        assert shop.call("POST", at, {"out_refund_no": "R4", "type": "USER_BANK_CARD"})[1]["status"] == "SUCCESS"
        assert desk.control.wait_quiet()
        assert shop.query("TOLD01")["trade_state"] == "REFUND"
        events = [json.loads(body)["event_type"] for _path, _headers, body in hook.seen]
    assert events == ["TRANSACTION.SUCCESS", "REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.SUCCESS"]
    books = books_balance(desk, "wechat")
    assert books["balances"][demo.WECHAT_MCHID]["CNY"] == {"balance": 0, "fees": 0, "outside": 0}


def test_every_fault_of_a_notify(desk: RunningChannels) -> None:
    with receiving() as hook:
        shop = WeChatShop(desk, hook.url)
        for kind in ("bad_signature_notify", "signtest_notify", "wrong_amount_notify", "foreign_merchant_notify"):
            desk.control.fault(kind, channel="wechat", number="FAULT1")
        desk.control.fault("duplicate_notify", channel="wechat", number="FAULT1", count=3)
        desk.control.fault("lost_notify", channel="wechat", number="FAULT2")
        desk.control.fault("notify_before_reply", channel="wechat", number="FAULT3")
        shop.order("FAULT1")
        shop.order("FAULT2")
        desk.control.buy("wechat", "FAULT1")
        desk.control.buy("wechat", "FAULT2")
        assert desk.control.wait_quiet()
        good = [wechat_signed_by_platform(headers, body) for _path, headers, body in hook.seen]
        assert good == [False, False, True, True, True, True, True]
        told = [opened(body) for _path, _headers, body in hook.seen]
        assert [one["amount"]["total"] for one in told] == [990, 990, 1, 990, 990, 990, 990]  # type: ignore[index]
        assert told[3]["mchid"] == demo.WECHAT_OTHER_MCHID
        assert len({json.loads(body)["id"] for _path, _headers, body in hook.seen[4:]}) == 1
        shop.order("FAULT3")
        assert len(hook.seen) == 8
        desk.control.fault("out_of_order", channel="wechat", number="FAULT4")
        shop.order("FAULT4")
        desk.control.buy("wechat", "FAULT4")
        shop.refund("FAULT4", "RF4", 990)
        assert desk.control.wait_quiet()
        events = [json.loads(body)["event_type"] for _path, _headers, body in hook.seen[8:]]
        assert events == ["REFUND.SUCCESS", "TRANSACTION.SUCCESS"]


def test_every_fault_of_a_call(desk: RunningChannels) -> None:
    shop = WeChatShop(desk)
    desk.control.fault("lost_answer", channel="wechat", on="create")
    with pytest.raises((http.client.HTTPException, OSError)):
        shop.order("CALL01")
    assert shop.query("CALL01")["trade_state"] == "NOTPAY"
    for status, work in ((429, "before"), (500, "after")):
        desk.control.fault("error_burst", channel="wechat", on="query", status=status, work=work)
        assert shop.raw("GET", f"/v3/pay/transactions/out-trade-no/CALL01?mchid={demo.WECHAT_MCHID}")[0] == status
    desk.control.fault("bad_signature_reply", channel="wechat", on="query")
    _status, body, headers = shop.raw("GET", f"/v3/pay/transactions/out-trade-no/CALL01?mchid={demo.WECHAT_MCHID}")
    assert not wechat_signed_by_platform(headers, body)
    desk.control.fault("paid_after_close", channel="wechat")
    assert shop.call("POST", "/v3/pay/transactions/out-trade-no/CALL01/close", {"mchid": demo.WECHAT_MCHID})[0] == 204
    # The stand-in does it by itself, a moment after.
    until = time.monotonic() + 5
    while shop.query("CALL01")["trade_state"] != "SUCCESS" and time.monotonic() < until:
        time.sleep(0.02)
    assert shop.query("CALL01")["trade_state"] == "SUCCESS"
    desk.control.fault("refund_rejected", channel="wechat")
    assert shop.refund("CALL01", "RR1", 1)[0] == 403


def test_a_split_its_limits_the_rest_and_a_return(desk: RunningChannels) -> None:
    shop = WeChatShop(desk)
    shop.order("SPLIT1", total=10_000, settle_info={"profit_sharing": True})
    desk.control.buy("wechat", "SPLIT1")
    ref = shop.query("SPLIT1")["transaction_id"]
    person = {"type": "PERSONAL_OPENID", "account": "oAnn"}
    shop.call(
        "POST", "/v3/profitsharing/receivers/add", {**person, "appid": demo.WECHAT_APP_ID, "relation_type": "USER"}
    )

    def split(number: str, amount: int, finish: bool = False) -> tuple[int, dict[str, object]]:
        return shop.call("POST", "/v3/profitsharing/orders", {
            "appid": demo.WECHAT_APP_ID, "transaction_id": ref, "out_order_no": number, "unfreeze_unsplit": finish,
            "receivers": [{**person, "amount": amount, "description": "share"}],
        })  # fmt: skip

    assert split("S1", 1000)[0] == 400
    desk.control.limits(wechat_split_wait=0)
    assert split("S1", 3001)[0] == 403
    assert split("S1", 1000)[1]["state"] == "PROCESSING"
    assert split("S1", 1000)[1]["order_id"] == split("S1", 1000)[1]["order_id"]
    assert split("S1", 999)[0] == 400
    done = shop.call("GET", f"/v3/profitsharing/orders/S1?transaction_id={ref}")[1]
    assert (done["state"], done["receivers"][0]["result"]) == ("FINISHED", "SUCCESS")
    assert shop.call("GET", f"/v3/profitsharing/transactions/{ref}/amounts")[1]["unsplit_amount"] == 8940
    back = {"out_order_no": "S1", "out_return_no": "B1", "return_mchid": "oAnn", "amount": 400, "description": "b"}
    assert shop.call("POST", "/v3/profitsharing/return-orders", back)[1]["result"] == "SUCCESS"
    assert (
        shop.call("POST", "/v3/profitsharing/return-orders", {**back, "out_return_no": "B2", "amount": 601})[0] == 400
    )
    rest = {"transaction_id": ref, "out_order_no": "S2", "description": "rest"}
    shop.call("POST", "/v3/profitsharing/orders/unfreeze", rest)
    assert shop.call("GET", f"/v3/profitsharing/transactions/{ref}/amounts")[1]["unsplit_amount"] == 0
    sums = books_balance(desk, "wechat")["balances"][demo.WECHAT_MCHID]["CNY"]
    assert sums == {"balance": 9340, "fees": 60, "frozen": 0, "outside": -10_000, "to:oAnn": 600}


def bill(shop: WeChatShop, target: str) -> list[list[str]]:
    status, told = shop.call("GET", target)
    assert status == 200, told
    url = urlsplit(told["download_url"])
    raw = gzip.decompress(shop.raw("GET", f"{url.path.removeprefix('/wechat')}?{url.query}")[1])
    assert hashlib.sha1(raw).hexdigest() == told["hash_value"]
    return [line.split(",`") for line in raw.decode("utf-8-sig").split("\r\n") if line]


def test_bills_add_up_and_rows_go_wrong_on_demand(desk: RunningChannels) -> None:
    shop = WeChatShop(desk)
    numbers = desk.control.rows("wechat", 20, "2026-01-01", refund_every=5)
    at = "/v3/bill/tradebill?bill_date=2026-01-01&tar_type=GZIP&bill_type="
    rows = bill(shop, at + "ALL")
    assert len(rows) == 1 + 24 + 2
    assert rows[1][6] == numbers[0]
    assert {len(row) for row in rows[1:-2]} == {27}
    assert rows[-1][0] == "`24"
    paid = bill(shop, at + "SUCCESS")
    assert {len(row) for row in paid[1:-2]} == {20}
    assert len(paid) == 23
    assert len(paid[-1]) == 4
    back = bill(shop, at + "REFUND")
    assert {len(row) for row in back[1:-2]} == {29}
    assert len(back) == 7
    funds = bill(shop, "/v3/bill/fundflowbill?bill_date=2026-01-01&account_type=BASIC&tar_type=GZIP")
    balance = 0
    for row in funds[1:-2]:
        balance += round(float(row[6]) * 100) * (1 if row[5] == "收入" else -1)
        assert balance == round(float(row[7]) * 100)
    assert desk.control.ledger("wechat")["balances"][demo.WECHAT_MCHID]["CNY"]["balance"] == balance
    desk.control.fault("bill_row", number=numbers[0], change="missing")
    desk.control.fault("bill_row", number=numbers[1], change="extra")
    desk.control.fault("bill_row", number=numbers[2], change="changed")
    wrong = bill(shop, at + "SUCCESS")
    assert [row[6] for row in wrong[1:4]] == [numbers[1], numbers[1] + "-EX", numbers[2]]
    assert wrong[3][12] != paid[3][12]
    assert shop.call("GET", "/v3/bill/tradebill?bill_date=2020-01-01")[1]["code"] == "NO_STATEMENT_EXIST"
    assert shop.call("GET", "/v3/bill/tradebill?bill_date=2099-01-01")[0] == 400
