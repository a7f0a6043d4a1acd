"""HTTP message signatures with a shared secret (RFC 9421, digests by RFC 9530), for clients that must sign. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

LABEL: Final = "goodfor"


def digest_of(body: bytes) -> str:
    """`content-digest` of a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def base_of(components: Sequence[tuple[str, str]], params: str) -> bytes:
    """What is signed: a line for each component, then the parameters."""
    lines = [f'"{name}": {value}' for name, value in components]
    return "\n".join([*lines, f'"@signature-params": {params}']).encode("ascii")


def params_of(names: Sequence[str], created: int, key_id: str, nonce: str = "") -> str:
    """The parameters as they are sent: what is covered, when (Unix seconds), by whose key, which once."""
    covered = " ".join(f'"{name}"' for name in names)
    once = f';nonce="{nonce}"' if nonce else ""
    return f'({covered});created={created};keyid="{key_id}"{once}'


def sign(components: Sequence[tuple[str, str]], params: str, secret: bytes) -> str:
    """hmac-sha256 over them, in base64."""
    return base64.b64encode(hmac.new(secret, base_of(components, params), hashlib.sha256).digest()).decode()


def headers_of(
    method: str, url: str, body: bytes, idempotency_key: str, *, created: int, key_id: str, nonce: str, secret: bytes
) -> dict[str, str]:
    """`Signature`, `Signature-Input` and `Content-Digest` of a request to exactly this address."""
    components = [("@method", method), ("@target-uri", url)]
    headers = {}
    if body:
        headers["Content-Digest"] = digest_of(body)
        components.append(("content-digest", headers["Content-Digest"]))
    if idempotency_key:
        components.append(("idempotency-key", idempotency_key))
    params = params_of([name for name, _value in components], created, key_id, nonce)
    headers["Signature-Input"] = f"{LABEL}={params}"
    headers["Signature"] = f"{LABEL}=:{sign(components, params, secret)}:"
    return headers
