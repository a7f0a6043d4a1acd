"""The two secret files of an installation: made once, mode 0600, never printed."""

import base64
import os
import secrets
from pathlib import Path

from goodfor.cli.errors import CliError

MASTER = ("master.key", "GOODFOR_MASTER_KEY_FILE", "GOODFOR_MASTER_KEY")
SECRET = ("secret.key", "GOODFOR_SECRET_KEY_FILE", "GOODFOR_SECRET_KEY")


def write_once(path: Path, text: str) -> None:
    """Create `path` (0600) with `text` unless it exists; complete or absent, even when killed in between."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, text.encode("ascii"))
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        # A link fails when the name is taken: of two starters exactly one key wins.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def ensure_keys(data: Path, *, has_database: bool) -> dict[str, str]:
    """Make the missing key files and return the environment that names them.

    A database without its master key is never given a new one: its codes could not be opened again.
    Keys already named in the environment are left to whoever set them. Raises CliError.
    """
    named: dict[str, str] = {}
    for name, variable, direct in (MASTER, SECRET):
        if os.environ.get(variable) or os.environ.get(direct):
            continue
        path = data / name
        if has_database and variable == MASTER[1] and not path.exists():
            raise CliError(
                f"数据库还在，但主密钥 {path} 不见了；请从备份恢复这个文件，没有它卡密无法解密",
                f"the master key {path} is missing; restore it from your backup",
            )
        value = (
            base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")
            if variable == MASTER[1]
            else secrets.token_urlsafe(48)
        )
        write_once(path, value + "\n")
        named[variable] = str(path)
    return named


def existing_keys(data: Path) -> dict[str, str]:
    """The environment naming the key files that are already there; makes nothing."""
    return {
        variable: str(data / name)
        for name, variable, direct in (MASTER, SECRET)
        if not os.environ.get(variable) and not os.environ.get(direct) and (data / name).exists()
    }
