"""Keeping things alive: with tiny children and, once, a real database."""

import contextlib
import http.server
import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from rich.console import Console

from goodfor.cli import children, processes, runfile, supervisor
from goodfor.cli.children import Child, ChildSpec, rotate
from goodfor.cli.errors import CliError
from goodfor.cli.health import HealthWatch
from goodfor.cli.postgres import Cluster
from goodfor.cli.processes import RUN_ID_VARIABLE, Fingerprint
from goodfor.cli.specs import Options, child_specs, stand_in_specs
from goodfor.cli.supervisor import Supervisor, free_port
from goodfor.cli.tests.test_postgres import source_environment, wait_until

SLEEP = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
WITH_CHILD = (
    "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(p.pid, flush=True); time.sleep(60)"
)


@pytest.fixture(autouse=True)
def _no_run_id() -> Iterator[None]:
    yield
    os.environ.pop(RUN_ID_VARIABLE, None)


def make(folder: Path, cluster: Cluster | None = None) -> Supervisor:
    return Supervisor(folder, Console(file=io.StringIO()), cluster)


def spec(folder: Path, program: str, name: str = "web") -> ChildSpec:
    return ChildSpec(name, [sys.executable, "-c", program], folder / "logs" / f"{name}.log")


def tick_until(boss: Supervisor, condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    def look() -> bool:
        boss.tick()
        return condition()

    return wait_until(look, seconds)


def test_killed_child_is_restarted_and_its_orphans_are_ended(folder: Path) -> None:
    boss = make(folder)
    boss.take_over()
    boss.start_children([spec(folder, WITH_CHILD), spec(folder, SLEEP, "worker")])
    try:
        web, worker = boss.children
        first, untouched = web.process.pid, worker.process.pid
        assert wait_until(lambda: web.last_words().isdigit())
        orphan = Fingerprint.of(int(web.last_words()))
        os.kill(first, signal.SIGKILL)
        assert tick_until(boss, lambda: web.alive and web.process.pid != first)
        assert web.restarts == 1
        assert worker.process.pid == untouched
        assert wait_until(lambda: not orphan.alive())
        assert "signal 9" in boss.console.file.getvalue()
        assert runfile.read(boss.runfile).started["web"].pid == web.process.pid
    finally:
        boss.shutdown()
    assert not processes.of_run(boss.run_id)
    assert not boss.runfile.exists()


def test_pauses_double_and_are_forgiven_after_a_steady_life(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "FIRST_PAUSE", 0.01)
    child = Child(spec(folder, "pass"))
    child._pause = 0.01
    child.start()
    pauses = []
    for _ in range(3):
        assert wait_until(lambda: not child.alive)
        line = child.tick()
        pauses.append(line.split("，")[1].split(" ")[0])
        assert wait_until(lambda: child.tick() is None and child.process is not None)
    assert pauses == ["0.01", "0.02", "0.04"]
    assert child.quick_deaths == 3
    monkeypatch.setattr(children, "STEADY_SECONDS", 0.0)
    assert wait_until(lambda: not child.alive)
    assert "0.01 秒" in child.tick()
    assert child.quick_deaths == 0
    child.finish(0)


def test_stop_ends_even_a_child_that_ignores_sigterm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_CHILDREN_SECONDS", 0.5)
    boss = make(folder)
    boss.take_over()
    boss.start_children([spec(folder, STUBBORN), spec(folder, SLEEP, "worker")])
    assert wait_until(lambda: boss.children[0].last_words() == "on")
    began = time.monotonic()
    boss.shutdown()
    assert time.monotonic() - began < 3
    assert not processes.of_run(boss.run_id)


def test_second_up_on_the_same_folder_is_refused(folder: Path) -> None:
    first, second = make(folder), make(folder)
    first.take_over()
    with pytest.raises(CliError, match=f"in use by goodfor process {os.getpid()}"):
        second.take_over()
    first.shutdown()
    second.take_over()
    second.shutdown()


def test_leftovers_of_a_killed_supervisor_are_found_and_ended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import io, sys; from pathlib import Path; from rich.console import Console\n"
        "from goodfor.cli.supervisor import Supervisor; from goodfor.cli.children import ChildSpec\n"
        "folder = Path(sys.argv[1]); boss = Supervisor(folder, Console(file=io.StringIO()), None)\n"
        "boss.take_over()\n"
        "boss.start_children([ChildSpec('web', [sys.executable, '-c', sys.argv[2]], folder / 'web.log')])\n"
        "print(boss.run_id, flush=True); boss.keep()"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", program, str(folder), STUBBORN], stdout=subprocess.PIPE, env=source_environment()
    )
    run_id = starter.stdout.readline().decode().strip()
    assert wait_until(lambda: (folder / "web.log").read_text() == "on\n")
    starter.kill()
    starter.wait()
    time.sleep(0.2)
    assert len(processes.of_run(run_id)) == 1, "it ignores SIGTERM, so it outlives its supervisor"

    monkeypatch.setattr(runfile, "LEFTOVER_GRACE", 0.2)
    boss = make(folder)
    boss.take_over()
    assert processes.of_run(run_id) == []
    assert "ended leftovers: web" in boss.console.file.getvalue()
    boss.shutdown()


def test_a_reused_process_number_is_not_ended(folder: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", SLEEP])
    try:
        path = folder / "up.json"
        runfile.save(path, runfile.Run("gone", {"web": Fingerprint(stranger.pid, 1000.0)}))
        assert runfile.end_leftovers(path) == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_killed_database_is_back_first_and_stop_is_clean(folder: Path) -> None:
    cluster = Cluster(folder / "postgres", log_path=folder / "postgres.log")
    boss = make(folder, cluster)
    boss.take_over()
    try:
        boss.start_database()
        cluster.ensure_database("goodfor")
        boss.start_children([spec(folder, SLEEP)])
        with psycopg.connect(cluster.url("goodfor")) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        assert runfile.read(boss.runfile).started["database"].pid == cluster.process.pid
        os.kill(cluster.process.pid, signal.SIGKILL)
        assert tick_until(boss, cluster.answers)
        with psycopg.connect(cluster.url("goodfor")) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    finally:
        began = time.monotonic()
        boss.shutdown()
    assert time.monotonic() - began < 10
    assert processes.inside(str(cluster.pgdata)) == []
    assert "shut down" in cluster.log_path.read_text()


class _Answers(http.server.BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(type(self).status)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Quiet."""


def test_web_and_worker_are_restarted_when_readyz_keeps_failing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodfor.cli.health.ASK_EVERY", 0.02)
    monkeypatch.setattr(supervisor, "SETTLE_SECONDS", 0.0)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    boss = make(folder)
    boss.take_over()
    boss.start_children([spec(folder, SLEEP, name) for name in ("web", "worker", "sandbox")])
    try:
        _Answers.status = 200
        boss.wait_ready(HealthWatch(server.server_port), seconds=5)
        web, worker, sandbox = boss.children
        before = {child: child.fingerprint for child in boss.children}
        _Answers.status = 503
        assert tick_until(boss, lambda: all(child.fingerprint != before[child] for child in (web, worker)))
        # While it goes on failing, with no time to settle, what was just started is ended again.
        _Answers.status = 200
        assert tick_until(boss, lambda: web.alive and worker.alive and not boss.health.failures)
        assert sandbox.fingerprint == before[sandbox]
    finally:
        boss.shutdown()
        server.shutdown()
        server.server_close()


def test_a_web_that_starts_slowly_is_left_to_start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodfor.cli.health.ASK_EVERY", 0.02)
    monkeypatch.setattr(supervisor, "SETTLE_SECONDS", 0.0)
    monkeypatch.setattr(supervisor, "BOOT_SECONDS", 2.0)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    boss = make(folder)
    boss.take_over()
    boss.start_children([spec(folder, SLEEP, name) for name in ("web", "worker")])
    try:
        _Answers.status = 200
        boss.wait_ready(HealthWatch(server.server_port), seconds=5)
        web, _worker = boss.children
        _Answers.status = 503
        first = web.fingerprint
        assert tick_until(boss, lambda: web.alive and web.fingerprint != first)
        # It has been started anew and says nothing yet: failures are counted again and again, and it is let be.
        second, began = web.fingerprint, time.monotonic()
        while time.monotonic() - began < 1.0:
            boss.tick()
            time.sleep(0.02)
        assert web.fingerprint == second
        assert tick_until(boss, lambda: web.alive and web.fingerprint != second)
    finally:
        _Answers.status = 200
        boss.shutdown()
        server.shutdown()
        server.server_close()


def test_a_web_that_cannot_start_is_told_with_its_last_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "QUICK_DEATHS_TO_GIVE_UP", 1)
    boss = make(folder)
    boss.take_over()
    boss.start_children([spec(folder, "raise SystemExit('settings are wrong')")])
    try:
        with pytest.raises(CliError, match="settings are wrong"):
            boss.wait_ready(HealthWatch(1), seconds=10)
    finally:
        boss.shutdown()


def test_taken_port_is_refused_before_anything_starts() -> None:
    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CliError, match="is taken"):
            free_port(taken.getsockname()[1], "--port")


def test_log_is_rotated_only_when_large(folder: Path) -> None:
    log = folder / "web.log"
    log.write_text("x" * 100)
    rotate(log, limit=100)
    assert log.exists()
    rotate(log, limit=99)
    assert not log.exists()
    assert (folder / "web.log.1").read_text() == "x" * 100
    rotate(log)


def test_what_is_started(folder: Path) -> None:
    options = Options(data=folder, port=9000)
    assert [item.name for item in child_specs(options)] == ["web", "worker"]
    stand_ins = stand_in_specs(options)
    assert [item.name for item in stand_ins] == ["sandbox", "letters", "channels", "suppliers"]
    assert stand_ins[0].command[-4:] == ["--port", "9001", "--data", str(folder / "sandbox")]
    assert stand_ins[1].command[-6:] == ["--port", "9002", "--smtp-port", "9003", "--data", str(folder / "letters")]
    assert stand_ins[2].command[-4:] == ["--port", "9004", "--data", str(folder / "channels")]
    assert stand_ins[3].command[-4:] == ["--port", "9005", "--data", str(folder / "suppliers")]
    assert stand_in_specs(Options(data=folder, empty=True)) == []
