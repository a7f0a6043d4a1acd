"""Signatures of Tremendous' calls: HMAC-SHA256 over the raw body. Pure. Source: the vendor's own library, 2026.

Requests are not signed: a key goes with each.
"""

import hashlib
import hmac
from typing import Final

HEADER: Final = "tremendous-webhook-signature"


def sign(key: str, body: bytes) -> str:
    """What the header says of these bytes: "sha256=" and 64 hex digits in lower case."""
    return "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def same(ours: str, theirs: str | None) -> bool:
    """Compared in constant time, whatever came."""
    return theirs is not None and hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "surrogatepass"))
