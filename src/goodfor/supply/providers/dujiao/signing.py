"""Signatures of the dujiao-next upstream protocol 1.0: HMAC-SHA256. Pure. Source: the project's protocol document, 1.0.

Signed are method, path (without host and query), time and the MD5 of the body; calls back are signed the same way, with
the path of our address.
"""

import hashlib
import hmac
from typing import Any, Final

ROOT: Final = "/api/v1/upstream"
KEY_HEADER: Final = "Dujiao-Next-Api-Key"
TIME_HEADER: Final = "Dujiao-Next-Timestamp"
SIGN_HEADER: Final = "Dujiao-Next-Signature"


def sign(secret: str, method: str, path: str, stamp: str, body: bytes) -> str:
    """`stamp`: seconds; `body`: the bytes as sent. 64 hex digits in lower case."""
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
    told = f"{method}\n{path}\n{stamp}\n{digest}".encode("utf-8", "surrogateescape")
    return hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()


def same(ours: str, theirs: Any) -> bool:
    """Compared in constant time, whatever came."""
    if not isinstance(theirs, str) or not theirs.isascii():
        return False
    return hmac.compare_digest(ours.encode(), theirs.lower().encode("utf-8", "surrogatepass"))
