"""TC3-HMAC-SHA256, pure. Source: Tencent Cloud, "Signature v3", with its example as a test."""

import hashlib
import hmac
from collections.abc import Mapping

ALGORITHM = "TC3-HMAC-SHA256"


def authorization(
    *,
    secret_id: str,
    secret_key: str,
    service: str,
    date: str,
    timestamp: int,
    headers: Mapping[str, str],
    body: bytes,
) -> str:
    """The Authorization header of a POST to `/`; `date` is the UTC day of `timestamp`, all `headers` are signed."""
    names = sorted(headers)
    signed = ";".join(names)
    lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in names)
    request = "\n".join(("POST", "/", "", lines, signed, hashlib.sha256(body).hexdigest()))
    scope = f"{date}/{service}/tc3_request"
    to_sign = f"{ALGORITHM}\n{timestamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"TC3{secret_key}".encode()
    for part in (date, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, to_sign.encode(), "sha256").hexdigest()
    return f"{ALGORITHM} Credential={secret_id}/{scope}, SignedHeaders={signed}, Signature={signature}"
