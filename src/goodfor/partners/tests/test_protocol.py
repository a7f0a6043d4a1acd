"""The protocol: signatures by hand, reading and answering, and what is no call."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodfor.partners import protocol, states
from goodfor.partners.protocol import Malformed, NoticeCall, PointsAnswer
from goodfor.sandbox.partners import signing as theirs

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CALL = {"uid": "u1", "credits": "100", "appKey": "key", "timestamp": "1418625055000", "orderNum": "A1"}


def test_vectors_by_hand() -> None:
    """No published vector could be had: these were made with md5sum and openssl from the formulas as they are told.

    MD5: printf 'keysecret100A11418625055000u1' | md5sum, the values by the names appKey, appSecret, credits, orderNum,
    timestamp, uid.
    """
    assert protocol.md5_signature(CALL, "secret") == "daad5423a7c9dadb0568948242f1fd89"
    assert protocol.md5_signature({**CALL, "sign": "x"}, "secret") == "daad5423a7c9dadb0568948242f1fd89"
    assert protocol.md5_signature({"aa": "积分"}, "secret") == "61ec947915cb2fa73cd6e728f40eb62e"
    text = "appKey=key&credits=100&nonce=abcdefgh&orderNum=A1&timestamp=1418625055000&uid=u%261"
    named = {**CALL, "nonce": "abcdefgh", "uid": "u&1"}
    assert (
        protocol.hmac_signature(named, "secret") == "2bcea7a521612b3fdd3b93882225a1cea8f22ca9be8a7c13fb12032b76d58c42"
    ), text


def test_a_value_that_moves_into_its_neighbour_is_what_md5_cannot_see() -> None:
    """Why the other way of signing is offered."""
    moved = {**CALL, "credits": "1", "orderNum": "00A1"}
    assert protocol.md5_signature(moved, "secret") == protocol.md5_signature(CALL, "secret")
    assert protocol.hmac_signature(moved, "secret") != protocol.hmac_signature(CALL, "secret")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.text("abcXYZ", min_size=1, max_size=6), st.text(max_size=8), max_size=8), st.text(max_size=8))
def test_both_sides_sign_alike(params: dict[str, str], secret: str) -> None:
    params.pop("sign", None)
    params.pop("appSecret", None)
    for way, other in ((states.MD5, theirs.md5_sign), (states.HMAC, theirs.hmac_sign)):
        mark = other(params, secret)
        assert protocol.is_signed(way, {**params, "sign": mark}, secret)
        assert protocol.is_signed(way, {**params, "sign": mark.upper()}, secret)
        assert not protocol.is_signed(way, {**params, "sign": mark[:-1]}, secret)
        assert not protocol.is_signed(way, params, secret)
        assert not protocol.is_signed(way, {**params, "sign": mark}, secret + "x")
        assert not protocol.is_signed(way, {**params, "zz": "1", "sign": mark}, secret)


def test_a_secret_is_never_among_what_is_sent() -> None:
    for way in states.SIGNINGS:
        sent = protocol.signed(way, CALL, "the-secret", now=NOW, nonce="abcdefgh")
        assert "the-secret" not in protocol.link("https://mall.example/in", sent)
        assert protocol.is_signed(way, sent, "the-secret")
        assert ("nonce" in sent) == (way == states.HMAC)


@pytest.mark.parametrize(
    ("query", "body"),
    [(b"a=1&a=2", b""), (b"a=1", b"a=1"), (b"a=%00", b""), (b"a=%ff", b""), (b"\xff=1", b""),
     ("&".join(f"a{n}=1" for n in range(61)).encode(), b"")],
)  # fmt: skip
def test_what_can_be_read_twice_is_no_call(query: bytes, body: bytes) -> None:
    with pytest.raises(Malformed):
        protocol.read_params(query, body)


def test_query_and_form_are_one_call() -> None:
    assert protocol.read_params(b"a=1+2&b=", b"c=%E7%A7%AF") == {"a": "1 2", "b": "", "c": "积"}


@pytest.mark.parametrize(
    "more",
    [{"credits": "0"}, {"credits": "-1"}, {"credits": "1.5"}, {"credits": ""}, {"credits": "٣"}, {"credits": "1" * 12},
     {"orderNum": ""}, {"orderNum": "x" * 65}, {"orderNum": "a b"}, {"uid": ""}, {"actualPrice": "-1"},
     {"actualPrice": "1e3"}],
)  # fmt: skip
def test_what_is_no_deduction(more: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        protocol.read_points({**CALL, **more})


@pytest.mark.parametrize("word", ["", "1", "True", "ok", "process"])
def test_only_two_words_are_results(word: str) -> None:
    assert protocol.read_notice({"orderNum": "A1", "success": "true"}) == NoticeCall("A1", True)
    with pytest.raises(Malformed):
        protocol.read_notice({"orderNum": "A1", "success": word})


def test_times() -> None:
    for minutes, good in ((0, True), (5, True), (-5, True), (6, False), (-6, False)):
        at = str(protocol.millis(NOW + timedelta(minutes=minutes)))
        assert protocol.is_timely({"timestamp": at}, NOW) is good
    for bad in ("", "x", "9" * 15, "-1"):
        assert not protocol.is_timely({"timestamp": bad}, NOW)


@pytest.mark.parametrize(
    ("body", "known"),
    [('{"status":"ok","bizId":"b1","credits":"7","errorMessage":""}', PointsAnswer(True, "b1", 7)),
     ('{"status":"ok","bizId":"b1","credits":7}', PointsAnswer(True, "b1", 7)),
     ('{"status":"fail","errorMessage":"积分不足","credits":"x"}', PointsAnswer(False, message="积分不足")),
     ('{"status":"ok"}', None), ('{"status":"ok","bizId":"a b"}', None), ('{"status":"process","bizId":"b1"}', None),
     ('{"status":"OK","bizId":"b1"}', None), ('{"status":true}', None), ("[]", None), ("ok", None), ("", None),
     ("[" * 100_000, None)],
)  # fmt: skip
def test_answers(body: str, known: PointsAnswer | None) -> None:
    """`process` is no success, nor is anything that is not the word."""
    assert protocol.read_answer(body.encode()) == known


def test_what_is_written_can_be_read() -> None:
    for answer in (PointsAnswer(True, "b1", 5), PointsAnswer(False, credits=0, message="积分不足")):
        assert protocol.read_answer(protocol.write_points(answer)) == answer


@pytest.mark.parametrize(
    ("word", "known"), [("success", True), ("fail", False), ("process", None), ("", None), ("ok", None)]
)
def test_states_of_orders(word: str, known: Any) -> None:
    assert protocol.read_state(protocol.write_state(word)) is known


def test_md5_is_what_everybody_means_by_it() -> None:
    assert protocol.md5_signature({}, "s") == hashlib.md5(b"s", usedforsecurity=False).hexdigest()
