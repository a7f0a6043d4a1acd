"""Where the raw files of bills lie: in a folder of ours, readable by us alone, named by their content."""

import hashlib
from pathlib import Path

from django.conf import settings

from goodfor.kernel.ids import uuid7

_PIECE = 1 << 20


def folder() -> Path:
    """The folder, made if need be."""
    path = Path(settings.DATA_DIR) / "bills"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def new_path() -> Path:
    """A place for a file that is being fetched; empty, readable by us alone."""
    path = folder() / f"{uuid7()}.part"
    path.touch(mode=0o600, exist_ok=False)
    return path


def keep(path: Path) -> tuple[str, int]:
    """Give a fetched file its name; (SHA-256 in hex, size in bytes). The same content is kept once."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    name = digest.hexdigest()
    path.replace(kept_path(name))
    return name, size


def kept_path(sha256: str) -> Path:
    """The file of that content."""
    return folder() / f"{sha256}.bill"
