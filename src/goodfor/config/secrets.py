"""Read the two secrets of an installation from files named in the environment.

Without them (tests, `--help`, static checks) a random key is made for this process only: nothing that it
seals can be opened by another process, so a forgotten setting shows at once instead of weakening anything.
"""

import base64
import os
import secrets
from pathlib import Path


def secret_key() -> str:
    """Return Django's signing key: the content of GOODFOR_SECRET_KEY_FILE, or one for this process."""
    path = os.environ.get("GOODFOR_SECRET_KEY_FILE")
    if path:
        return Path(path).read_text(encoding="ascii").strip()
    return os.environ.get("GOODFOR_SECRET_KEY") or secrets.token_urlsafe(48)


def master_key() -> bytes:
    """Return the 32-byte key that wraps all data keys. Raises ValueError when the file has another length."""
    path = os.environ.get("GOODFOR_MASTER_KEY_FILE")
    text = Path(path).read_text(encoding="ascii").strip() if path else os.environ.get("GOODFOR_MASTER_KEY", "")
    if not text:
        return secrets.token_bytes(32)
    key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(key) != 32:
        raise ValueError("the master key must be 32 bytes in urlsafe base64; restore the right file from your backup")
    return key
