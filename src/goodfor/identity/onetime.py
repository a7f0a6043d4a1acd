"""One-time codes: six digits, kept as a keyed hash bound to the row that waits for them."""

import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from goodfor.kernel.crypto import keyring

DIGITS = 6
LIFETIME = timedelta(minutes=5)


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def code_hash(code_id: UUID, code: str) -> bytes:
    """HMAC-SHA256 (32 bytes) under a key of the installation: without it a million guesses would undo a plain hash."""
    key = keyring().raw_index_key("identity.code")
    return hmac.digest(key, code_id.bytes + code.encode("utf-8", "surrogatepass"), "sha256")


def cleaned(text: str) -> str:
    """What was typed as digits: without gaps, full-width digits as ASCII; anything else stays wrong."""
    digits = "".join(ch for ch in text[:40] if not ch.isspace() and ch != "-")
    try:
        return "".join(str(int(ch)) for ch in digits)[: DIGITS + 1]
    except ValueError:
        return ""
