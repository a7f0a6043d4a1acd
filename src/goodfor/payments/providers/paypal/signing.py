"""The signature of an event, pure: RSA over `id|time|webhook id|CRC-32 of the raw body`, and who signed it.

The hash is ours (SHA-256), the certificate's chain must lead to a trusted root, and its name must be PayPal's.
"""

import base64
import binascii
import re
import warnings
import zlib
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from goodfor.payments.providers.paypal.settings import CERT_DOMAIN

ALGORITHM = "SHA256withRSA"
MIN_BITS = 2048
_CHAIN = 8
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")


class Untrusted(Exception):
    """The certificate is none, or not PayPal's."""


def message(transmission_id: str, transmission_time: str, webhook_id: str, body: bytes) -> bytes:
    """What is signed; the CRC-32 as an unsigned decimal."""
    return f"{transmission_id}|{transmission_time}|{webhook_id}|{zlib.crc32(body)}".encode()


def verify(signed: bytes, signature: str, key: rsa.RSAPublicKey) -> bool:
    """True when the key's owner signed these bytes with SHA-256; any other hash or a broken text is False."""
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, signed, padding.PKCS1v15(), hashes.SHA256())
    except (binascii.Error, InvalidSignature, ValueError):
        return False
    return True


def is_paypal(name: str, others: frozenset[str]) -> bool:
    """A host of PayPal's, or one that the configuration adds."""
    lower = name.lower()
    return lower == CERT_DOMAIN or lower.endswith(f".{CERT_DOMAIN}") or lower in others


def trusted_key(pem: bytes, roots: str, names: frozenset[str], now: datetime) -> rsa.RSAPublicKey:
    """The key of the first certificate, when its chain and its name are good now. Raises Untrusted."""
    try:
        chain = x509.load_pem_x509_certificates(pem)
        if len(chain) > _CHAIN:
            raise Untrusted
        leaf = chain[0]
        held = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        dns = held.get_values_for_type(x509.DNSName)
    except (ValueError, TypeError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        raise Untrusted from None
    ours = next((name for name in dns if is_paypal(name, names) and "*" not in name), None)
    if ours is None:
        raise Untrusted
    try:
        policy = PolicyBuilder().store(_store(roots)).time(now).build_server_verifier(x509.DNSName(ours))
        policy.verify(leaf, chain[1:])
    except (VerificationError, ValueError):
        raise Untrusted from None
    key = leaf.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < MIN_BITS:
        raise Untrusted
    return key


@lru_cache(maxsize=8)
def _store(roots: str) -> Store:
    if roots:
        return Store(x509.load_pem_x509_certificates(roots.encode()))
    found: list[x509.Certificate] = []
    for pem in _PEM.findall(Path(certifi.where()).read_bytes()):
        # One root of the system's that the library will not read (some are older than its rules) spoils no others.
        with suppress(ValueError), warnings.catch_warnings(action="ignore"):
            found.append(x509.load_pem_x509_certificate(pem))
    return Store(found)
