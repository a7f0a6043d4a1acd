"""Signatures of PayPal's webhooks: `id|time|webhook id|crc32 of the body`, SHA256withRSA, under a chain of our own."""

import json
import zlib

from cryptography import x509

from goodfor.sandbox.channels import chains, demo
from goodfor.sandbox.keys import derive_private_key
from goodfor.sandbox.signing import sign_bytes, verify_bytes

ALGORITHM = "SHA256withRSA"
CERT_PATH = "/v1/notifications/certs/CERT-sandbox-0001"
_ROOT_NAME = "Sandbox PayPal root"


def root() -> x509.Certificate:
    """The root that a merchant trusts here."""
    return chains.root(_ROOT_NAME)


def leaf() -> x509.Certificate:
    """The certificate that signs."""
    return chains.leaf("messageverificationcerts.paypal.com", demo.PLATFORM_KEY_NAME, 3002, _ROOT_NAME)


def message(transmission: str, at: str, webhook: str, body: bytes) -> bytes:
    """The text that is signed."""
    return f"{transmission}|{at}|{webhook}|{zlib.crc32(body)}".encode()


def sign(transmission: str, at: str, webhook: str, body: bytes) -> str:
    """Base64 of the signature."""
    return sign_bytes(message(transmission, at, webhook, body), derive_private_key(demo.PLATFORM_KEY_NAME))


def verify(transmission: str, at: str, webhook: str, body: bytes, signature: str) -> bool:
    """Whether it is ours."""
    key = derive_private_key(demo.PLATFORM_KEY_NAME).public_key()
    return verify_bytes(message(transmission, at, webhook, body), signature, key)


def raw_value(text: str, name: str) -> str:
    """The exact text of a member of a JSON object, found with a scanner that knows strings. Raises ValueError."""
    scanner, at = json.JSONDecoder(), text.index("{") + 1
    while True:
        at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n,"))
        key, at = scanner.raw_decode(text, at)
        at = text.index(":", at) + 1
        at += len(text[at:]) - len(text[at:].lstrip())
        _value, end = scanner.raw_decode(text, at)
        if key == name:
            return text[at:end]
        at = end
