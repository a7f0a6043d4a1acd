"""Feishu robot signature, pure: HMAC-SHA256 of nothing under the key "timestamp LF secret", in base64.

Source: Feishu open platform, "custom bot, signature verification". The timestamp is in seconds, good for an hour.
"""

import base64
import hmac


def signature(timestamp: int, secret: str) -> str:
    """Base64."""
    return base64.b64encode(hmac.digest(f"{timestamp}\n{secret}".encode(), b"", "sha256")).decode()
