"""The stand-ins' own doors: control, books, inbox, loopback only."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from goodfor.sandbox.notify.demo import WECOM_KEY
from goodfor.sandbox.notify.server import RunningDesk, running_desk, start
from goodfor.sandbox.server import NotLoopbackHost


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningDesk]:
    with running_desk(tmp_path) as running:
        yield running


def call(running: RunningDesk, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
    parts = urlsplit(running.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def post(running: RunningDesk, text: str, key: str = WECOM_KEY) -> dict[str, Any]:
    wish = {"msgtype": "text", "text": {"content": text}}
    return dict(json.loads(call(running, "POST", f"/cgi-bin/webhook/send?key={key}", wish)[1]))


def test_control_needs_its_token(running: RunningDesk) -> None:
    token = {"Authorization": f"Bearer {running.desk.control_token}"}
    for method, path in (("GET", "/_control/letters"), ("POST", "/_control/faults"), ("POST", "/_control/push")):
        assert call(running, method, path, {})[0] == 401
        assert call(running, method, path, {}, Authorization="Bearer wrong")[0] == 401
    assert running.desk.faults.listed() == []
    assert call(running, "POST", "/_control/faults", {"kind": "delay", "service": "wecom"}, **token)[0] == 201
    assert call(running, "POST", "/_control/faults", {"kind": "nope"}, **token)[0] == 400
    assert call(running, "POST", "/_control/faults", {"kind": "delay", "ms": "1"}, **token)[0] == 400
    assert call(running, "DELETE", "/_control/faults", **token) == (200, '{"faults":[]}')
    assert "p256dh" in call(running, "POST", "/_control/push", {}, **token)[1]
    post(running, "hello")
    letters = json.loads(call(running, "GET", "/_control/letters?service=wecom", **token)[1])["letters"]
    assert [letter["content"] for letter in letters] == [{"text": "hello"}]
    calls = json.loads(call(running, "GET", "/_control/calls", **token)[1])["calls"]
    assert [(item["service"], item["verdict"]) for item in calls] == [("wecom", "0")]


def test_the_inbox_shows_texts_as_texts(running: RunningDesk) -> None:
    post(running, "<script>alert(1)</script>")
    for path in ("/", "/letters/1"):
        status, page = call(running, "GET", path)
        assert status == 200
        assert "<script>" not in page
        assert "&lt;script&gt;" in page
    assert call(running, "GET", "/letters/2")[0] == 404


def test_faults_are_counted_and_skip(running: RunningDesk) -> None:
    running.desk.faults.add({"kind": "rate_limit", "service": "wecom", "times": 2, "skip": 1})
    assert [post(running, str(n))["errcode"] for n in range(4)] == [0, 45009, 45009, 0]
    assert running.desk.faults.listed()[0]["hits"] == 2
    assert post(running, "x", key="wrong")["errcode"] == 93000


def test_books_outlive_the_process(tmp_path: Path) -> None:
    with running_desk(tmp_path) as first:
        post(first, "kept")
    with running_desk(tmp_path) as second:
        assert [letter["content"] for letter in second.desk.books.letters()] == [{"text": "kept"}]


def test_loopback_only(running: RunningDesk, tmp_path: Path) -> None:
    with pytest.raises(NotLoopbackHost):
        start(tmp_path / "x", host="0.0.0.0")
    assert call(running, "GET", "/", Host="evil.example")[0] == 421
