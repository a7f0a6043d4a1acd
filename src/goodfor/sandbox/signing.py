"""Signatures of the EPay protocol, version 1 (MD5) and version 2 (SHA256withRSA). Pure: text in, text out.

Written from the protocol text: drop empty values, `sign` and `sign_type`; sort by key in ASCII order; join as
`k=v&k=v` with raw, not percent-encoded, values.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

Dialect = Literal["plain", "ampersand_key"]

_NEVER_SIGNED = frozenset({"sign", "sign_type"})


def signed_text(params: Mapping[str, str], never: frozenset[str] = _NEVER_SIGNED) -> str:
    """The text that is signed: all values but empty ones and those of the names in `never`."""
    kept = {key: value for key, value in params.items() if value != "" and key not in never}
    return "&".join(f"{key}={kept[key]}" for key in sorted(kept, key=lambda name: name.encode()))


def md5_sign(params: Mapping[str, str], key: str, *, dialect: Dialect = "plain") -> str:
    """Lower-case hex MD5 of the signed text followed by the merchant key.

    Dialect `ampersand_key` puts `&key=` between the two, as some operators do.
    """
    joint = "&key=" if dialect == "ampersand_key" else ""
    return hashlib.md5((signed_text(params) + joint + key).encode(), usedforsecurity=False).hexdigest()


def md5_verify(params: Mapping[str, str], key: str, *, dialect: Dialect = "plain") -> bool:
    """Whether `params["sign"]` is the MD5 signature of the rest."""
    expected = md5_sign(params, key, dialect=dialect)
    return hmac.compare_digest(expected.encode(), params.get("sign", "").encode())


def rsa_sign(params: Mapping[str, str], private_key: RSAPrivateKey) -> str:
    """Base64 of the RSA PKCS#1 v1.5 / SHA-256 signature of the signed text."""
    return sign_bytes(signed_text(params).encode(), private_key)


def rsa_verify(params: Mapping[str, str], public_key: RSAPublicKey) -> bool:
    """Whether `params["sign"]` is the RSA signature of the rest."""
    return verify_bytes(signed_text(params).encode(), params.get("sign", ""), public_key)


def sign_bytes(message: bytes, private_key: RSAPrivateKey) -> str:
    """Base64 of the RSA PKCS#1 v1.5 / SHA-256 signature."""
    return base64.b64encode(private_key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def verify_bytes(message: bytes, signature: str, public_key: RSAPublicKey) -> bool:
    """Whether the base64 text is the key's signature of these bytes; the hash is SHA-256 and no other."""
    try:
        raw = base64.b64decode(signature, validate=True)
        public_key.verify(raw, message, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
