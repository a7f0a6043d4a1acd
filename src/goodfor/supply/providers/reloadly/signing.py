"""Signatures of Reloadly's calls: HMAC-SHA256 over the raw body and the time. Pure.

Source: third-party code only; a call is therefore never more than a reason to ask. Requests carry a token instead.
"""

import hashlib
import hmac
from typing import Final

HEADER: Final = "x-reloadly-signature"
TIME: Final = "x-reloadly-request-timestamp"


def sign(secret: str, body: bytes, stamp: str) -> str:
    """`stamp`: as the header has it. 64 hex digits in lower case."""
    return hmac.new(secret.encode(), body + b":" + stamp.encode(), hashlib.sha256).hexdigest()


def same(ours: str, theirs: str | None) -> bool:
    """Compared in constant time, whatever came."""
    return theirs is not None and hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "surrogatepass"))
