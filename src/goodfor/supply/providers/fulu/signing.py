"""Signatures of Fulu 2.0: MD5 over the sorted characters of a JSON text; codes encrypted. Pure.

Source: the vendor's published libraries for 2.0. Sorting forgets where a character stood: whoever has seen a signed
text can reorder it (order 12 becomes order 21) and the signature still fits. So calls are only ever a reason to ask.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

#: Their libraries disagree whether these are escaped, and how characters beyond the basic plane are sorted.
_AWKWARD: Final = {ord(one): f"\\u{ord(one):04x}" for one in "<>&"}


class Literal(str):
    """A number exactly as it was written."""

    __slots__ = ()


def read_literal(body: bytes) -> Any:
    """JSON whose numbers stay as they were written; a doubled name is an error. Raises ValueError, RecursionError."""
    return json.loads(
        body.decode("utf-8-sig"), parse_int=Literal, parse_float=Literal, parse_constant=_refuse,
        object_pairs_hook=_once,
    )  # fmt: skip


def _refuse(_name: str) -> Any:
    raise ValueError("not a number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("doubled name")
    return found


def compact(value: Any) -> str:
    """As they serialise: no spaces, neither letters nor slashes escaped, numbers as they came."""
    if isinstance(value, Literal):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{compact(name)}:{compact(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def content(fields: Mapping[str, Any]) -> str:
    """The text of `biz_content`. What their libraries treat differently is escaped here, inside of the inner text."""
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).translate(_AWKWARD)
    return "".join(one if ord(one) < 0x10000 else json.dumps(one)[1:-1] for one in text)


def sign(text: str, secret: str) -> str:
    """Characters of the text sorted by code point, then the secret. 32 hex digits in lower case."""
    joined = "".join(sorted(text)) + secret
    return hashlib.md5(joined.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def sign_fields(fields: Mapping[str, Any], secret: str) -> str:
    """Of a request, a call or a whole reply: all fields but `sign`."""
    return sign(compact({name: value for name, value in fields.items() if name != "sign"}), secret)


def same(ours: str, theirs: Any) -> bool:
    """Compared in constant time, whatever came."""
    if not isinstance(theirs, str):
        return False
    return hmac.compare_digest(ours.encode(), theirs.lower().encode("utf-8", "surrogatepass"))


def decrypt(sealed: str, secret: str) -> str:
    """AES-256-ECB with PKCS#7, the key the 32 characters of the secret. Raises ValueError."""
    key = secret.encode("ascii")
    if len(key) != 32:
        raise ValueError("not a key")
    # The protocol's own mode; nothing of ours is encrypted by it.
    opener = Cipher(algorithms.AES(key), modes.ECB()).decryptor()  # noqa: S305
    padded = opener.update(base64.b64decode(sealed, validate=True)) + opener.finalize()
    strip = padding.PKCS7(128).unpadder()
    return (strip.update(padded) + strip.finalize()).decode("utf-8")
