"""ACS3-HMAC-SHA256, pure. Source: Alibaba Cloud, "V3 request structure and signature", with its example as a test."""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"


def encoded(text: str) -> str:
    """Percent-encoding of RFC 3986: all but letters, digits and -_.~"""
    return quote(text, safe="-_.~")


def canonical_query(params: Mapping[str, str]) -> str:
    """Names and values encoded, sorted by name."""
    return "&".join(f"{encoded(name)}={encoded(params[name])}" for name in sorted(params))


def body_hash(body: bytes) -> str:
    """What goes into x-acs-content-sha256."""
    return hashlib.sha256(body).hexdigest()


def authorization(
    *,
    key_id: str,
    secret: str,
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    hashed_body: str,
) -> str:
    """The Authorization header; `headers` (lower-case names) are signed all."""
    names = sorted(headers)
    signed = ";".join(names)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    request = "\n".join((method, path, query, lines, signed, hashed_body))
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), "sha256").hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={signed},Signature={signature}"
