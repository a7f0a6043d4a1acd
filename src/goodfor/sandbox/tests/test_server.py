"""Loopback only, a token for control, deadlines, bad HTTP, and a clean end."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from goodfor.sandbox.__main__ import main
from goodfor.sandbox.client import ControlClient
from goodfor.sandbox.loopback import NotLoopback, is_loopback_url, loopback_address
from goodfor.sandbox.notifier import call
from goodfor.sandbox.server import NotLoopbackHost, RunningGateway, running_gateway, start
from goodfor.sandbox.tests.support import KEY, MerchantSide, http_call


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.test", ""])
def test_listens_on_loopback_only(tmp_path: Path, host: str) -> None:
    with pytest.raises(NotLoopbackHost):
        start(tmp_path, host=host)
    assert main(["--host", host or "x", "--data", str(tmp_path)]) == 2


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("http://127.0.0.1:8000/n", True),
        ("http://localhost/n", True),
        ("http://shop.localhost:1/n", True),
        ("http://[::1]:80/", True),
        ("http://127.9.9.9/", True),
        ("http://10.0.0.1/", False),
        ("http://169.254.169.254/", False),
        ("http://2130706433/", False),
        ("http://localhost.example.test/", False),
        ("http://user@127.0.0.1/", False),
        ("http://127.0.0.1:99999/", False),
        ("ftp://127.0.0.1/", False),
        ("//127.0.0.1/", False),
        ("", False),
    ],
)
def test_loopback_urls(url: str, fine: bool) -> None:
    assert is_loopback_url(url) is fine


def test_the_sender_itself_refuses_other_addresses() -> None:
    attempt = call("http://192.0.2.1/", timeout=1.0)
    assert (attempt.status, attempt.error) == (0, "refused: not a loopback address")
    assert loopback_address("shop.localhost", 80) == "127.0.0.1"
    with pytest.raises(NotLoopback):
        loopback_address("example.test", 80)


def test_control_needs_its_token(gateway: RunningGateway) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": ""}):
        for method, target in (("GET", "/_control/faults"), ("POST", "/_control/pay"), ("DELETE", "/_control/faults")):
            assert http_call(gateway.url, method, target, None, headers).status == 401
    assert gateway.token not in repr(gateway)


def test_a_foreign_host_header_is_refused(gateway: RunningGateway) -> None:
    assert http_call(gateway.url, "GET", "/books", None, {"Host": "rebound.example.test"}).status == 421
    assert http_call(gateway.url, "GET", "/cashier/1", None, {"Host": "localhost"}).status == 200


def test_bad_http_gets_a_clear_answer(gateway: RunningGateway, merchant: MerchantSide) -> None:
    form = merchant.v1(merchant.order("P1"))
    assert http_call(gateway.url, "GET", "/nowhere").status == 404
    assert http_call(gateway.url, "GET", "/mapi.php").status == 405
    assert merchant.post("/mapi.php", {**form, "name": "x" * 70_000}).status == 400
    assert merchant.post("/mapi.php", {**form, "name": "a\0b"}).status == 400
    assert merchant.post("/mapi.php?a=1&a=2", form).status == 400
    assert http_call(gateway.url, "POST", "/mapi.php", None, {"Content-Length": "x"}).status == 400
    assert http_call(gateway.url, "GET", "/api.php?act=order&pid=1001&name=%ff").status == 400
    assert merchant.post("/mapi.php", {f"k{i}": "v" for i in range(100)}).status == 400
    assert merchant.post("/mapi.php", {}).json()["code"] == -1
    assert gateway.control.books("1001", KEY)["totals"]["trades"] == 0


def test_idle_connections_do_not_stop_the_gateway(gateway: RunningGateway, merchant: MerchantSide) -> None:
    parts = urlsplit(gateway.url)
    idle = [socket.create_connection((parts.hostname or "", parts.port or 0), 5) for _ in range(40)]
    try:
        assert merchant.mapi("P1")["code"] == 1
    finally:
        for connection in idle:
            connection.close()


def test_no_thread_outlives_the_gateway(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with running_gateway(tmp_path) as running:
        running.control.status()
    left = [thread.name for thread in set(threading.enumerate()) - before if thread.name.startswith("sandbox")]
    assert left == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_as_a_process(tmp_path: Path, number: signal.Signals) -> None:
    source = str(Path(__file__).parents[3])
    process = subprocess.Popen(
        [sys.executable, "-m", "goodfor.sandbox", "--port", "0", "--data", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": source},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = line.split()[-1]
        token_file = tmp_path / "control.token"
        assert token_file.stat().st_mode & 0o077 == 0
        assert ControlClient(url, token_file.read_text().strip()).status()["ok"]
        process.send_signal(number)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
