"""DingTalk robot signature, pure: HMAC-SHA256 under the secret over "timestamp LF secret", in base64.

Source: DingTalk open platform, "custom robot, security settings". The timestamp is in milliseconds, good for an hour.
"""

import base64
import hmac


def signature(timestamp_ms: int, secret: str) -> str:
    """Base64; the caller percent-encodes it for the query."""
    return base64.b64encode(hmac.digest(secret.encode(), f"{timestamp_ms}\n{secret}".encode(), "sha256")).decode()
