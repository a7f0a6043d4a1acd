"""Signatures of requests to the API, verified: by the two RFCs, for the one form that the API takes with HMAC."""

import base64
import binascii
import hashlib
import hmac
import re
from typing import Final

from goodfor.sandbox.suppliers.types import Refused
from goodfor.sandbox.suppliers.vendor import header, same
from goodfor.sandbox.web import Request

_INPUT: Final = re.compile(r'([a-z]{1,20})=(\(((?:"[a-z@-]{1,40}" ?)*)\)((?:;[a-z]{1,12}=(?:"[^"]{1,80}"|\d{1,12}))*))')
_PARAMETER: Final = re.compile(r';([a-z]{1,12})=(?:"([^"]{1,80})"|(\d{1,12}))')
_OLDEST, _AHEAD = 300, 30


def verify(request: Request, key_id: str, secret: bytes, now_ms: int) -> None:
    """Raises Refused: signature, clock."""
    found = _INPUT.fullmatch(header(request, "Signature-Input"))
    if found is None:
        raise Refused("signature", "no signature")
    label, params, names = found[1], found[2], [name.strip('"') for name in found[3].split()]
    told = {one[1]: one[2] or one[3] for one in _PARAMETER.finditer(found[4])}
    needed = {"@method", "@target-uri"}
    needed |= {"content-digest"} if request.body else set()
    needed |= {"idempotency-key"} if header(request, "Idempotency-Key") else set()
    if not needed <= set(names) or len(names) != len(set(names)) or told.get("keyid") != key_id:
        raise Refused("signature", "it does not cover enough")
    if request.body and not same(_digest(request.body), header(request, "Content-Digest")):
        raise Refused("signature", "digest")
    lines = [f'"{name}": {_component(request, name)}' for name in names]
    base = "\n".join([*lines, f'"@signature-params": {params}'])
    ours = base64.b64encode(hmac.new(secret, base.encode(), hashlib.sha256).digest()).decode()
    if not same(f"{label}=:{ours}:", header(request, "Signature")):
        raise Refused("signature", "another signature")
    if not 8 <= len(told.get("nonce", "")) <= 64:
        raise Refused("signature", "nonce")
    age = now_ms / 1000 - int(told.get("created") or 0)
    if not -_AHEAD <= age <= _OLDEST:
        raise Refused("clock", "too old")


def secret_bytes(text: str) -> bytes:
    """A secret as it is shown once: urlsafe base64 without padding."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("not base64") from None


def _component(request: Request, name: str) -> str:
    if name == "@method":
        return request.method
    if name == "@target-uri":
        return f"http://{header(request, 'Host')}{request.target}"
    return header(request, name)


def _digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
