"""The vector of the reference, its mutations, and the same answers as the vendor's package."""

import pytest
import stripe
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from goodfor.payments.providers.stripe import signing

SECRET = "whsec_test_secret_0001"
T = 1767225606
BODY = (
    b'{"id":"evt_test_0001","object":"event","type":"payment_intent.succeeded","data":{"object":{"id":"pi_test_0001",'
    b'"object":"payment_intent","amount":990,"currency":"cny","status":"succeeded"}}}'
)
SIGNATURE = "e9708971bd329a6898d42883c6fbad5ba86bac61b2434c31f590b46101aa5810"
HEADER = f"t={T},v1={SIGNATURE}"


def good(header: str, body: bytes = BODY, secret: str = SECRET, now: float = T) -> bool:
    try:
        timestamp, signatures = signing.parse_header(header)
    except signing.Malformed:
        return False
    return signing.verify(timestamp, signatures, body, secret) and signing.is_fresh(timestamp, now)


def test_vector() -> None:
    assert len(BODY) == 190
    assert signing.sign(T, BODY, SECRET) == SIGNATURE
    assert good(HEADER)


@pytest.mark.parametrize(
    "header",
    [
        "", "t=", f"t={T}", f"v1={SIGNATURE}", f"t={T + 1},v1={SIGNATURE}", f"t={T},v0={SIGNATURE}",
        f"t={T},v1={SIGNATURE[:-1]}1", f"t={T},v1={SIGNATURE.upper()}", f"t={T},v1={SIGNATURE[:-1]}", f"t={T},v1=",
        f"t={T},t={T},v1={SIGNATURE}", f"t=+{T},v1={SIGNATURE}", f"t= {T},v1={SIGNATURE}", f"t={T}.0,v1={SIGNATURE}",
        f"t=0{T},v1={SIGNATURE}", f"t={T};v1={SIGNATURE}", f"t={T},v1={SIGNATURE}\u0661", f"t={T},junk,v1={SIGNATURE}",
        "t=9999999999999999999,v1=" + SIGNATURE, HEADER + "," + "x=1," * 400,
    ],
)  # fmt: skip
def test_every_other_header_is_refused(header: str) -> None:
    assert not good(header)


def test_other_bodies_and_secrets_are_refused() -> None:
    assert not good(HEADER, BODY + b"\n")
    assert not good(HEADER, BODY.replace(b"990", b"991"))
    assert not good(HEADER, secret=SECRET[:-1])
    assert not good(HEADER, secret="")
    sha1 = __import__("hmac").new(SECRET.encode(), f"{T}.".encode() + BODY, "sha1").hexdigest()
    assert not good(f"t={T},v1={sha1}")
    for place in range(0, len(BODY), 7):
        flipped = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
        assert not good(HEADER, flipped)


def test_any_of_several_signatures_is_enough() -> None:
    assert good(f"t={T},v1={'0' * 64},v1={SIGNATURE},v0=abc")


@pytest.mark.parametrize(("late", "fresh"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)])
def test_old_and_future_times(late: int, fresh: bool) -> None:
    assert good(HEADER, now=T + late) is fresh


@given(st.binary(max_size=200), st.text("0123456789abcdef", min_size=1, max_size=30), st.integers(1, 10**11))
def test_round_trip_with_the_vendors_package(body: bytes, secret: str, timestamp: int) -> None:
    ours = signing.sign(timestamp, body, secret)
    assert good(f"t={timestamp},v1={ours}", body, secret, timestamp)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return
    theirs = stripe.WebhookSignature.generate_signature_header(text, secret, timestamp=timestamp)
    assert good(theirs, body, secret, timestamp)


def test_the_package_agrees_but_for_the_future() -> None:
    with time_machine.travel(T, tick=False):
        assert stripe.WebhookSignature.verify_header(BODY.decode(), HEADER, SECRET, 300)
    with time_machine.travel(T - 301, tick=False):
        # This is why we look ourselves.
        assert stripe.WebhookSignature.verify_header(BODY.decode(), HEADER, SECRET, 300)
    with time_machine.travel(T + 302, tick=False), pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header(BODY.decode(), HEADER, SECRET, 300)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header(BODY.decode() + "\n", HEADER, SECRET)


@given(st.text(max_size=200))
def test_any_text_is_a_header_or_refused(header: str) -> None:
    assert not good(header)
