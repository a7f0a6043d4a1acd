"""Signatures of acg-faka shared stores: MD5 over the sorted parameters and the key. Pure.

Source: the software of the shops itself, 3.6. No time and no nonce is signed, and the key is one of the parameters: it
goes in clear, so that only https will do.
"""

import hashlib
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

Value = str | int | Mapping[str, str]
SIGN: Final = "sign"


def pairs(fields: Mapping[str, Value]) -> list[tuple[str, str]]:
    """Name and value as a form has them: an object is `name[key]` for each of its own, in its own order."""
    found: list[tuple[str, str]] = []
    for name, value in fields.items():
        if isinstance(value, Mapping):
            found += [(f"{name}[{key}]", told) for key, told in value.items()]
        else:
            found.append((name, str(value)))
    return found


def sign(fields: Mapping[str, Value], key: str) -> str:
    """32 hex digits in lower case. Empty texts at the top are left out, 0 is not."""
    kept = {name: fields[name] for name in sorted(fields) if name != SIGN and fields[name] != ""}
    told = "&".join(f"{name}={value}" for name, value in pairs(kept))
    return hashlib.md5(f"{told}&key={key}".encode(), usedforsecurity=False).hexdigest()


def body_of(fields: Mapping[str, Value], key: str) -> bytes:
    """The form that is sent, with its signature."""
    return urlencode([*pairs(fields), (SIGN, sign(fields, key))]).encode("ascii")
