"""Signatures of Alipay (RSA2), pure. Verified with vectors A1, A2 and A3.

Requests: all parameters but `sign`, without empty ones, sorted by name in ASCII order, `k=v` joined with `&`, values
raw. Notifications: the same without `sign_type`. Replies: the exact text of the value of `<method>_response` as it was
received, found by a JSON scanner; nothing is serialised again, since order, spaces and `\\/` count.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from goodfor.payments.providers import rsa

SIGN_TYPE = "RSA2"
_WHITE = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True, slots=True)
class Part:
    """A value of a reply's outermost object: decoded, and as the exact text that was received."""

    value: Any = field(repr=False)
    text: str = field(repr=False)


def request_content(fields: Mapping[str, str]) -> str:
    """What is signed of a request."""
    return _joined(fields, {"sign"})


def notify_content(fields: Mapping[str, str]) -> str:
    """What is signed of a notification."""
    return _joined(fields, {"sign", "sign_type"})


def _joined(fields: Mapping[str, str], without: set[str]) -> str:
    return "&".join(f"{k}={fields[k]}" for k in sorted(fields) if fields[k] != "" and k not in without)


def signed(fields: Mapping[str, str], private_key: str) -> dict[str, str]:
    """The parameters as they are sent: sorted, without empty ones, `sign` last. Raises ValueError for a bad key."""
    kept = {k: fields[k] for k in sorted(fields) if fields[k] != "" and k != "sign"}
    return {**kept, "sign": rsa.sign(request_content(kept).encode(), private_key)}


def verify_notify(fields: Mapping[str, str], keys: Sequence[str]) -> bool:
    """True when one of the public keys (PEM, or base64 of DER) signed these fields with SHA-256."""
    message = _bytes(notify_content(fields))
    return message is not None and _verified(message, fields.get("sign", ""), keys)


def verify_reply(part: Part, signature: str, keys: Sequence[str]) -> bool:
    """True when one of the public keys signed exactly this text with SHA-256."""
    message = _bytes(part.text)
    return message is not None and _verified(message, signature, keys)


def _bytes(text: str) -> bytes | None:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None


def _verified(message: bytes, signature: str, keys: Sequence[str]) -> bool:
    return bool(signature) and any(rsa.verify(message, signature, key) for key in keys)


def parts(body: bytes) -> dict[str, Part]:
    """The members of a reply's outermost object. Numbers stay the text that they are.

    Raises ValueError for anything but one JSON object in UTF-8, and for a name that comes twice, at any depth.
    """
    text = body.decode("utf-8")
    try:
        return _members(text)
    except RecursionError:
        raise ValueError("too deep") from None


def _members(text: str) -> dict[str, Part]:
    found: dict[str, Part] = {}
    at = _skip(text, _after(text, _skip(text, 0), "{"))
    if text[at : at + 1] != "}":
        while True:
            name, at = _DECODER.raw_decode(text, at)
            if not isinstance(name, str) or name in found:
                raise ValueError("not a name, or a name twice")
            start = _skip(text, _after(text, _skip(text, at), ":"))
            value, end = _DECODER.raw_decode(text, start)
            found[name] = Part(value, text[start:end])
            at = _skip(text, end)
            if text[at : at + 1] != ",":
                break
            at = _skip(text, at + 1)
    if _skip(text, _after(text, at, "}")) != len(text):
        raise ValueError("more than one value")
    return found


def _skip(text: str, at: int) -> int:
    match = _WHITE.match(text, at)
    return match.end() if match else at


def _after(text: str, at: int, sign: str) -> int:
    if text[at : at + 1] != sign:
        raise ValueError("not an object")
    return at + 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name twice")
    return fields


def _refuse(_name: str) -> Any:
    raise ValueError("not a number")


_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_refuse, object_pairs_hook=_unique)
