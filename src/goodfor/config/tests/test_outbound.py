"""Addresses that an operator gives, as a way into our own network: refused, and nobody there hears of it."""

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpcore
import pytest
import requests
from django.test import override_settings

from goodfor.identity.providers import outside
from goodfor.kernel.addresses import all_public, is_public
from goodfor.kernel.outbound import deadline, http
from goodfor.notify.providers.http import is_allowed as may_notify
from goodfor.notify.providers.smtp import client as smtp

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
OURS = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.5", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200",
    "192.0.0.192", "198.18.0.1", "224.0.1.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0",
    "fd00:ec2::254", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:100.100.100.200",
    "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::",
    "2002:a9fe:a9fe::1", "2001:db8::1", "localhost", "", "x", "2130706433", "0x7f.1",
]  # fmt: skip
#: As an operator would write them into a form.
HOSTILE = [
    "http://127.0.0.1:5432/", "https://127.0.0.1/", "https://localhost/", "https://localhost./", "https://[::1]/",
    "https://169.254.169.254/latest/meta-data/", "http://169.254.169.254/", "https://100.100.100.200/",
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:169.254.169.254]/", "https://10.0.0.1/", "https://192.168.0.1/",
    "https://[fd00:ec2::254]/", "https://0.0.0.0/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "ftp://a.example/",
    "http://gateway.example/", "https://user:pass@gateway.example/", "https://:80/", "https://gateway.example:0/",
    "https://gateway.example:99999/", "https://[::1", "//gateway.example/", "javascript:x", "",
]  # fmt: skip
#: What only the resolver can tell.
NAMES = ["https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://017700000001/"]

Answer = Callable[..., list[Any]]


def answers(*addresses: str) -> Answer:
    """A resolver that says so, one address after the other for each question."""
    asked = iter([*addresses, *[addresses[-1]] * 20])

    def look_up(_host: str, port: int, *_more: Any, **_named: Any) -> list[Any]:
        address = next(asked)
        return [(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    return look_up


@pytest.fixture
def closed() -> Iterator[None]:
    """An installation without stand-ins, as everybody's is."""
    with override_settings(GOODFOR_LOOPBACK_CHANNELS=False, GOODFOR_OUTBOUND_HOSTS=frozenset()):
        yield


class Listener:
    """A service of this machine that nobody may be led to."""

    def __init__(self, reply: bytes = b"", repeat: int = 0) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.heard: list[bytes] = []
        self._reply, self._repeat = reply, repeat
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            with peer:
                self.heard.append(b"")
                try:
                    peer.settimeout(5)
                    if not self._reply.startswith(b"220"):
                        self.heard[-1] = peer.recv(65536)
                    for _ in range(self._repeat + 1):
                        peer.sendall(self._reply)
                except OSError:
                    continue


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    yield made
    made.socket.close()


@pytest.mark.parametrize("address", PUBLIC)
def test_out_in_the_world(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", OURS)
def test_ours_however_it_is_written(address: str) -> None:
    assert not is_public(address)
    assert not all_public([*PUBLIC, address])
    assert not all_public([])


@pytest.mark.parametrize("url", HOSTILE)
def test_no_form_takes_such_an_address(closed: None, url: str) -> None:
    assert not http.is_safe_url(url)
    assert not outside.is_allowed(url)
    assert not may_notify(url, ("gateway.example",))


@pytest.mark.parametrize("url", [*HOSTILE, *NAMES])
def test_no_call_goes_there(closed: None, url: str) -> None:
    """Also what was saved before, or by another way than the form."""
    with pytest.raises((http.NotSent, ValueError, httpcore.UnsupportedProtocol, Exception)) as refused:
        http.get(url, {})
    assert not isinstance(refused.value, http.NoAnswer)
    with pytest.raises((requests.RequestException, ValueError)):
        outside.session().get(url)


def test_a_name_that_leads_to_us(closed: None, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"https://gateway.example:{listener.port}/"
    for inner in ("127.0.0.1", "::ffff:127.0.0.1", "169.254.169.254"):
        monkeypatch.setattr(socket, "getaddrinfo", answers(inner))
        with pytest.raises(http.NotSent):
            http.post_form(url, {"a": "b"})
        with pytest.raises(requests.ConnectionError):
            outside.session().get(url)
        with pytest.raises(smtp.NotAllowed):
            smtp.public_address("mail.example", 587)
    assert listener.heard == []


def test_a_name_that_changes_its_mind(closed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: what was looked at is what is connected to; the second answer is never asked for."""
    went: list[str] = []

    def connect(_self: Any, host: str, *_more: Any, **_named: Any) -> Any:
        went.append(host)
        raise httpcore.ConnectError("gone")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    monkeypatch.setattr(deadline.socket, "getaddrinfo", answers("8.8.8.8", "127.0.0.1"))
    with pytest.raises(http.NotSent):
        http.post_form("https://gateway.example/", {})
    assert went == ["8.8.8.8"]

    def create(address: tuple[str, int], *_more: Any, **_named: Any) -> Any:
        went.append(address[0])
        raise OSError("gone")

    monkeypatch.setattr("urllib3.util.connection.create_connection", create)
    monkeypatch.setattr(socket, "getaddrinfo", answers("1.1.1.1", "127.0.0.1"))
    with pytest.raises(requests.ConnectionError):
        outside.session().get("https://id.example/")
    monkeypatch.setattr(socket, "create_connection", create)
    monkeypatch.setattr(socket, "getaddrinfo", answers("9.9.9.9", "127.0.0.1"))
    with pytest.raises(OSError, match="gone"):
        smtp.Backend(host="mail.example", port=587, timeout=1).open()
    assert went == ["8.8.8.8", "1.1.1.1", "9.9.9.9"]


def test_an_operator_may_name_hosts_of_his_own(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers("10.0.0.7"))
    went: list[str] = []

    def connect(_self: Any, host: str, *_more: Any, **_named: Any) -> Any:
        went.append(host)
        raise httpcore.ConnectError("gone")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    with override_settings(GOODFOR_LOOPBACK_CHANNELS=False, GOODFOR_OUTBOUND_HOSTS=frozenset({"pay.corp.example"})):
        assert http.is_safe_url("https://pay.corp.example/")
        assert not http.is_safe_url("http://pay.corp.example/")
        with pytest.raises(http.NotSent):
            http.get("https://pay.corp.example/", {})
        with pytest.raises(http.NotSent):
            http.get("https://other.corp.example/", {})
    assert went == ["10.0.0.7"]


def test_stand_ins_where_they_are_allowed(listener: Listener) -> None:
    url = f"http://127.0.0.1:{listener.port}/x"
    assert http.get(url, {}).status == 200
    assert outside.session().get(url).json() == {}
    assert len(listener.heard) == 2


def test_a_redirect_is_an_answer_and_no_way(listener: Listener) -> None:
    moved = Listener(
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n" % listener.port
    )
    url = f"http://127.0.0.1:{moved.port}/"
    assert http.get(url, {}).status == 302
    assert outside.session().get(url, allow_redirects=True).status_code == 302
    assert listener.heard == []
    moved.socket.close()


def test_a_reply_has_an_end() -> None:
    endless = Listener(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"a" * 65536, repeat=100)
    url = f"http://127.0.0.1:{endless.port}/"
    with pytest.raises(http.NoAnswer, match="reply_too_large"):
        http.get(url, {})
    with pytest.raises(http.NoAnswer, match="connection_lost"):
        # A larger one is read on, here until the other side goes away.
        http.send("GET", url, most=16 * 1024 * 1024)
    with pytest.raises(requests.ConnectionError, match="too large"):
        outside.session().get(url)
    endless.socket.close()
    talker = Listener(b"220-" + b"a" * 500 + b"\r\n", repeat=1000)
    with pytest.raises((smtplib.SMTPException, OSError)):
        smtp.Backend(host="127.0.0.1", port=talker.port, timeout=3).open()
    talker.socket.close()


def test_a_reply_that_drips_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "TOTAL_SECONDS", 0.0)
    slow = Listener(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\na")
    with pytest.raises(requests.RequestException):
        outside.session().get(f"http://127.0.0.1:{slow.port}/")
    slow.socket.close()
