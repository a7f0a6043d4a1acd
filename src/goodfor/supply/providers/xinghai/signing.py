"""Signatures of Xinghai: MD5 over what is not empty, the secret among it; codes encrypted. Pure.

Source: the vendor's API description. Calls are signed the same way as requests.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BEIJING: Final = timezone(timedelta(hours=8))
_NEVER: Final = frozenset({"sign", "appSecret"})


def stamp_of(now: float) -> str:
    """Unix seconds as `yyyyMMddHHmmssSSS` in Beijing, 17 digits."""
    milliseconds = round(now * 1000)
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC).astimezone(BEIJING)
    return f"{moment:%Y%m%d%H%M%S}{milliseconds % 1000:03d}"


def signed(fields: Mapping[str, str]) -> dict[str, str]:
    """What a signature covers of these, sorted by name."""
    return {name: value for name, value in sorted(fields.items()) if value != "" and name not in _NEVER}


def sign(fields: Mapping[str, str], secret: str) -> str:
    """The secret takes part as `appSecret`, in its place, and is not sent. 32 hex digits in lower case."""
    all_of_it = sorted({**signed(fields), "appSecret": secret}.items())
    text = "&".join(f"{name}={value}" for name, value in all_of_it)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def same(ours: str, theirs: Any) -> bool:
    """Compared in constant time, whatever came."""
    return isinstance(theirs, str) and hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "surrogatepass"))


def decrypt(sealed: str, secret: str) -> bytes:
    """Base64 of AES-128-ECB with PKCS#7, the key the 16 characters of the secret. Raises ValueError."""
    key = secret.encode("ascii")
    if len(key) != 16:
        raise ValueError("not a key")
    raw = base64.b64decode("".join(sealed.split()), validate=True)
    # The protocol's own mode; nothing of ours is encrypted by it.
    opener = Cipher(algorithms.AES(key), modes.ECB()).decryptor()  # noqa: S305
    padded = opener.update(raw) + opener.finalize()
    strip = padding.PKCS7(128).unpadder()
    return strip.update(padded) + strip.finalize()
