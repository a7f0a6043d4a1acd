"""How calls and answers are signed: HMAC-SHA256 over lines, in hexadecimal."""

import hashlib
import hmac


def signature(secret: str, *lines: str, body: bytes) -> str:
    """The lines, then the hash of the body."""
    text = "\n".join([*lines, hashlib.sha256(body).hexdigest()])
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """In the same time, however much of it fits."""
    return hmac.compare_digest(one.encode(), other.encode())
