"""RFC 9421 signatures: good, tampered, too little covered, too old; no database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from goodfor.identity.errors import InvalidSignature, SignatureExpired
from goodfor.identity.signing import Verified, verify
from goodfor.identity.tests.factories import Message, sign
from goodfor.identity.types import SignedRequest

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
SECRET = b"s" * 32
URL = "https://shop.example/api/v1/orders?x=1"


def _message() -> Message:
    headers = {"Host": "shop.example", "Idempotency-Key": "k-1", "Content-Type": "application/json"}
    return Message("POST", URL, headers, b'{"a": 1}')


def _check(message: Message, now: datetime = NOW, **over: Any) -> Verified:
    request = SignedRequest(message.method, message.url, message.headers, message.body)
    return verify(request, **{"algorithm": "hmac-sha256", "key": SECRET, "key_id": "me", "now": now, **over})


def _signed(message: Message | None = None, **over: Any) -> Message:
    return sign(message or _message(), **{"key": SECRET, "key_id": "me", "created": NOW, **over})


def test_good_hmac() -> None:
    good = _check(_signed())
    assert good.nonce == "nonce-0001"
    assert good.remember_until == NOW + timedelta(seconds=330)


def test_good_ed25519() -> None:
    private = Ed25519PrivateKey.generate()
    message = _signed(key=private, algorithm="ed25519")
    public = private.public_key().public_bytes_raw()
    assert _check(message, algorithm="ed25519", key=public).nonce == "nonce-0001"
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(InvalidSignature):
        _check(message, algorithm="ed25519", key=other)


def test_path_and_query_instead_of_target() -> None:
    message = _signed(cover=("@method", "@path", "@query", "content-digest", "idempotency-key"))
    message.url = message.url.replace("https://shop.example", "http://10.0.0.1:8000")
    assert _check(message)


def test_get_without_body() -> None:
    message = Message("GET", "https://shop.example/api/v1/products", {"Host": "shop.example"})
    assert _check(_signed(message, cover=("@method", "@target-uri")))


def _header(name: str, value: str) -> Callable[[Message], None]:
    return lambda message: message.headers.__setitem__(name, value)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda m: setattr(m, "body", b'{"a": 2}'),
        lambda m: setattr(m, "body", b""),
        lambda m: setattr(m, "method", "PUT"),
        lambda m: setattr(m, "url", URL + "0"),
        lambda m: setattr(m, "url", URL.replace("orders", "refunds")),
        lambda m: setattr(m, "url", URL.replace("https", "http")),
        _header("Idempotency-Key", "k-2"),
        _header("Content-Digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"),
        _header("Signature", "pyhms=:AAAA:"),
        _header("Signature", "pyhms=nonsense"),
        _header("Signature-Input", "\x00"),
        _header("Signature-Input", 'pyhms=("@method");created=1'),
        lambda m: m.headers.__setitem__("Signature-Input", m.headers["Signature-Input"].replace("0001", "0002")),
        lambda m: m.headers.__setitem__("Signature-Input", m.headers["Signature-Input"].replace('"me"', '"you"')),
        lambda m: m.headers.pop("Signature"),
        lambda m: m.headers.pop("Content-Digest"),
        lambda m: m.headers.pop("Idempotency-Key"),
    ],
)
def test_tampered(tamper: Callable[[Message], Any]) -> None:
    message = _signed()
    _check(message)
    tamper(message)
    with pytest.raises((InvalidSignature, SignatureExpired)):
        _check(message)


def test_wrong_secret_and_algorithm() -> None:
    message = _signed()
    with pytest.raises(InvalidSignature):
        _check(message, key=b"t" * 32)
    with pytest.raises(InvalidSignature):
        _check(message, algorithm="ed25519", key=Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    with pytest.raises(InvalidSignature):
        _check(message, algorithm="none")


@pytest.mark.parametrize(
    "cover",
    [
        ("@target-uri", "content-digest", "idempotency-key"),
        ("@method", "content-digest", "idempotency-key"),
        ("@method", "@path", "content-digest", "idempotency-key"),
        ("@method", "@target-uri", "content-digest"),
    ],
)
def test_too_little_covered(cover: tuple[str, ...]) -> None:
    with pytest.raises(InvalidSignature) as error:
        _check(_signed(cover=cover))
    assert error.value.data == {"reason": "covers"}


def test_uncovered_body() -> None:
    message = _message()
    body, message.body = message.body, b""
    _signed(message, cover=("@method", "@target-uri", "idempotency-key"))
    message.body = body
    with pytest.raises(InvalidSignature):
        _check(message)


@pytest.mark.parametrize("nonce", [None, "short", "x" * 65])
def test_bad_nonce(nonce: str | None) -> None:
    with pytest.raises(InvalidSignature) as error:
        _check(_signed(nonce=nonce))
    assert error.value.data == {"reason": "nonce"}


@pytest.mark.parametrize(("age", "ok"), [(0, True), (300, True), (301, False), (-30, True), (-31, False)])
def test_window(age: int, ok: bool) -> None:
    message = _signed(created=NOW - timedelta(seconds=age))
    if ok:
        assert _check(message)
    else:
        with pytest.raises(SignatureExpired):
            _check(message)


def test_expires_is_kept() -> None:
    message = _signed(expires=NOW + timedelta(seconds=10))
    assert _check(message, NOW + timedelta(seconds=9))
    with pytest.raises(SignatureExpired):
        _check(message, NOW + timedelta(seconds=10))
