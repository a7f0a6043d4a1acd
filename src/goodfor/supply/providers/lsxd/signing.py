"""Signatures of Lsxd: MD5 in upper case over what is not empty, the key at the end. Pure.

Source: the vendor's API description of direct top-ups. Calls are signed the same way as requests.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final

#: Never part of a signature, in neither direction.
UNSIGNED: Final = frozenset({"version", "extendParameter", "sign"})


def signed(fields: Mapping[str, str]) -> dict[str, str]:
    """What a signature covers of these, sorted by name."""
    return {name: value for name, value in sorted(fields.items()) if value != "" and name not in UNSIGNED}


def sign(fields: Mapping[str, str], key: str) -> str:
    """32 hex digits in upper case."""
    text = "&".join([*(f"{name}={value}" for name, value in signed(fields).items()), f"key={key}"])
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def same(ours: str, theirs: Any) -> bool:
    """Compared in constant time, whatever came."""
    return isinstance(theirs, str) and hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "surrogatepass"))
