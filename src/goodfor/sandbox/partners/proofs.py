"""The time that calls carry, and whether one proves itself by it."""

import hmac
import time
from collections.abc import Mapping

from goodfor.sandbox.partners.signing import md5_sign


def stamp() -> str:
    """Now, in milliseconds."""
    return str(time.time_ns() // 1_000_000)


def true_of(params: Mapping[str, str], app_key: str, secret: str, *, old_ms: int = 300_000) -> bool:
    """Whether a call proves itself and is not older than that."""
    if params.get("appKey") != app_key or not hmac.compare_digest(md5_sign(params, secret), params.get("sign", "")):
        return False
    at = params.get("timestamp", "")
    return at.isdigit() and abs(int(stamp()) - int(at)) <= old_ms
