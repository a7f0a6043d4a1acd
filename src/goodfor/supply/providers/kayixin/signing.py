"""Signatures of Kayixin 3.0: MD5 over the raw body, in headers; codes of a call encrypted. Pure.

Source: the vendor's API description, 3.0.
"""

import base64
import hashlib
import hmac
from typing import Any, Final

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

VERSION: Final = "3.0"


def sign(app_id: str, secret: str, stamp: str, body: bytes) -> str:
    """`stamp`: seconds, 10 digits; `body`: the bytes as sent. 32 hex digits in lower case."""
    head = f"{app_id}{secret}{VERSION}{stamp}".encode()
    return hashlib.md5(head + body, usedforsecurity=False).hexdigest()


def same(ours: str, theirs: Any) -> bool:
    """Compared in constant time, whatever came."""
    return isinstance(theirs, str) and hmac.compare_digest(
        ours.encode(), theirs.lower().encode("utf-8", "surrogatepass")
    )


def decrypt(text: str, secret: str) -> bytes:
    """AES-256-ECB with PKCS#7, the key the 32 characters of the secret. Raises ValueError."""
    key = secret.encode("ascii")
    if len(key) != 32:
        raise ValueError("not a key")
    sealed = base64.b64decode(text, validate=True)
    # The protocol's own mode; nothing of ours is encrypted by it.
    opener = Cipher(algorithms.AES(key), modes.ECB()).decryptor()  # noqa: S305
    padded = opener.update(sealed) + opener.finalize()
    strip = padding.PKCS7(128).unpadder()
    return strip.update(padded) + strip.finalize()
