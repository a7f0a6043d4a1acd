"""The embedded server: made, killed, started again, refused where it must be."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from goodfor.cli import processes
from goodfor.cli.errors import CliError
from goodfor.cli.postgres import LONGEST_SOCKET, SOCKET, Cluster, temporary_cluster
from goodfor.cli.postgres_conf import MEGABYTE, settings_text, shared_buffers_mb
from goodfor.cli.postgres_owner import server_owner


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_survives_sigkill_and_keeps_what_was_committed(folder: Path) -> None:
    cluster = Cluster(folder / "pg")
    assert not cluster.exists
    # An init that was killed half way leaves a draft behind; it is not taken for a database.
    (folder / "pg" / "pgdata.new").mkdir(parents=True)
    (folder / "pg" / "pgdata.new" / "PG_VERSION").write_text("18\n")
    cluster.init()
    cluster.start()
    try:
        cluster.wait_ready()
        cluster.ensure_database("goodfor")
        cluster.ensure_database("goodfor")
        with psycopg.connect(cluster.url("goodfor")) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
            wanted = {"fsync": "on", "synchronous_commit": "on", "data_checksums": "on", "jit": "off"}
            shown = {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in wanted}
            assert shown == wanted
            locale = connection.execute(
                "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = 'goodfor'"
            ).fetchone()
            assert locale == ("UTF8", "C")
        assert stat.S_IMODE(cluster.socket_dir.stat().st_mode) == 0o700
        assert cluster.socket_dir.stat().st_uid == server_owner().uid
        assert stat.S_IMODE((cluster.socket_dir / SOCKET).stat().st_mode) == 0o700

        os.kill(cluster.process.pid, signal.SIGKILL)
        cluster.process.wait()
        assert not cluster.alive()
        assert wait_until(lambda: not cluster.others())
        # The number in the lock file belongs to a stranger by now (this test): it is not taken for a server.
        lock = cluster.pgdata / "postmaster.pid"
        lines = lock.read_text().splitlines()
        lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

        cluster.start()
        cluster.wait_ready()
        with psycopg.connect(cluster.url("goodfor")) as connection:
            assert connection.execute("SELECT count(*), sum(n) FROM kept").fetchone() == (1000, 500500)

        with pytest.raises(CliError, match="used by another server"):
            Cluster(folder / "pg").start()
    finally:
        cluster.stop()
    assert processes.inside(str(cluster.pgdata)) == []
    assert not (cluster.pgdata / "postmaster.pid").exists()

    (cluster.pgdata / "PG_VERSION").write_text("15\n")
    with pytest.raises(CliError, match="made by PostgreSQL 15"):
        cluster.init()
    with pytest.raises(CliError, match="made by PostgreSQL 15"):
        cluster.start()


def test_temporary_cluster_leaves_nothing() -> None:
    with temporary_cluster(fast=True) as cluster:
        home, socket_dir = cluster.home, cluster.socket_dir
        with psycopg.connect(cluster.url("postgres")) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("off",)
    assert not home.exists()
    assert not socket_dir.exists()
    assert processes.inside(str(home / "pgdata")) == []


@pytest.mark.skipif(sys.platform != "linux", reason="needs PR_SET_PDEATHSIG")
def test_server_ends_when_its_starter_is_killed(folder: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from goodfor.cli.postgres import Cluster\n"
        "c = Cluster(Path(sys.argv[1]), fast=True); c.init(); c.start(); c.wait_ready()\n"
        "print('up', flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", program, str(folder / "pg")], stdout=subprocess.PIPE, env=source_environment()
    )
    assert starter.stdout.readline() == b"up\n"
    cluster = Cluster(folder / "pg", fast=True)
    assert cluster.answers()
    starter.kill()
    starter.wait()
    assert wait_until(lambda: not cluster.others())


def source_environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}


def test_folder_with_other_files_is_refused(folder: Path) -> None:
    cluster = Cluster(folder)
    cluster.pgdata.mkdir()
    (cluster.pgdata / "thesis.txt").write_text("mine")
    with pytest.raises(CliError, match="not a PostgreSQL data directory"):
        cluster.init()
    assert (cluster.pgdata / "thesis.txt").read_text() == "mine"


def test_socket_path_always_fits() -> None:
    short, long = Cluster(Path("/srv/goodfor")), Cluster(Path("/srv") / ("x" * 120))
    assert short.socket_dir == Path("/srv/goodfor/run")
    for cluster in (short, long):
        assert len(str(cluster.socket_dir / SOCKET)) <= LONGEST_SOCKET
    assert long.socket_dir != Cluster(Path("/srv") / ("y" * 120)).socket_dir


@pytest.mark.parametrize(("memory_mb", "expected"), [(64, 128), (1024, 256), (4096, 1024), (65536, 2048)])
def test_shared_buffers_follow_memory(memory_mb: int, expected: int) -> None:
    assert shared_buffers_mb(memory_mb * MEGABYTE) == expected


def test_statements_are_never_logged() -> None:
    text = settings_text(socket_dir=Path("/run/it's"), fast=False)
    assert "log_min_error_statement = panic" in text
    assert "log_parameter_max_length_on_error = 0" in text
    assert "unix_socket_directories = '/run/it''s'" in text
    assert "listen_addresses = ''" in text
