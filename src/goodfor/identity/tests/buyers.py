"""Makers of signed-in buyers for tests, and a software authenticator for passkeys."""

import base64
import hashlib
import json
import os
import struct
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from goodfor.identity import queries as identity
from goodfor.identity.operations.issue_code import issue_code
from goodfor.identity.operations.sign_in_by_code import sign_in_by_code
from goodfor.identity.types import NewSession, SignedInBuyer, Visitor
from goodfor.kernel.ids import secret_token

HOME = Visitor(ip="198.51.100.10", label="Chrome · Windows")
AWAY = Visitor(ip="203.0.113.66", label="Firefox · Linux")


def let_in(
    shop_id: UUID, now: datetime, contact: str = "lin@example.com", visitor: Visitor = HOME, replaces: str = ""
) -> NewSession:
    """Sign in, or up, by a code."""
    issued = issue_code(shop_id=shop_id, contact=contact, purpose="signin", visitor=visitor, now=now)
    return sign_in_by_code(
        shop_id=shop_id, code_id=issued.code_id, code=issued.code, visitor=visitor, replaces=replaces, now=now
    )


def buyer_of(shop_id: UUID, session: NewSession, now: datetime) -> SignedInBuyer:
    """Who the session is."""
    found = identity.signed_in(shop_id, session.token, now)
    assert found is not None
    return found


def make_buyer(
    shop_id: UUID, now: datetime, contact: str = "lin@example.com", visitor: Visitor = HOME
) -> SignedInBuyer:
    """A buyer who has just signed in."""
    return buyer_of(shop_id, let_in(shop_id, now, contact, visitor), now)


def known(visitor: Visitor, session: NewSession) -> Visitor:
    """The visitor with the device cookie that the session gave."""
    return Visitor(ip=visitor.ip, device=session.device, label=visitor.label, locale=visitor.locale)


def new_device() -> str:
    """A device cookie that nobody knows."""
    return secret_token(32)


# -- a software authenticator: CBOR and COSE by hand -----------------------------------------------------------


def _head(major: int, value: int) -> bytes:
    if value < 24:
        return bytes([major << 5 | value])
    if value < 256:
        return bytes([major << 5 | 24, value])
    return bytes([major << 5 | 25]) + struct.pack(">H", value)


def cbor(value: Any) -> bytes:
    """RFC 8949, as much of it as an authenticator says."""
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    assert isinstance(value, dict)
    return _head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


def b64(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


UP, UV, BS, AT = 0x01, 0x04, 0x10, 0x40


@dataclass
class Authenticator:
    """One resident ES256 key. `count` 0 stays 0, as many platforms do it."""

    origin: str
    host: str
    count: int = 0
    flags: int = UP | UV
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    handle: bytes = b""

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _head(self, extra: int = 0) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", self.flags | extra, self.count)

    def _cose(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        return cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """navigator.credentials.create."""
        public = options["publicKey"]
        self.handle = unb64(public["user"]["id"])
        data = self._head(AT) + bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id
        attested = cbor({"fmt": "none", "attStmt": {}, "authData": data + self._cose()})
        client = self._client_data("webauthn.create", public["challenge"])
        return {
            "id": b64(self.credential_id),
            "rawId": b64(self.credential_id),
            "type": "public-key",
            "response": {"clientDataJSON": b64(client), "attestationObject": b64(attested)},
        }

    def get(self, options: dict[str, Any], challenge: str = "") -> dict[str, Any]:
        """navigator.credentials.get."""
        if self.count:
            self.count += 1
        data = self._head()
        client = self._client_data("webauthn.get", challenge or options["publicKey"]["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return {
            "id": b64(self.credential_id),
            "rawId": b64(self.credential_id),
            "type": "public-key",
            "response": {
                "clientDataJSON": b64(client),
                "authenticatorData": b64(data),
                "signature": b64(signature),
                "userHandle": b64(self.handle),
            },
        }


def unb64(text: str) -> bytes:
    """The bytes behind base64url."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
