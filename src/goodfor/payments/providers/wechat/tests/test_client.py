"""Calls over a loopback server: good replies, lost ones, forged ones, refusals signed and not, the second address."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from goodfor.kernel.outbound import http
from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded, Unknown
from goodfor.payments.providers.wechat import client
from goodfor.payments.providers.wechat.client import Caller
from goodfor.payments.providers.wechat.shapes import BadReply
from goodfor.payments.providers.wechat.tests.kit import (
    KEY_ID,
    LOST,
    MERCHANT,
    NOW,
    OTHER,
    Answer,
    Mch,
    no,
    ok,
    running,
    settings,
)


@pytest.fixture
def mch() -> Iterator[Mch]:
    with running() as server:
        yield server


def closed_address() -> str:
    """Where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}"


def outcome(mch: Mch, answer: Answer, method: str = "GET") -> Outcome:
    mch.answers[f"{method} /v3/x"] = answer
    caller = Caller(settings(mch.url), NOW)

    def ask() -> Outcome:
        reply = caller.get("/v3/x?y=%2F") if method == "GET" else caller.post("/v3/x", {"n": "卡"})
        return Succeeded(data=reply)

    return client.guarded(ask)


def test_good_replies(mch: Mch) -> None:
    assert outcome(mch, ok(a=1)) == Succeeded(data={"a": 1})
    assert mch.calls[0].target == "/v3/x?y=%2F"
    assert mch.calls[0].headers["wechatpay-serial"] == KEY_ID
    assert mch.calls[0].headers["accept"] == "application/json"
    assert mch.calls[0].headers["user-agent"]
    assert outcome(mch, ok(a=1), "POST") == Succeeded(data={"a": 1})
    assert mch.calls[1].body == '{"n":"卡"}'.encode()
    assert mch.calls[1].headers["content-type"] == "application/json"
    assert outcome(mch, Answer(204), "POST") == Succeeded()
    Caller(settings(mch.url), NOW).post("/v3/x", {}, serial="ABCD")
    assert mch.calls[-1].headers["wechatpay-serial"] == "ABCD"


LATE = NOW - timedelta(seconds=300)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (LOST, "connection_lost"), (no(500, "SYSTEM_ERROR"), "http_500"),
        (no(503, "SYSTEM_ERROR", unsigned=True), "http_503"), (Answer(302, {}), "http_302"),
        (no(429, "FREQUENCY_LIMITED"), "rate_limited"), (no(400, "RATELIMIT_EXCEED"), "rate_limited"),
        (Answer(429, b"<html>", unsigned=True), "rate_limited"), (Answer(said={"a": 1}, key=OTHER), "bad_signature"),
        (Answer(said={"a": 1}, unsigned=True), "unsigned"), (Answer(204, unsigned=True), "unsigned"),
        (Answer(said={"a": 1}, at=LATE), "stale"), (Answer(said={"a": 1}, serial="PUB_KEY_ID_1"), "unknown_serial"),
        (Answer(said={"a": 1}, changes={"wechatpay-nonce": "x"}), "bad_signature"),
        (Answer(said={"a": 1}, changes={"wechatpay-signature": "WECHATPAY/SIGNTEST/x"}), "signtest"),
        (Answer(said=b"[1]"), "not_json"), (Answer(said=b'{"a":1,"a":2}'), "not_json"),
        (Answer(said=b"\xff"), "not_json"),
        (Answer(said=b"[" * 100_000), "not_json"), (Answer(said=b'{"a":NaN}'), "not_json"),
        (Answer(said=b"x" * 300_000), "reply_too_large"),
        (no(404, "ORDER_NOT_EXIST", unsigned=True), "order_not_exist"),
        (no(401, "SIGN_ERROR", unsigned=True), "sign_error"),
        (no(404, "ORDER_NOT_EXIST", key=OTHER), "bad_signature"), (no(404, "ORDER_NOT_EXIST", at=LATE), "stale"),
        (no(400, "PARAM_ERROR"), "param_error"), (Answer(403, b"<html>", unsigned=True), "http_403"),
        (Answer(400, {"code": "../../x\n" * 30}), "xxxxxx"),
    ],
)  # fmt: skip
def test_replies_that_are_no_answer(mch: Mch, answer: Answer, reason: str, method: str) -> None:
    found = outcome(mch, answer, method)
    assert found == Unknown(reason)


def test_a_number_that_is_not_known_for_certain(mch: Mch) -> None:
    for code in ("ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS"):
        assert outcome(mch, no(404, code)) == Rejected("not_found", "no")


def test_what_a_refusal_carries(mch: Mch) -> None:
    mch.answers["POST /v3/x"] = no(403, "NOT_ENOUGH")
    with pytest.raises(client.Refused) as caught:
        Caller(settings(mch.url), NOW).post("/v3/x", {})
    refusal = caught.value
    assert (refusal.status, refusal.code, refusal.text, refusal.proven) == (403, "NOT_ENOUGH", "no", True)
    mch.answers["POST /v3/x"] = no(403, "NOT_ENOUGH", unsigned=True)
    with pytest.raises(client.Refused) as caught:
        Caller(settings(mch.url), NOW).post("/v3/x", {})
    assert not caught.value.proven


def test_the_second_address_is_for_questions_only(mch: Mch) -> None:
    both = settings(closed_address(), backup_url=mch.url)
    mch.answers = {"GET /v3/x": ok(a=1), "POST /v3/x": ok(a=1)}
    assert Caller(both, NOW).get("/v3/x") == {"a": 1}
    assert len(mch.calls) == 1
    with pytest.raises(http.NotSent):
        Caller(both, NOW).post("/v3/x", {})
    assert len(mch.calls) == 1
    # A question that got out is not put a second time.
    mch.answers["GET /v3/x"] = LOST
    with pytest.raises(http.NoAnswer):
        Caller(settings(mch.url, backup_url=mch.url), NOW).get("/v3/x")
    assert len(mch.calls) == 2
    with pytest.raises(http.NotSent):
        Caller(settings(closed_address()), NOW).get("/v3/x")


def test_what_never_left(mch: Mch) -> None:
    caller = Caller(settings(closed_address()), NOW)
    assert client.guarded(lambda: Succeeded(data=caller.post("/v3/x", {}))) == Unknown("not_sent")
    broken = Caller(settings(mch.url, secrets={"private_key": "x"}), NOW)
    assert client.guarded(lambda: Succeeded(data=broken.get("/v3/x"))) == Unknown("bad_key_or_link")
    assert mch.calls == []


def test_files(mch: Mch, tmp_path: Path) -> None:
    target = tmp_path / "file"
    mch.answers["GET /file"] = Answer(said=b"abc", unsigned=True)
    client.download(settings(mch.url), f"{mch.url}/file?token=a%20b", target, NOW)
    assert target.read_bytes() == b"abc"
    assert mch.calls[0].target == "/file?token=a%20b"
    mch.answers["GET /file"] = Answer(404, unsigned=True)
    with pytest.raises(BadReply, match="http_404"):
        client.download(settings(mch.url), f"{mch.url}/file", target, NOW)
    for url in ("http://192.168.0.1/x", "ftp://example.test/", "", "https://u:p@example.test/", "https://10.0.0.1/"):
        with pytest.raises(BadReply, match="unsafe_link"):
            client.download(settings(mch.url), url, target, NOW)


def test_a_path_in_front_is_not_signed(mch: Mch, tmp_path: Path) -> None:
    mch.front = "/wechat"
    mch.answers = {"GET /v3/x": ok(a=1), "GET /file": Answer(said=b"abc", unsigned=True)}
    owner = settings(f"{mch.url}/wechat/")
    assert Caller(owner, NOW).get("/v3/x?y=1") == {"a": 1}
    client.download(owner, f"{mch.url}/wechat/file", tmp_path / "file", NOW)
    assert [call.target for call in mch.calls] == ["/v3/x?y=1", "/file"]


def test_nothing_secret_is_shown() -> None:
    shown = repr(Caller(settings(), NOW))
    assert MERCHANT not in shown
    assert "private_key" not in shown
    assert "0123456789abcdef" not in shown
