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
from goodfor.sandbox.notifier import call as send
from goodfor.sandbox.server import NotLoopbackHost, RunningGateway, running_gateway, start
from goodfor.sandbox.tests.helpers import Merchant
from goodfor.sandbox.tests.helpers import call as http


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
    attempt = send("http://192.0.2.1/", timeout=1.0)
    assert (attempt.status, attempt.error) == (0, "refused: not a loopback address")
    assert loopback_address("shop.localhost", 80) == "127.0.0.1"
    with pytest.raises(NotLoopback):
        loopback_address("example.test", 80)


def test_every_control_route_needs_the_token(gate: RunningGateway) -> None:
    for wrong in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": ""}):
        for method, path in (("GET", "faults"), ("DELETE", "faults"), ("POST", "pay"), ("POST", "merchants")):
            assert http(method, f"{gate.url}/_control/{path}", None, **wrong)[0] == 401


def test_bad_http_gets_a_clear_answer_and_changes_nothing(gate: RunningGateway, shop: Merchant) -> None:
    order = shop.order("P1", clientip="127.0.0.1")
    signed = {**order, "sign": "x", "sign_type": "MD5"}
    for fields in ({**signed, "name": "x" * 70_000}, {**signed, "name": "a\0b"}, {f"k{i}": "v" for i in range(99)}):
        assert http("POST", f"{gate.url}/mapi.php", fields)[0] == 400
    assert http("GET", f"{gate.url}/api.php?act=order&pid=1001&name=%ff")[0] == 400
    assert http("POST", f"{gate.url}/mapi.php", None, **{"Content-Length": "x"})[0] == 400
    assert shop.json("POST", "/mapi.php", {})["code"] == -1
    assert shop.books()["totals"]["trades"] == 0


def test_idle_connections_do_not_stop_the_gateway(gate: RunningGateway, shop: Merchant) -> None:
    parts = urlsplit(gate.url)
    idle = [socket.create_connection((parts.hostname or "", parts.port or 0), 5) for _ in range(40)]
    try:
        assert shop.v1("/mapi.php", shop.order("P1", clientip="127.0.0.1"))["code"] == 1
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
