"""Signatures of Xingquanyi: MD5 over the key and every name with its value. Pure.

Source: the vendor's API description. Calls are signed the same way as requests, over all but the codes.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final

#: Of a call, with whatever stands in brackets after them: codes are not signed, so they prove nothing.
UNSIGNED: Final = frozenset({"cards", "tickets"})


def signed(fields: Mapping[str, str]) -> dict[str, str]:
    """What a signature of a call covers of these, sorted by name."""
    return {
        name: value
        for name, value in sorted(fields.items())
        if name != "sign" and name.partition("[")[0] not in UNSIGNED
    }


def sign(fields: Mapping[str, str], key: str) -> str:
    """All of these but `sign`, by name in the order of UTF-8. 32 hex digits in lower case."""
    parts = (f"{name}{value}" for name, value in sorted(fields.items()) if name != "sign")
    return hashlib.md5((key + "".join(parts)).encode(), usedforsecurity=False).hexdigest()


def verified(fields: Mapping[str, str], key: str) -> dict[str, str] | None:
    """What a call's signature covers; None where it is wrong. They sign empty fields, or leave them out."""
    told = signed(fields)
    full = {name: value for name, value in told.items() if value != ""}
    theirs = fields.get("sign")
    if same(sign(full, key), theirs):
        return full
    return told if same(sign(told, key), theirs) else None


def same(ours: str, theirs: Any) -> bool:
    """Compared in constant time, whatever came."""
    return isinstance(theirs, str) and hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "surrogatepass"))
