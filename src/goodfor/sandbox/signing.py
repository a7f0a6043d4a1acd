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


def signed_text(params: Mapping[str, str]) -> str:
    """The text that both versions sign."""
    kept = {key: value for key, value in params.items() if value != "" and key not in _NEVER_SIGNED}
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
    raw = private_key.sign(signed_text(params).encode(), padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(raw).decode()


def rsa_verify(params: Mapping[str, str], public_key: RSAPublicKey) -> bool:
    """Whether `params["sign"]` is the RSA signature of the rest."""
    try:
        raw = base64.b64decode(params.get("sign", ""), validate=True)
        public_key.verify(raw, signed_text(params).encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
