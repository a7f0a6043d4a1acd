"""The settings of an embedded PostgreSQL, sized to the machine. ALTER SYSTEM still overrides any of them."""

import contextlib
import subprocess
from functools import cache
from pathlib import Path

import psutil  # type: ignore[import-untyped, unused-ignore]

from goodfor.cli.postgres_owner import BIN

MEGABYTE = 1024 * 1024
CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")

# Why each stands here: the queue-like tables (events, jobs, reservations) turn over quickly, so they are vacuumed
# after few dead rows and without long naps; JIT costs more than short statements take; checkpoints are rare
# because each one makes the next write of every page a full one; those pages are packed only where that is cheap: the
# built-in method takes 0.1 ms a page, a quarter of a risk decision, whose event goes into ten indexes. Statements and
# their values are never logged.
SETTINGS = """\
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 250
superuser_reserved_connections = 3
shared_buffers = {shared}MB
effective_cache_size = {cache}MB
work_mem = 8MB
maintenance_work_mem = {maintenance}MB
max_wal_size = 4GB
min_wal_size = 256MB
wal_compression = {compression}
checkpoint_timeout = 15min
checkpoint_completion_target = 0.9
synchronous_commit = on
full_page_writes = on
fsync = {fsync}
random_page_cost = 1.1
jit = off
autovacuum_naptime = 10s
autovacuum_vacuum_scale_factor = 0.02
autovacuum_vacuum_threshold = 500
autovacuum_vacuum_insert_scale_factor = 0.1
autovacuum_analyze_scale_factor = 0.02
autovacuum_analyze_threshold = 500
autovacuum_vacuum_cost_delay = 1ms
autovacuum_vacuum_cost_limit = 2000
idle_in_transaction_session_timeout = 5min
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_lock_waits = on
log_min_duration_statement = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_min_error_statement = panic
log_error_verbosity = terse
"""


def machine_memory() -> int:
    """Bytes this process may use: the machine's memory or the container's limit, whichever is less."""
    total = int(psutil.virtual_memory().total)
    for name in CGROUP_LIMITS:
        with contextlib.suppress(OSError, ValueError):
            total = min(total, int(Path(name).read_text(encoding="ascii")))
    return total


@cache
def compression() -> str:
    """`lz4` when the binaries were built with it; the built-in method costs more time than the space is worth."""
    built = subprocess.run([BIN / "pg_config", "--configure"], capture_output=True, text=True, check=False, timeout=20)
    return "lz4" if "--with-lz4" in built.stdout else "off"


def shared_buffers_mb(memory: int) -> int:
    """A quarter of `memory` bytes, at least 128 MB and at most 2 GB; in megabytes."""
    return max(128, min(2048, memory // 4 // MEGABYTE))


def settings_text(*, socket_dir: Path, fast: bool) -> str:
    """The file included at the end of postgresql.conf. `fast` gives up durability: for tests only."""
    memory = machine_memory()
    shared = 128 if fast else shared_buffers_mb(memory)
    quoted = str(socket_dir).replace("'", "''")
    text = SETTINGS.format(
        shared=shared,
        cache=max(256, memory // 2 // MEGABYTE),
        maintenance=max(64, min(512, memory // 16 // MEGABYTE)),
        compression=compression(),
        fsync="off" if fast else "on",
    )
    head = "# Written by goodfor at each start; change settings with ALTER SYSTEM.\n"
    return f"{head}{text}unix_socket_directories = '{quoted}'\n"
