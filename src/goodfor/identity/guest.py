"""Guests: who holds the secret of an order owns it; a signed cookie names a browser. Pure."""

import hashlib
import hmac
import re

_REF = re.compile(r"[A-Za-z0-9_-]{16,64}\Z")
_NUMBER = re.compile(r"[0-9A-Z]{8,32}\Z")
_SECRET_MAX = 128


def looks_like_order_number(number: str) -> bool:
    """True when `number` could be an order number: worth asking the database about."""
    return _NUMBER.match(number) is not None


def owns_order(secret: str, secret_hash: bytes) -> bool:
    """True when SHA-256 of `secret` is `secret_hash` (32 bytes), compared in constant time."""
    if not secret or len(secret) > _SECRET_MAX or len(secret_hash) != hashlib.sha256().digest_size:
        return False
    digest = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
    return hmac.compare_digest(digest, secret_hash)


def buyer_cookie(ref: str, key: bytes) -> str:
    """The cookie that names a browser: `ref.signature`, HMAC-SHA256 of the ref under `key` (hex, 32 of 64 digits).

    Raises ValueError when `ref` is not 16 to 64 characters of the urlsafe base64 alphabet.
    """
    if not _REF.match(ref):
        raise ValueError("a buyer ref has 16 to 64 urlsafe characters")
    return f"{ref}.{_seal(ref, key)}"


def buyer_ref(cookie: str, key: bytes) -> str | None:
    """The ref inside a buyer cookie, or None when it is malformed or not signed with `key`."""
    ref, dot, seal = cookie.partition(".")
    if not dot or not _REF.match(ref) or not seal.isascii():
        return None
    return ref if hmac.compare_digest(seal, _seal(ref, key)) else None


def _seal(ref: str, key: bytes) -> str:
    return hmac.new(key, b"buyer-ref:" + ref.encode(), hashlib.sha256).hexdigest()[:32]
