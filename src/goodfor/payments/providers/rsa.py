"""RSA as the Chinese channels use it: PKCS#1 v1.5 with SHA-256, keys as PEM or as base64 of DER. Pure.

The hash is always ours, never taken from the signature: a signature made with SHA-1 does not verify.
"""

import base64
import binascii
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

MIN_BITS = 1024


def sign(message: bytes, private_key: str) -> str:
    """Base64 of the signature; `private_key` is PEM, or base64 of PKCS#8 or PKCS#1 DER. Raises ValueError."""
    signature = private(private_key).sign(message, padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signature).decode("ascii")


def verify(message: bytes, signature: str, public_key: str) -> bool:
    """True when the key's owner signed exactly these bytes with SHA-256; any other hash or a broken text is False."""
    try:
        raw = base64.b64decode(signature, validate=True)
        public(public_key).verify(raw, message, padding.PKCS1v15(), hashes.SHA256())
    except (binascii.Error, InvalidSignature, ValueError):
        return False
    return True


def _der(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not a key") from None


@lru_cache(maxsize=64)
def private(text: str) -> rsa.RSAPrivateKey:
    """The key of a text. Raises ValueError, which never quotes it."""
    try:
        if "-----BEGIN" in text:
            key = serialization.load_pem_private_key(text.strip().encode(), password=None)
        else:
            key = serialization.load_der_private_key(_der(text), password=None)
    except (ValueError, TypeError):
        # The original message may quote the key.
        raise ValueError("not a private key") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < MIN_BITS:
        raise ValueError("not an RSA private key")
    return key


@lru_cache(maxsize=64)
def public(text: str) -> rsa.RSAPublicKey:
    """The key of a text: PEM of a public key or of a certificate, or base64 of SPKI DER. Raises ValueError."""
    key: object
    try:
        if "-----BEGIN CERTIFICATE" in text:
            key = x509.load_pem_x509_certificate(text.strip().encode()).public_key()
        elif "-----BEGIN" in text:
            key = serialization.load_pem_public_key(text.strip().encode())
        else:
            key = serialization.load_der_public_key(_der(text))
    except ValueError:
        raise ValueError("not a public key") from None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < MIN_BITS:
        raise ValueError("not an RSA public key")
    return key
