"""A browser and its push service: subscriptions, VAPID (RFC 8292), aes128gcm (RFC 8188, 8291)."""

import base64
import json
import re
import time

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from goodfor.sandbox.notify.desk import Browser, Desk
from goodfor.sandbox.web import Request, Response, json_response

_VAPID = re.compile(r"vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)")
_DAY = 86_400


def subscribe(desk: Desk, _request: Request) -> Response:
    """POST /_control/push: what `pushManager.subscribe()` gives a page."""
    return json_response(subscription(desk), 201)


def subscription(desk: Desk) -> dict[str, str]:
    """A new browser's endpoint and keys."""
    browser = desk.new_browser()
    return {
        "endpoint": f"{desk.url}/push/{browser.token}",
        "p256dh": _encoded(_point(browser.private.public_key())),
        "auth": _encoded(browser.auth),
    }


def receive(desk: Desk, request: Request, token: str) -> Response:
    """POST to an endpoint: 201 when kept, 404/410 when the browser is gone, 403 for a wrong VAPID, 400 for the rest."""
    browser = desk.browser(token)
    if browser is None:
        return _answer(desk, 404)
    if browser.gone or desk.faults.take("gone", "push") is not None:
        browser.gone = True
        return _answer(desk, 410)
    if desk.faults.take("rate_limit", "push") is not None:
        return _answer(desk, 429)
    if not _vapid_is_right(desk, request) or desk.faults.take("bad_signature", "push") is not None:
        return _answer(desk, 403)
    headers = request.headers
    topic = headers.get("Topic", "")
    if headers.get("Content-Encoding") != "aes128gcm" or not headers.get("Ttl", "").isdigit() or len(topic) > 32:
        return _answer(desk, 400)
    try:
        plain = _decrypted(browser, request.body)
        content = json.loads(plain)
    except (ValueError, InvalidTag, IndexError):
        return _answer(desk, 400)
    content = {**content, "text": content.get("body", ""), "ttl": headers["Ttl"], "urgency": headers.get("Urgency", "")}
    number = desk.books.letter("push", token, content, at_ms=desk.now_ms(), tag=topic)
    desk.note("push", "receive", "201")
    return Response(201, b"", (("Location", f"{desk.url}/messages/{number}"),))


def _answer(desk: Desk, status: int) -> Response:
    desk.note("push", "receive", str(status))
    return Response(status, b"", (("Retry-After", "1"),) if status == 429 else ())


def _vapid_is_right(desk: Desk, request: Request) -> bool:
    found = _VAPID.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        return False
    head, body, signature, key = found.groups()
    try:
        claims = json.loads(_raw(body))
        raw = _raw(signature)
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _raw(key))
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        public.verify(der, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    except (ValueError, InvalidSignature):
        return False
    in_time = time.time() < float(claims.get("exp", 0)) <= time.time() + _DAY
    named = str(claims.get("sub", "")).startswith(("mailto:", "https://"))
    return len(raw) == 64 and in_time and named and claims.get("aud") == desk.url


def _decrypted(browser: Browser, body: bytes) -> bytes:
    salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    sender, record = body[21 : 21 + length], body[21 + length :]
    if size < 18 or len(record) > size:
        raise ValueError("more than one record")
    shared = browser.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    info = b"WebPush: info\x00" + _point(browser.private.public_key()) + sender
    combined = HKDF(hashes.SHA256(), 32, browser.auth, info).derive(shared)
    key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(combined)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(combined)
    padded = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\x00")
    if padded[-1] != 2:
        raise ValueError("not the last record")
    return padded[:-1]


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
