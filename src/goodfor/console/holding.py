"""Files that somebody is about to import: on disk for an hour at most, for this program alone, never in a table.

A held file is named by a signed token that says whose it is; the token is what the form carries.
"""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing

from goodfor.console.errors import HeldFileGone, HeldFileTooLarge, NothingHeld
from goodfor.kernel.ids import uuid7

MAX_BYTES: Final = 1_000_000
KEEP_SECONDS: Final = 3600
SUFFIXES: Final = frozenset({".txt", ".csv", ".xlsx"})
_SALT: Final = "console.holding"


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "held"


def hold(*, shop_id: UUID, staff_id: UUID, filename: str, parts: Iterable[bytes]) -> str:
    """Keep the bytes; returns the token. Raises NothingHeld, HeldFileTooLarge; then nothing is kept."""
    forget_old()
    suffix = Path(filename).suffix.lower()
    name = f"{uuid7()}{suffix if suffix in SUFFIXES else '.txt'}"
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, size = folder / name, 0
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for part in parts:
                size += len(part)
                if size > MAX_BYTES:
                    raise HeldFileTooLarge
                file.write(part)
        if size == 0:
            raise NothingHeld
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return signing.dumps([name, filename[:120], str(shop_id), str(staff_id)], salt=_SALT)


def held_file(token: str, *, shop_id: UUID, staff_id: UUID) -> tuple[Path, str]:
    """Where a held file lies, and what it was called. Raises HeldFileGone: too old, used, or somebody else's."""
    try:
        name, filename, shop, staff = signing.loads(token, salt=_SALT, max_age=KEEP_SECONDS)
    except signing.BadSignature:
        raise HeldFileGone from None
    path = _folder() / name
    if (shop, staff) != (str(shop_id), str(staff_id)) or not path.is_file():
        raise HeldFileGone
    return path, filename


def drop(token: str, *, shop_id: UUID, staff_id: UUID) -> None:
    """Delete a held file; harmless when it is gone."""
    try:
        path, _name = held_file(token, shop_id=shop_id, staff_id=staff_id)
    except HeldFileGone:
        return
    path.unlink(missing_ok=True)


def forget_old() -> int:
    """Delete what nobody imported within the hour; how many files."""
    gone, folder = 0, _folder()
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            old = time.time() - path.stat().st_mtime > KEEP_SECONDS
        except FileNotFoundError:
            continue
        if old:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
