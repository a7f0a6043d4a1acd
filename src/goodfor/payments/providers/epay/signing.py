"""EPay signatures, pure. Verified with vectors E1 (v1) and E2 (v2).

Protocol: drop empty values, `sign` and `sign_type`; sort by key in ASCII order; join `k=v` with `&`, values raw (never
re-encoded, never re-formatted: the exact text counts). v1: lower-case hex MD5 of that text followed by the merchant key
(some dialects put `&key=` before it). v2: base64 of RSA PKCS#1 v1.5 with SHA-256.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

UNSIGNED = frozenset({"sign", "sign_type"})
MIN_RSA_BITS = 1024


def content(fields: Mapping[str, str]) -> str:
    """The text that is signed."""
    return "&".join(f"{k}={fields[k]}" for k in sorted(fields) if fields[k] != "" and k not in UNSIGNED)


def md5_sign(fields: Mapping[str, str], key: str, *, key_param: bool = False) -> str:
    """v1 signature; `key_param` for the dialects that append `&key=` before the key."""
    text = content(fields) + ("&key=" if key_param else "") + key
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def md5_verify(fields: Mapping[str, str], signature: str, key: str, *, key_param: bool = False) -> bool:
    """True when `signature` is the v1 signature; compared in constant time."""
    expected = md5_sign(fields, key, key_param=key_param)
    return hmac.compare_digest(expected.encode(), signature.encode())


def rsa_sign(fields: Mapping[str, str], private_key: str) -> str:
    """v2 signature with the merchant's private key (PEM, or base64 of PKCS#8 or PKCS#1 DER)."""
    signature = _private(private_key).sign(content(fields).encode(), padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signature).decode("ascii")


def rsa_verify(fields: Mapping[str, str], signature: str, public_key: str) -> bool:
    """True when the platform signed these fields with SHA-256; any other hash or a broken text is False."""
    try:
        raw = base64.b64decode(signature, validate=True)
        _public(public_key).verify(raw, content(fields).encode(), padding.PKCS1v15(), hashes.SHA256())
    except (binascii.Error, InvalidSignature, ValueError):
        return False
    return True


def check_private_key(text: str) -> None:
    """Raise ValueError unless it is a usable RSA private key."""
    _private(text)


def check_public_key(text: str) -> None:
    """Raise ValueError unless it is a usable RSA public key."""
    _public(text)


def _der(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not a key") from None


@lru_cache(maxsize=32)
def _private(text: str) -> rsa.RSAPrivateKey:
    try:
        if "-----BEGIN" in text:
            key = serialization.load_pem_private_key(text.strip().encode(), password=None)
        else:
            key = serialization.load_der_private_key(_der(text), password=None)
    except (ValueError, TypeError):
        # The original message may quote the key.
        raise ValueError("not a private key") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < MIN_RSA_BITS:
        raise ValueError("not an RSA private key")
    return key


@lru_cache(maxsize=32)
def _public(text: str) -> rsa.RSAPublicKey:
    try:
        if "-----BEGIN" in text:
            key = serialization.load_pem_public_key(text.strip().encode())
        else:
            key = serialization.load_der_public_key(_der(text))
    except ValueError:
        raise ValueError("not a public key") from None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < MIN_RSA_BITS:
        raise ValueError("not an RSA public key")
    return key
