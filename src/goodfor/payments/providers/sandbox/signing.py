"""Signatures of the sandbox channel, pure: HMAC-SHA256 over `<unix seconds>.<body>`, and over the page's parameters."""

import hmac

FRESH_SECONDS = 300
HEADER = "x-goodfor-signature"


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The header's value: `t=<unix seconds>,v1=<hex>`."""
    return f"t={timestamp},v1={_mac(secret, str(timestamp), body)}"


def verify(secret: str, header: str, body: bytes, now: float) -> str:
    """Empty when right, else the problem: `unsigned`, `stale_timestamp` or `bad_signature`."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    timestamp, given = parts.get("t", ""), parts.get("v1", "")
    if not (given and timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return "unsigned"
    if not hmac.compare_digest(_mac(secret, timestamp, body).encode(), given.encode()):
        return "bad_signature"
    return "" if abs(int(timestamp) - now) <= FRESH_SECONDS else "stale_timestamp"


def page_token(secret: str, number: str, amount_minor: int) -> str:
    """Proof that we made the link to the pay page."""
    return _mac(secret, "page", f"{number}:{amount_minor}".encode())


def _mac(secret: str, prefix: str, body: bytes) -> str:
    return hmac.new(secret.encode(), prefix.encode() + b"." + body, "sha256").hexdigest()
