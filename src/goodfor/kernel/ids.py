"""Identifiers: UUIDv7 (RFC 9562) for rows, readable numbers for people, secrets for guests."""

import hashlib
import os
import secrets
import threading
import time
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

_VERSION_AND_VARIANT = (0x7 << 76) | (0b10 << 62)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BEIJING = ZoneInfo("Asia/Shanghai")
_lock = threading.Lock()
_last_ticks = 0


def _next_ticks(count: int) -> int:
    """Reserve `count` ticks of 1/4096 ms, never going back within this process."""
    global _last_ticks
    with _lock:
        first = max((time.time_ns() << 12) // 1_000_000, _last_ticks + 1)
        _last_ticks = first + count - 1
    return first


def _build(ticks: int, noise: int) -> UUID:
    # 48 bits of milliseconds, 12 bits of sub-millisecond time (RFC 9562 method 3), 62 random bits.
    return UUID(int=((ticks >> 12) << 80) | ((ticks & 0xFFF) << 64) | _VERSION_AND_VARIANT | (noise >> 2))


def uuid7() -> UUID:
    """A new UUIDv7, ascending within this process."""
    return _build(_next_ticks(1), int.from_bytes(os.urandom(8), "big"))


def uuid7_batch(count: int) -> list[UUID]:
    """`count` ascending UUIDv7 values, cheaper than one by one."""
    first, noise = _next_ticks(count), os.urandom(8 * count)
    return [_build(first + i, int.from_bytes(noise[8 * i : 8 * i + 8], "big")) for i in range(count)]


def uuid7_floor(at: datetime) -> UUID:
    """The least UUIDv7 of an instant: ids made from then on are not below it."""
    return UUID(int=(int(at.timestamp() * 1000) << 80) | _VERSION_AND_VARIANT)


def order_number(now: datetime) -> str:
    """A number people can read out: G, Beijing date, 10 Crockford characters (50 random bits), 17 characters in all.

    Within 32 characters of [0-9A-Z], so payment channels accept it. Unguessable enough not to count orders by it;
    it is no proof of ownership.
    """
    noise = int.from_bytes(os.urandom(7), "big")
    tail = "".join(_CROCKFORD[(noise >> (5 * i)) & 31] for i in range(10))
    return f"G{now.astimezone(_BEIJING):%y%m%d}{tail}"


def secret_token(nbytes: int = 24) -> str:
    """An unguessable urlsafe token of `nbytes` random bytes."""
    return secrets.token_urlsafe(nbytes)


def hash_token(token: str) -> bytes:
    """SHA-256 of a high-entropy token (32 bytes): what the database keeps instead of the token."""
    return hashlib.sha256(token.encode()).digest()
