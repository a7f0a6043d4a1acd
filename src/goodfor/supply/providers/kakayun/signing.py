"""Signatures of Kakayun v3: MD5 over sorted fields and the key. Pure. Source: the vendor's API description, v3.

What is empty is not signed: a field that comes empty and one that does not come are the same to them.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.numbers import MAX_DEPTH, BadReply

UNSIGNED: Final = frozenset({"sign"})


def signed_text(fields: Mapping[str, Any]) -> str:
    """The fields as they are signed, without the key: "a=1&b=2". Raises BadReply for what lies too deep."""
    kept = {name: value for name, value in fields.items() if name not in UNSIGNED and value is not None and value != ""}
    return "&".join(f"{name}={_written(value)}" for name, value in sorted(kept.items()))


def sign(fields: Mapping[str, Any], key: str) -> str:
    """32 hex digits in lower case. Raises BadReply."""
    # Half a surrogate pair may come from outside: it is signed as it is, and never fits.
    told = f"{signed_text(fields)}{key}".encode("utf-8", "surrogatepass")
    return hashlib.md5(told, usedforsecurity=False).hexdigest()


def same(ours: str, theirs: Any) -> bool:
    """Compared in constant time, whatever came."""
    if not isinstance(theirs, str) or not theirs.isascii():
        return False
    return hmac.compare_digest(ours.encode(), theirs.lower().encode("utf-8", "surrogatepass"))


def compact(value: Any, depth: int = 0) -> str:
    """JSON without blanks, nothing escaped that need not be, numbers with the digits they came with."""
    if depth > MAX_DEPTH:
        raise BadReply("too_deep")
    if isinstance(value, Mapping):
        inner = (
            f"{json.dumps(str(name), ensure_ascii=False)}:{compact(one, depth + 1)}" for name, one in value.items()
        )
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(compact(one, depth + 1) for one in value) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else compact(value)
