"""Web push: `subject` (a mailto: or https: address of the shop); the key pair (RFC 8292, VAPID) is made here.

Where a push goes was said by a browser, so only the known push services are called.
"""

import base64
import json
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded
from goodfor.notify.addresses import WEBPUSH
from goodfor.notify.mapping import push_target
from goodfor.notify.providers import http
from goodfor.notify.providers.base import ACCOUNT, GONE, Account, CannotAsk, ConfigProblem, Letter, required
from goodfor.notify.providers.calls import exchange
from goodfor.notify.providers.webpush.encryption import MAX_PLAIN, encrypt, point

HOSTS: Final = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.services.mozilla.com",
    "web.push.apple.com",
    ".push.apple.com",
    ".notify.windows.com",
)
TOKEN_LIFE: Final = timedelta(hours=12)
MAX_TTL: Final = 86_400 * 28
_GONE: Final = (404, 410)
_OURS: Final = (400, 401, 403)


class WebPush(CannotAsk):
    """One request a browser. The topic is our number, so a push service shows a repeated one once."""

    channels: tuple[str, ...] = (WEBPUSH,)

    def prepare(self, config: Mapping[str, Any], secrets: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        """With a key pair: the one there is, else a new one. Browsers subscribe to a key, so it stays."""
        pem = secrets.get("private_key") or _new_key()
        return {**config, "public_key": b64url(point(_key(pem).public_key()))}, {"private_key": pem}

    def check(self, account: Account) -> None:
        """Raise ConfigProblem unless the subject is an address at which a push service can complain."""
        required(account.config, "subject", most=200)
        if not str(account.config["subject"]).startswith(("mailto:", "https://")):
            raise ConfigProblem("subject", "malformed")

    def send(self, account: Account, letter: Letter, now: datetime) -> Outcome:
        """To one browser; its push service says 404 or 410 when it is no more."""
        try:
            target = push_target(account.shop_id, UUID(letter.address))
        except (DecryptFailed, ValueError):
            target = None
        if target is None:
            return Rejected(GONE)
        endpoint, browser_key, auth = target
        try:
            body = encrypt(
                _payload(letter),
                browser_key=browser_key,
                auth=auth,
                own_key=ec.generate_private_key(ec.SECP256R1()),
                salt=os.urandom(16),
            )
        except ValueError:
            return Rejected("bad_subscription")
        headers = {
            "authorization": _vapid(account, endpoint, now),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(max(0, min(int((letter.expires_at - now).total_seconds()), MAX_TTL))),
            "topic": b64url(letter.id.bytes),
            "urgency": "high" if letter.urgent else "normal",
        }
        reply = exchange("POST", endpoint, hosts=HOSTS, body=body, headers=headers)
        return _outcome(reply) if isinstance(reply, http.Reply) else reply


def _outcome(reply: http.Reply) -> Outcome:
    if 200 <= reply.status < 300:
        return Succeeded(urlsplit(reply.headers.get("location", "")).path[-120:])
    if reply.status in _GONE:
        return Rejected(GONE)
    return Rejected(ACCOUNT if reply.status in _OURS else f"http_{reply.status}")


def _payload(letter: Letter) -> bytes:
    said = letter.said
    text = said.text
    while True:
        payload = {"title": said.subject, "body": text, "url": said.link, "tag": letter.id.hex}
        packed = json.dumps(payload, ensure_ascii=False).encode()
        if len(packed) <= MAX_PLAIN:
            return packed
        text = text[: len(text) // 2]


def _vapid(account: Account, endpoint: str, now: datetime) -> str:
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + TOKEN_LIFE).timestamp()),
        "sub": str(account.config["subject"]),
    }
    token = jwt.encode(claims, account.secrets["private_key"], algorithm="ES256")
    return f"vapid t={token}, k={account.config['public_key']}"


def _new_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _key(pem: str) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        raise ConfigProblem("private_key", "malformed") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ConfigProblem("private_key", "not_p256")
    return key


def b64url(raw: bytes) -> str:
    """Base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
