"""EPay signatures, pure. Verified with vectors E1 (v1) and E2 (v2).

Protocol: drop empty values, `sign` and `sign_type`; sort by key in ASCII order; join `k=v` with `&`, values raw (never
re-encoded, never re-formatted: the exact text counts). v1: lower-case hex MD5 of that text followed by the merchant key
(some dialects put `&key=` before it). v2: base64 of RSA PKCS#1 v1.5 with SHA-256.
"""

import hashlib
import hmac
from collections.abc import Mapping

from goodfor.payments.providers import rsa

UNSIGNED = frozenset({"sign", "sign_type"})


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
    return rsa.sign(content(fields).encode(), private_key)


def rsa_verify(fields: Mapping[str, str], signature: str, public_key: str) -> bool:
    """True when the platform signed these fields with SHA-256; any other hash or a broken text is False."""
    return rsa.verify(content(fields).encode(), signature, public_key)
