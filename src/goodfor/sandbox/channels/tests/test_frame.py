"""What all four channels share: control, loopback only, faults of calls, retries, a restart."""

import http.client
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.server import RunningChannels, running_channels, start
from goodfor.sandbox.channels.tests.conftest import QUICK
from goodfor.sandbox.channels.tests.helpers import WeChatShop, receiving, send
from goodfor.sandbox.client import ControlRefused
from goodfor.sandbox.server import NotLoopbackHost

#: A call of each channel that needs no signature to reach the faults.
CALLS = {
    "wechat": ("GET", "/v3/certificates"),
    "alipay": ("GET", "/gateway.do?method=alipay.trade.query"),
    "stripe": ("GET", "/v1/refunds"),
    "paypal": ("GET", "/v2/checkout/orders/X"),
}


def test_control_needs_the_token_and_names_what_is_wrong(desk: RunningChannels) -> None:
    for path in ("/_control/status", "/_control/books/wechat", "/_control/faults"):
        assert send("GET", desk.url + path)[0] == 401
        assert send("GET", desk.url + path, b"", {"Authorization": "Bearer wrong"})[0] == 401
    assert send("GET", desk.url + "/wechat/v3/certificates", b"", {"Host": "evil.example"})[0] == 421
    for wish in ({"kind": "nothing"}, {"kind": "delay", "channel": "other"}, {"kind": "delay", "ms": -1}):
        with pytest.raises(ControlRefused):
            desk.control.fault(wish.pop("kind"), **wish)  # type: ignore[arg-type]
    with pytest.raises(NotLoopbackHost):
        start("unused", host="0.0.0.0")


@pytest.mark.parametrize("channel", list(CALLS))
def test_faults_of_calls_at_every_channel(desk: RunningChannels, channel: str) -> None:
    method, path = CALLS[channel]
    url = f"{desk.url}/{channel}{path}"
    usual = send(method, url)[0]
    for work in ("before", "after"):
        for status in (429, 500):
            desk.control.fault("error_burst", channel=channel, status=status, work=work)
            assert send(method, url)[0] == status
    desk.control.fault("lost_answer", channel=channel)
    with pytest.raises((http.client.HTTPException, OSError)):
        send(method, url)
    desk.control.fault("delay", channel=channel, ms=60)
    began = time.monotonic()
    assert send(method, url)[0] == usual
    assert time.monotonic() - began >= 0.06
    assert desk.control.hits("error_burst") == 4
    assert len(desk.control.reset_faults()) == 6
    assert desk.control.faults() == []


def test_a_notify_goes_to_loopback_only_and_is_tried_again(desk: RunningChannels) -> None:
    WeChatShop(desk, "https://pay.example.test/hook").order("FAR001")
    desk.control.buy("wechat", "FAR001")
    assert desk.control.wait_quiet()
    told = desk.control.ledger("wechat", "FAR001")["notifies"]
    assert [row["error"] for row in told] == ["refused: not a loopback address"] * len(QUICK)
    with receiving(status=500) as hook:
        WeChatShop(desk, hook.url).order("SAD001")
        desk.control.buy("wechat", "SAD001")
        assert desk.control.wait_quiet()
        assert len({json.loads(body)["id"] for _path, _headers, body in hook.seen}) == 1
        assert len({headers["Wechatpay-Nonce"] for _path, headers, _body in hook.seen}) == len(QUICK)


@pytest.mark.parametrize(("kind", "count"), [("lost_notify", 0), ("concurrent_notify", 5), ("delay_notify", 1)])
def test_faults_of_a_notify(desk: RunningChannels, kind: str, count: int) -> None:
    settings = {"concurrent_notify": {"count": 5}, "delay_notify": {"ms": 50}}.get(kind, {})
    with receiving() as hook:
        desk.control.fault(kind, channel="wechat", number="NOTE01", **settings)
        WeChatShop(desk, hook.url).order("NOTE01")
        desk.control.buy("wechat", "NOTE01")
        assert desk.control.wait_quiet()
        assert len(hook.seen) == count


def test_books_outlive_the_process(tmp_path: Path) -> None:
    with running_channels(tmp_path) as first:
        WeChatShop(first).order("LAST01")
        first.control.buy("wechat", "LAST01")
    with running_channels(tmp_path) as second:
        assert WeChatShop(second).query("LAST01")["trade_state"] == "SUCCESS"
        assert second.control.ledger("wechat")["balances"][demo.WECHAT_MCHID]["CNY"]["balance"] == 984
        assert second.control.buy("wechat", "LAST01")["paid_now"] is False


def test_it_starts_as_a_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "goodfor.sandbox.channels", "--data", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("channel stand-ins listening on http://127.0.0.1:")
        assert send("GET", line.split()[-1] + "/_control/status")[0] == 401
        assert (tmp_path / "control.token").stat().st_mode & 0o077 == 0
    finally:
        process.terminate()
        assert process.wait(10) == 0
        process.stdout.close()
