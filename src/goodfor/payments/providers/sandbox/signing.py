"""Signatures of the built-in sandbox channel: HMAC-SHA256 over the sorted parameters. Pure."""

import hmac
from collections.abc import Mapping
from urllib.parse import urlencode


def sign(params: Mapping[str, str], key: str) -> str:
    """Lower-case hex HMAC-SHA256 of the sorted, url-encoded parameters without `sign`."""
    text = urlencode(sorted((k, v) for k, v in params.items() if k != "sign"))
    return hmac.digest(key.encode(), text.encode(), "sha256").hex()


def verify(params: Mapping[str, str], key: str) -> bool:
    """True when `sign` fits, compared in constant time."""
    return hmac.compare_digest(sign(params, key).encode(), params.get("sign", "").encode())
