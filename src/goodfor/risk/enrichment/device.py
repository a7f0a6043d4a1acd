"""The device cookie: a random id that only this installation can have given out, kept by the browser for years.

It is a hint, never a proof: whoever deletes it is a new device, whoever copies it is the same one. What it does prove is
that we gave it out, and when: nobody can make one that is old.
"""

import hmac
import os
import re
from base64 import b32encode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Final

from goodfor.kernel.crypto import keyring

COOKIE: Final = "goodfor_device_id"
#: How long a browser keeps it (browsers of today allow no more).
LASTS: Final = timedelta(days=400)
_VERSION: Final = "d1"
_ID: Final = re.compile(r"d1([0-9a-f]{8})([a-z2-7]{26})\Z")
_FINGERPRINT: Final = re.compile(r"[A-Za-z0-9_-]{16,64}\Z")


def _mac(device_id: str) -> str:
    key = keyring().raw_index_key("risk.device")
    return urlsafe_b64encode(hmac.digest(key, device_id.encode(), "sha256")[:16]).rstrip(b"=").decode()


def issue(now: datetime) -> tuple[str, str]:
    """A new device: its id (for `Act.device`) and the cookie to set (HttpOnly, Secure, SameSite=Lax, for `LASTS`)."""
    given = f"{int(now.timestamp()):08x}"
    device_id = f"{_VERSION}{given}{b32encode(os.urandom(16)).rstrip(b'=').decode().lower()}"
    return device_id, f"{device_id}.{_mac(device_id)}"


def read(cookie: str) -> str | None:
    """The device id of a cookie, or None when we did not give it out just so."""
    if len(cookie) > 80:
        return None
    device_id, _, mac = cookie.partition(".")
    if not _ID.match(device_id) or not mac.isascii():
        return None
    return device_id if hmac.compare_digest(_mac(device_id), mac) else None


def given_at(device_id: str) -> datetime | None:
    """When a device was first seen, from an id that `read` has returned; None for anything else."""
    found = _ID.match(device_id)
    if not found:
        return None
    return datetime.fromtimestamp(int(found.group(1), 16), UTC)


def fingerprint(text: str) -> str | None:
    """A browser's fingerprint as far as it may count: a weak link between accounts. Anybody can send any.

    The scripts in use give the same to one browser in five of the same make, so that nothing may hang on it alone.
    """
    return text if _FINGERPRINT.match(text) else None
