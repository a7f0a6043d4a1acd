"""Keys of doors: surrogate numbers by keyed hash, so that no address or account is stored."""

import hmac
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from goodfor.kernel.crypto import keyring
from goodfor.risk.doors.networks import address_of, is_shared, network_of
from goodfor.risk.doors.types import KINDS, By
from goodfor.risk.types import KeyKind

_PURPOSE: Final = "risk.key"
_POSITIVE: Final = (1 << 63) - 1
#: Passwords that were wrong are kept, for an hour, as so many bits: too few to tell one from a million others.
PASSWORD_BITS: Final = 24


def door_key(shop_id: UUID, kind: str, value: str) -> int:
    """A positive 63-bit number for a value of a kind in a shop: HMAC-SHA256 under a key of the installation."""
    text = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
    digest = hmac.digest(keyring().raw_index_key(_PURPOSE), shop_id.bytes + text, "sha256")
    return int.from_bytes(digest[:8], "big") & _POSITIVE


def asker(shop_id: UUID, keys: Mapping[KeyKind, str], subject: str) -> tuple[dict[By, int], bool]:
    """The numbers of all that is known of the asker, and whether the address is one that thousands share.

    The network follows from the address where it is not given.
    """
    given = {KINDS[kind]: value for kind, value in keys.items() if kind in KINDS and value}
    ip = given.get(By.ADDRESS, "")
    if By.NETWORK in given or ip:
        given[By.NETWORK] = network_of(given.get(By.NETWORK) or ip)
    if ip:
        given[By.ADDRESS] = address_of(ip)
    if subject:
        given[By.SUBJECT] = subject
        if By.DEVICE in given:
            given[By.OWN] = f"{given[By.DEVICE]}\0{subject}"
    return {by: door_key(shop_id, by.name, value) for by, value in given.items()}, is_shared(ip)


def scope_of(shop_id: UUID, batch: str) -> int:
    """The number of a batch for the breaker; 0: none, the whole shop."""
    return (door_key(shop_id, "batch", batch) or 1) if batch else 0


def password_mark(shop_id: UUID, password: str) -> int:
    """Some bits of a keyed hash: equal for equal passwords, and for one in sixteen million others."""
    return door_key(shop_id, "password", password) >> (63 - PASSWORD_BITS)


def beginning_mark(shop_id: UUID, door: str, text: str) -> int | None:
    """The number of how a guess begins: all but its last six characters, at least four; None where it is too short.

    Runs of neighbours and tries at the end of a code that was seen in part begin alike; honest guesses never do.
    """
    if len(text) < 10:
        return None
    return door_key(shop_id, f"beginning.{door}", text[:-6])
