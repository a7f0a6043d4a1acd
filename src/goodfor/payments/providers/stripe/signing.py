"""The signature of an event, pure. Header: `t=<unix>,v1=<hex>[,v1=...]`; signed are `<t>.` and the raw body."""

import hashlib
import hmac
import re

MAX_HEADER = 1024
TOLERANCE_SECONDS = 300
_HEX = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"[1-9][0-9]{0,11}")


class Malformed(ValueError):
    """The header is none."""


def parse_header(header: str) -> tuple[int, tuple[str, ...]]:
    """(t, the v1 signatures). Other schemes (v0 of test events) are passed over. Raises Malformed."""
    if not header or len(header) > MAX_HEADER or not header.isascii():
        raise Malformed
    times: list[str] = []
    signatures: list[str] = []
    for part in header.split(","):
        name, found, value = part.strip().partition("=")
        if not found:
            raise Malformed
        if name == "t":
            times.append(value)
        elif name == "v1":
            signatures.append(value)
    if len(times) != 1 or _TIME.fullmatch(times[0]) is None or not signatures:
        raise Malformed
    return int(times[0]), tuple(signatures)


def sign(timestamp: int, body: bytes, secret: str) -> str:
    """HMAC-SHA256 in hex with the endpoint's secret as text, its `whsec_` included."""
    return hmac.new(secret.encode(), str(timestamp).encode() + b"." + body, hashlib.sha256).hexdigest()


def verify(timestamp: int, signatures: tuple[str, ...], body: bytes, secret: str) -> bool:
    """True when any of the signatures is right (several while a secret is being changed); constant time for each."""
    expected = sign(timestamp, body, secret)
    good = False
    for signature in signatures:
        good |= _HEX.fullmatch(signature) is not None and hmac.compare_digest(signature, expected)
    return bool(secret) and good


def is_fresh(timestamp: int, now: float) -> bool:
    """True within the tolerance, both ways: an event from the future is as little believed as an old one."""
    return abs(timestamp - now) <= TOLERANCE_SECONDS
