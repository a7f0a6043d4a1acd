"""Keys, guests and tokens: no database."""

import hashlib
from uuid import uuid4

import pytest

from goodfor.identity import guest
from goodfor.identity.keys import compose, hash_secret, matches, new_key_id, new_secret, parse_authorization
from goodfor.identity.signin import compose_token, parse_token
from goodfor.identity.types import ApiCaller, NewApiKey, NewSigningSecret, NewSigninLink

KEY = b"k" * 32


def test_key_round_trip() -> None:
    for _ in range(200):
        key_id, secret = new_key_id(), new_secret()
        parsed = parse_authorization("Bearer " + compose(key_id, secret))
        assert parsed == (key_id, hash_secret(secret))
        assert len(secret) == 43


@pytest.mark.parametrize(
    "header",
    [
        "", "Bearer", "Bearer ", "Bearer gf", "Bearer gf_", "Bearer gf_abc", "Bearer gf_abc_", "Bearer gf__x",
        "Basic gf_abcdefgh_x", "Bearer xx_abcdefgh_x", "Bearer gf_ab-c_x", "Bearer gf_abc_é", "Bearer gf_a\x00c_x",
        "Bearer gf_abc_" + "x" * 300, "gf_abcdefgh_x",
    ],
)  # fmt: skip
def test_malformed_keys(header: str) -> None:
    assert parse_authorization(header) is None


def test_matches() -> None:
    one, two = hash_secret("one"), hash_secret("two")
    assert matches(one, one, None)
    assert matches(one, two, one)
    assert not matches(one, two, None)
    assert not matches(bytes(32), two, None)


def test_secrets_are_not_in_reprs() -> None:
    for cls in (NewApiKey, NewSigninLink, NewSigningSecret):
        assert "hunter2" not in repr(cls(*(["x"] * (len(cls.__slots__) - 1)), "hunter2"))
    caller = ApiCaller(uuid4(), uuid4(), "k", frozenset(), 1, "w", "CNY", "en", True, "", b"hunter2", (1, b"hunter2"))
    assert "hunter2" not in repr(caller)


def test_order_ownership() -> None:
    stored = hashlib.sha256(b"s3cret").digest()
    assert guest.owns_order("s3cret", stored)
    for wrong in ("", "S3cret", "s3cret ", "\ud800", "x" * 1000):
        assert not guest.owns_order(wrong, stored)
    assert not guest.owns_order("s3cret", stored[:31])


@pytest.mark.parametrize(
    ("number", "ok"), [("G2601010123456789", True), ("", False), ("g1", False), ("G\x00" * 8, False)]
)
def test_order_numbers(number: str, ok: bool) -> None:
    assert guest.looks_like_order_number(number) is ok


def test_buyer_cookie() -> None:
    ref = "abcdefghijklmnop_-12"
    cookie = guest.buyer_cookie(ref, KEY)
    assert guest.buyer_ref(cookie, KEY) == ref
    assert guest.buyer_ref(cookie, b"j" * 32) is None
    for broken in (
        "",
        ref,
        ref + ".",
        cookie[:-1],
        "b" + cookie[1:],
        cookie + "0",
        cookie + "é",
        "." + cookie,
    ):
        assert guest.buyer_ref(broken, KEY) is None
    with pytest.raises(ValueError):
        guest.buyer_cookie("short", KEY)


def test_signin_tokens() -> None:
    shop = uuid4()
    assert parse_token(compose_token(shop, "abc")) == (shop, "abc")
    for broken in ("", ".", "abc", f"{shop}.x", "z" * 32 + ".x", shop.hex + ".", shop.hex + "." + "x" * 300):
        assert parse_token(broken) is None
