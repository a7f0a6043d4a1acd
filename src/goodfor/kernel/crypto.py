"""The key ring: data keys wrapped by the installation's master key; AES-256-GCM; keyed blind indexes.

A data key lives in `kernel_data_key`, wrapped with AES-256-GCM under the master key. Sealing uses the active key,
opening any key by its id, so a rotation needs no pause. Format of a sealed blob: nonce (12) + ciphertext + tag (16).
"""

import hmac
import os
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Self

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection

NONCE_BYTES = 12
INDEX_BYTES = 16
REFRESH_SECONDS = 10.0
_SEAL_PURPOSE = "seal"


class DecryptFailed(Exception):
    """The blob does not belong to this place, was changed, or its key is not ours. Never says more."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Ciphertext and the id of its key."""

    key_id: int
    blob: bytes = field(repr=False)

    def as_text(self) -> str:
        """As one text for a page or an address."""
        return urlsafe_b64encode(self.key_id.to_bytes(4, "big") + self.blob).decode()

    @classmethod
    def from_text(cls, text: str) -> Self:
        """What `as_text` made. Raises ValueError for what it cannot have made."""
        raw = urlsafe_b64decode(text.encode("ascii"))
        return cls(int.from_bytes(raw[:4], "big"), raw[4:])


class KeyRing:
    """Keys of one installation, cached in the process, read from and created in the database."""

    def __init__(self, master_key: bytes) -> None:
        self._master = AESGCM(master_key)
        self._keys: dict[int, bytes] = {}
        self._ciphers: dict[int, AESGCM] = {}
        self._active: dict[str, int] = {}
        self._loaded_at = 0.0
        self._lock = threading.Lock()

    def _connect(self) -> "psycopg.Connection[tuple[int, str, bytes, bool]]":
        # A connection of its own: a key must outlive a business transaction that rolls back.
        params = connection.get_connection_params()
        allowed = {k: v for k, v in params.items() if k not in ("cursor_factory", "context", "prepare_threshold")}
        return psycopg.connect(**allowed, autocommit=True)

    def _wrap(self, purpose: str, key: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._master.encrypt(nonce, key, purpose.encode())

    def _load(self, db: "psycopg.Connection[tuple[int, str, bytes, bool]]") -> None:
        rows = db.execute("SELECT id, purpose, wrapped, active FROM kernel_data_key").fetchall()
        for key_id, purpose, wrapped, active in rows:
            if key_id not in self._keys:
                try:
                    key = self._master.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], purpose.encode())
                except InvalidTag:
                    raise DecryptFailed("the master key does not open the data keys") from None
                self._keys[key_id] = key
                self._ciphers[key_id] = AESGCM(key)
            if active:
                self._active[purpose] = key_id
        self._loaded_at = time.monotonic()

    def _active_of(self, purpose: str) -> int:
        if purpose in self._active and time.monotonic() - self._loaded_at < REFRESH_SECONDS:
            return self._active[purpose]
        with self._lock, self._connect() as db:
            self._load(db)
            if purpose not in self._active:
                db.execute(
                    "INSERT INTO kernel_data_key (purpose, wrapped, active) VALUES (%s, %s, true)"
                    " ON CONFLICT (purpose) WHERE active DO NOTHING",
                    [purpose, self._wrap(purpose, os.urandom(32))],
                )
                self._load(db)
            return self._active[purpose]

    @property
    def active_key_id(self) -> int:
        """Id of the key that seals now."""
        return self._active_of(_SEAL_PURPOSE)

    def raw_key(self, key_id: int) -> bytes:
        """The 32-byte data key, for loops that encrypt many rows. Raises DecryptFailed for an unknown id."""
        self._cipher(key_id)
        return self._keys[key_id]

    def raw_index_key(self, purpose: str) -> bytes:
        """The 32-byte key of a blind index; it is never rotated, because lookups depend on it."""
        return self._keys[self._active_of(f"index:{purpose}")]

    def _cipher(self, key_id: int) -> AESGCM:
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            with self._lock, self._connect() as db:
                self._load(db)
            cipher = self._ciphers.get(key_id)
            if cipher is None:
                raise DecryptFailed("unknown key")
        return cipher

    def seal(self, plaintext: bytes, aad: bytes) -> Sealed:
        """Encrypt under the active key; `aad` binds the blob to its place."""
        key_id = self.active_key_id
        nonce = os.urandom(NONCE_BYTES)
        return Sealed(key_id, nonce + self._ciphers[key_id].encrypt(nonce, plaintext, aad))

    def open(self, sealed: Sealed, aad: bytes) -> bytes:
        """Decrypt. Raises DecryptFailed for a changed blob, another place (`aad`) or an unknown key."""
        cipher = self._cipher(sealed.key_id)
        try:
            return cipher.decrypt(sealed.blob[:NONCE_BYTES], sealed.blob[NONCE_BYTES:], aad)
        except (InvalidTag, ValueError):
            raise DecryptFailed("cannot open") from None

    def blind_index(self, purpose: str, value: bytes) -> bytes:
        """HMAC-SHA256 of a normalised value, cut to 16 bytes: finds equal values without storing them."""
        return hmac.digest(self.raw_index_key(purpose), value, "sha256")[:INDEX_BYTES]

    def rotate(self) -> int:
        """Make a new active sealing key and return its id; old keys go on opening what they sealed."""
        with self._lock, self._connect() as db:
            with db.transaction():
                db.execute("UPDATE kernel_data_key SET active = false WHERE purpose = %s AND active", [_SEAL_PURPOSE])
                row = db.execute(
                    "INSERT INTO kernel_data_key (purpose, wrapped, active) VALUES (%s, %s, true) RETURNING id",
                    [_SEAL_PURPOSE, self._wrap(_SEAL_PURPOSE, os.urandom(32))],
                ).fetchone()
            self._load(db)
        assert row is not None
        return row[0]


_ring: KeyRing | None = None
_ring_lock = threading.Lock()


def keyring() -> KeyRing:
    """The key ring of this process, under settings.GOODFOR_MASTER_KEY."""
    global _ring
    with _ring_lock:
        if _ring is None:
            _ring = KeyRing(settings.GOODFOR_MASTER_KEY)
        return _ring


def forget_keys() -> None:
    """Drop the cached ring: after a database was replaced (tests, restore)."""
    global _ring
    with _ring_lock:
        _ring = None
