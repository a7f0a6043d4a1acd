"""Signatures of Kasushou 2.0: SHA-1 over time, JSON and key. Pure. Source: the vendor's API description, 2.0.

A request signs exactly the bytes it sends, top-level keys sorted; a call back signs what it says the same way, but with
slashes escaped, as PHP writes them, and without the codes.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

#: What a call about an order says unsigned.
UNSIGNED: Final = frozenset({"sign", "card_list", "express_list"})


def body_of(fields: Mapping[str, Any]) -> bytes:
    """The bytes of a request: compact, top-level keys sorted, nested ones as they are, nothing escaped."""
    return json.dumps(dict(sorted(fields.items())), ensure_ascii=False, separators=(",", ":")).encode()


def request_sign(stamp: str, body: bytes, key: str) -> str:
    """`stamp`: milliseconds, 13 digits. 40 hex digits in lower case."""
    return hashlib.sha1(stamp.encode() + body + key.encode(), usedforsecurity=False).hexdigest()


def told_sign(fields: Mapping[str, Any], key: str, *, unsigned: frozenset[str] = UNSIGNED) -> str:
    """Of a call that came, values of the type they were received as."""
    signed = {name: value for name, value in sorted(fields.items()) if name not in unsigned}
    return _told(str(fields.get("time", "")), signed, key)


def item_sign(item_id: Any, stamp: str, key: str) -> str:
    """Of a call about an item: only these two are signed, price and stock are not."""
    return _told(stamp, {"id": item_id, "time": stamp}, key)


def _told(stamp: str, fields: Mapping[str, Any], key: str) -> str:
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
    return hashlib.sha1((stamp + text + key).encode(), usedforsecurity=False).hexdigest()


def same(ours: str, theirs: Any) -> bool:
    """Compared in constant time, whatever came."""
    return isinstance(theirs, str) and hmac.compare_digest(
        ours.encode(), theirs.lower().encode("utf-8", "surrogatepass")
    )
