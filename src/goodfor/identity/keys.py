"""API keys: `gf_<key id>_<secret>`. Pure, except that `new_*` draw random bytes."""

import hashlib
import hmac
import secrets
from typing import NamedTuple

PREFIX = "gf"
_KEY_ID_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_KEY_ID_LENGTH = 12
_LONGEST = 200


class ParsedKey(NamedTuple):
    """The two halves of a presented key; the secret only as its hash."""

    key_id: str
    secret_hash: bytes


def new_key_id() -> str:
    """A public key id: 12 letters and digits without look-alikes (59 bits)."""
    return "".join(secrets.choice(_KEY_ID_ALPHABET) for _ in range(_KEY_ID_LENGTH))


def new_secret() -> str:
    """A 256-bit secret, urlsafe base64, 43 characters."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """SHA-256 (32 bytes). A slow hash adds nothing to 256 random bits and would cost on each request."""
    return hashlib.sha256(secret.encode()).digest()


def compose(key_id: str, secret: str) -> str:
    """The key as its owner sees it once."""
    return f"{PREFIX}_{key_id}_{secret}"


def parse_authorization(header: str) -> ParsedKey | None:
    """Read `Bearer gf_<key id>_<secret>`; None when it is anything else."""
    if len(header) > _LONGEST or not header.isascii():
        return None
    scheme, _, credentials = header.partition(" ")
    if scheme.lower() != "bearer":
        return None
    prefix, _, rest = credentials.strip().partition("_")
    key_id, _, secret = rest.partition("_")
    if prefix != PREFIX or not secret or not key_id.isalnum():
        return None
    return ParsedKey(key_id, hashlib.sha256(secret.encode("ascii")).digest())


def matches(presented: bytes, stored: bytes, previous: bytes | None) -> bool:
    """True when the presented hash is the stored one or the previous one, both compared in constant time."""
    current = hmac.compare_digest(presented, stored)
    older = hmac.compare_digest(presented, previous or bytes(32))
    return current or (older and previous is not None)
