"""The vector of the reference, its mutations, and whose certificate is believed."""

import base64
import hashlib
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.payments.providers.paypal import signing
from goodfor.payments.providers.paypal.tests.books import NOW
from goodfor.payments.providers.paypal.tests.keys import MERCHANT, PLATFORM, certificate

ID, TIME, HOOK = "11111111-2222-3333-4444-555555555555", "2026-01-01T00:00:06Z", "WHID0001"
BODY = (
    b'{"id":"WH-TEST-0001","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{"id":"CAP0001",'
    b'"amount":{"currency_code":"USD","value":"9.90"}}}'
)
NAME = "messageverificationcerts.paypal.com"
ROOT = certificate("Test Root", MERCHANT, ca=True)
BY_ROOT = ("Test Root", MERCHANT)
LEAF = certificate(NAME, PLATFORM, BY_ROOT)
NONE: frozenset[str] = frozenset()


def signed(message: bytes, key: rsa.RSAPrivateKey = PLATFORM, algorithm: hashes.HashAlgorithm | None = None) -> str:
    return base64.b64encode(key.sign(message, padding.PKCS1v15(), algorithm or hashes.SHA256())).decode()


def test_keys_are_those_of_the_reference() -> None:
    digests = []
    for key in (MERCHANT, PLATFORM):
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        digests.append(hashlib.sha256(key.public_key().public_bytes(serialization.Encoding.DER, form)).hexdigest())
    assert digests == [
        "dbd28ae241d8dad55e9e1e2089b4ed6f8127d8417fdf0a1d1c4ba5edbab18775",
        "ce080e68db9a19d9f7358ae59dc492b8bc12a919128079c056089e8784a99ad5",
    ]


def test_vector() -> None:
    message = signing.message(ID, TIME, HOOK, BODY)
    assert message == b"11111111-2222-3333-4444-555555555555|2026-01-01T00:00:06Z|WHID0001|1466143817"
    signature = signed(message)
    assert signature.startswith("pKEF/Q7Hp13JdQJ5NHXvWq7/")
    digest = "7690382a81a7abcac414ad5180992dbd94d5ec494defe93f3367313193b5354f"
    assert hashlib.sha256(signature.encode()).hexdigest() == digest
    assert signing.verify(message, signature, PLATFORM.public_key())


def test_mutations() -> None:
    good = signed(signing.message(ID, TIME, HOOK, BODY))
    key = PLATFORM.public_key()
    for message in (
        signing.message(ID[:-1] + "6", TIME, HOOK, BODY),
        signing.message(ID, "2026-01-01T00:00:07Z", HOOK, BODY),
        signing.message(ID, TIME, "WHID0002", BODY),
        signing.message(ID, TIME, HOOK, BODY + b"\n"),
        signing.message(ID, TIME, HOOK, BODY.replace(b"9.90", b"9.91")),
    ):
        assert not signing.verify(message, good, key)
    message = signing.message(ID, TIME, HOOK, BODY)
    assert not signing.verify(message, good, MERCHANT.public_key())
    assert not signing.verify(message, signed(message, MERCHANT), key)
    assert not signing.verify(message, signed(message, algorithm=hashes.SHA1()), key)
    for broken in ("", "=", good[:-1], good + "A", "é", good[:40] + "\n" + good[40:], "AAAA"):
        assert not signing.verify(message, broken, key)


@settings(max_examples=20)
@given(st.binary(max_size=100), st.text(max_size=10))
def test_round_trip(body: bytes, hook: str) -> None:
    message = signing.message(ID, TIME, hook, body)
    assert signing.verify(message, signed(message), PLATFORM.public_key())


def test_chain_to_the_root() -> None:
    key = signing.trusted_key(LEAF.encode(), ROOT, NONE, NOW)
    assert key.public_numbers() == PLATFORM.public_key().public_numbers()
    middle_key = rsa.generate_private_key(65537, 2048)
    middle = certificate("Middle", middle_key, BY_ROOT, ca=True)
    leaf = certificate(NAME, PLATFORM, ("Middle", middle_key))
    assert signing.trusted_key((leaf + middle).encode(), ROOT, NONE, NOW)
    with pytest.raises(signing.Untrusted):
        signing.trusted_key(leaf.encode(), ROOT, NONE, NOW)


@pytest.mark.parametrize(
    "pem",
    [
        "", "nothing", ROOT, LEAF[:200],
        certificate(NAME, PLATFORM),
        certificate(NAME, PLATFORM, ("Test Root", PLATFORM)),
        certificate("paypal.com.evil.test", PLATFORM, BY_ROOT),
        certificate("evilpaypal.com", PLATFORM, BY_ROOT),
        certificate("*.paypal.com", PLATFORM, BY_ROOT),
        certificate(NAME, PLATFORM, BY_ROOT, until=NOW - timedelta(days=1)),
        certificate(NAME, PLATFORM, BY_ROOT, since=NOW + timedelta(days=1)),
        certificate(NAME, rsa.generate_private_key(65537, 1024), BY_ROOT),
        LEAF * 9,
    ],
)  # fmt: skip
def test_certificates_that_are_not_believed(pem: str) -> None:
    with pytest.raises(signing.Untrusted):
        signing.trusted_key(pem.encode(), ROOT, NONE, NOW)


def test_the_systems_roots_do_not_know_ours() -> None:
    with pytest.raises(signing.Untrusted):
        signing.trusted_key(LEAF.encode(), "", NONE, NOW)
    assert x509.load_pem_x509_certificate(ROOT.encode())


def test_names_of_stand_ins_are_added_by_config() -> None:
    pem = certificate("pay.corp.test", PLATFORM, BY_ROOT).encode()
    assert signing.trusted_key(pem, ROOT, frozenset({"pay.corp.test"}), NOW)
    with pytest.raises(signing.Untrusted):
        signing.trusted_key(pem, ROOT, NONE, NOW)
