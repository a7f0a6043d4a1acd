"""`goodfor up`: database, migrations, demo shop, web, worker and the payment stand-in, kept alive on one machine."""

import contextlib
import json
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console

from goodfor.cli import runfile
from goodfor.cli.children import Child, ChildSpec, rotate, stop_all
from goodfor.cli.errors import CliError
from goodfor.cli.health import HealthWatch
from goodfor.cli.lazy import load, setup_django
from goodfor.cli.paths import cluster_dir, logs_dir
from goodfor.cli.postgres import Cluster
from goodfor.cli.processes import RUN_ID_VARIABLE, Fingerprint
from goodfor.cli.specs import Options, child_specs, environment, stand_in_specs

DATABASE = "goodfor"
DATABASE_CHILD = "database"
TICK = 0.1
READY_SECONDS = 60.0
QUICK_DEATHS_TO_GIVE_UP = 6
RESTARTED_WHEN_SICK = frozenset({"web", "worker"})
SETTLE_SECONDS = 8.0
#: A busy machine takes this long to start the web: restarted sooner, it would never come up.
BOOT_SECONDS = 60.0
STOP_CHILDREN_SECONDS = 4.5
STOP_DATABASE_SECONDS = 4.5


class Stopped(BaseException):
    """Asked to stop while still starting; no handler of errors on the way may swallow it."""


class Supervisor:
    """Owns the database and the children of one data folder, from lock to unlock."""

    def __init__(self, data: Path, console: Console, cluster: Cluster | None) -> None:
        """`cluster` is None when the database is somebody else's (DATABASE_URL)."""
        self.data = data
        self.console = console
        self.cluster = cluster
        self.children: list[Child] = []
        self.health: HealthWatch | None = None
        self.run_id = secrets.token_hex(8)
        self.lock = runfile.DataDirLock(data)
        self.stopping = threading.Event()
        self._starting = True

    # -- beginning ------------------------------------------------------------------------------------------

    def take_over(self) -> None:
        """Lock the folder and end what a killed `up` left behind. Raises CliError when it is in use."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
        self.lock.acquire()
        earlier = runfile.read(self.runfile)
        left = runfile.end_leftovers(self.runfile, keep=frozenset({DATABASE_CHILD}))
        if self.cluster is not None and earlier and DATABASE_CHILD in earlier.started:
            # Only a server that we started ourselves is ended here; a stranger's makes start() refuse.
            known = earlier.started[DATABASE_CHILD]
            present = self.cluster.others()
            if present and (known in present or not known.alive()):
                self.cluster.end_others()
                left.append(DATABASE_CHILD)
        if left:
            self.say(f"已清理上次遗留的进程 / ended leftovers: {', '.join(left)}")
        self.runfile.unlink(missing_ok=True)
        os.environ[RUN_ID_VARIABLE] = self.run_id

    @property
    def runfile(self) -> Path:
        """Where the list of what we started stands."""
        return self.data / "up.json"

    def catch_signals(self) -> None:
        """SIGINT, SIGTERM and SIGHUP stop everything cleanly; while starting they interrupt what is under way."""

        def handle(_number: int, _frame: FrameType | None) -> None:
            again = self.stopping.is_set()
            self.stopping.set()
            if self._starting and not again:
                raise Stopped

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, handle)

    def start_database(self) -> None:
        """Start the embedded server and wait until it answers; makes it on first use."""
        if self.cluster is None:
            return
        rotate(self.cluster.log_path)
        self.cluster.init()
        self.cluster.start()
        self.remember()
        self.cluster.wait_ready(stop=self.stopping.is_set)

    def start_children(self, specs: Sequence[ChildSpec]) -> None:
        """Start them in order."""
        for spec in specs:
            rotate(spec.log)
            child = Child(spec)
            child.start()
            self.children.append(child)
            self.remember()

    def remember(self) -> None:
        """Write down what runs now, for the next `up` in case this one is killed."""
        started = {child.spec.name: child.fingerprint for child in self.children if child.fingerprint}
        if self.cluster is not None and self.cluster.process is not None:
            server = Fingerprint.of(self.cluster.process.pid)
            if server:
                started[DATABASE_CHILD] = server
        runfile.save(self.runfile, runfile.Run(self.run_id, started))

    def wait_ready(self, health: HealthWatch, seconds: float = READY_SECONDS) -> None:
        """Keep everything alive until the web answers /readyz. Raises CliError when it does not."""
        self.health = health
        health.start()
        limit = time.monotonic() + seconds
        while not health.ready.wait(TICK):
            self.tick()
            dying = [child for child in self.children if child.quick_deaths >= QUICK_DEATHS_TO_GIVE_UP]
            if dying or time.monotonic() > limit:
                child = (dying or self.children)[0]
                said = child.last_words()
                raise CliError(
                    f"{child.spec.name} 没有就绪：{said}（日志：{child.spec.log}）",
                    f"{child.spec.name} did not become ready: {said}",
                )

    # -- keeping --------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Look once at everything; the database first, because the others live on it."""
        if self.cluster is not None and not self.cluster.alive():
            self._revive_database()
        changed = False
        for child in self.children:
            before = child.process
            line = child.tick()
            if line:
                self.say(line)
            changed = changed or child.process is not before
        if changed:
            self.remember()
        if self.health is not None and self.health.sick:
            self._restart_the_sick(self.health)

    def _restart_the_sick(self, health: HealthWatch) -> None:
        sick = [child for child in self.children if child.spec.name in RESTARTED_WHEN_SICK]
        # One that has only just been started is given time; one that is down is being restarted anyway.
        if all(child.age > _patience(child, health) for child in sick):
            self.say("/readyz 连续失败，重启 web 与 worker / not ready, restarting web and worker")
            stop_all(sick, 3.0)
        health.forgive()

    def _revive_database(self) -> None:
        assert self.cluster is not None
        self.say("数据库意外结束，正在恢复 / the database ended, recovering")
        began = time.monotonic()
        pause = 0.2
        while not self.stopping.is_set():
            try:
                self.cluster.end_others(grace=3.0)
                self.cluster.start()
                self.remember()
                self.cluster.wait_ready(stop=self.stopping.is_set)
                break
            except CliError as error:
                self.say(f"{error.zh} / {error.en}")
                self.stopping.wait(pause)
                pause = min(5.0, pause * 2)
        if self.health is not None:
            self.health.forgive()
        self.say(f"数据库已恢复，用时 {time.monotonic() - began:.1f} 秒 / database is back")

    def keep(self) -> None:
        """Until a signal asks to stop."""
        self._starting = False
        while not self.stopping.wait(TICK):
            self.tick()

    # -- ending ---------------------------------------------------------------------------------------------

    def shutdown(self) -> None:
        """Web and worker first, then the database, within 10 s; then the lock is given back."""
        self._starting = False
        self.stopping.set()
        if self.health is not None:
            self.health.stop()
        stop_all(self.children, STOP_CHILDREN_SECONDS)
        if self.cluster is not None:
            self.cluster.stop(STOP_DATABASE_SECONDS)
        self.runfile.unlink(missing_ok=True)
        self.lock.release()

    def say(self, text: str) -> None:
        """One line for the person at the terminal."""
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)


def free_port(port: int, option: str) -> None:
    """Raises CliError when 127.0.0.1:`port` is taken."""
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CliError(
                f"端口 {port} 已被占用；请用 {option} 换一个", f"port {port} is taken; choose another with {option}"
            ) from error


def seed(options: Options) -> Any:
    """Make the demo shop on first use (not with --empty), and a fresh sign-in link; None while there is no seed."""
    try:
        module = load("goodfor.cli.seed")
    except ModuleNotFoundError as error:
        if error.name != "goodfor.cli.seed":
            raise
        return None
    return module.run(options.data, empty=True) if options.empty else module.run(options.data)


def announce(supervisor: Supervisor, options: Options, info: Any, seconds: float) -> None:
    """Where everything is."""
    base = f"http://127.0.0.1:{options.port}"
    say = supervisor.say
    say(f"\n已就绪，用时 {seconds:.1f} 秒 / ready")
    say(f"  商店 storefront  {getattr(info, 'storefront_url', base + '/')}")
    if getattr(info, "console_link", None):
        say(f"  后台 console     {info.console_link}  （一次性链接 / one-time link）")
    if getattr(info, "api_key", None):
        say(f"  接口 API         {base}/api/v1  （演示密钥 / demo key: {info.api_key}）")
    else:
        say(f"  接口 API         {base}/api/v1")
    if letters := os.environ.get("GOODFOR_LETTERS_URL"):
        say(f"  消息 messages    {letters}/  （替身收到的邮件与短信 / what the stand-ins were given）")
    if channels := os.environ.get("GOODFOR_CHANNELS_URL"):
        say(f"  支付 payments    {channels}  （支付渠道的替身，没有真钱 / stand-ins, no real money）")
    if suppliers := os.environ.get("GOODFOR_SUPPLIERS_URL"):
        say(f"  供货 supply      {suppliers}  （供应商的替身，没有真货 / stand-ins, no real goods）")
    say(f"  数据 data        {options.data}")
    say("Ctrl-C 停止 / stop\n")


def up(options: Options, console: Console) -> int:
    """Start everything, keep it alive until a signal, stop it. Returns the exit code. Raises CliError."""
    began = time.monotonic()
    external = os.environ.get("DATABASE_URL", "")
    log = logs_dir(options.data) / "postgres.log"
    cluster = None if external else Cluster(cluster_dir(options.data), log_path=log)
    supervisor = Supervisor(options.data, console, cluster)
    supervisor.take_over()
    supervisor.catch_signals()
    try:
        free_port(options.port, "--port")
        if not options.empty:
            for port in range(options.port + 1, options.port + 6):
                free_port(port, "--port")
        existed = cluster is not None and cluster.exists
        url = cluster.url(DATABASE) if cluster else external
        os.environ.update(environment(options, url, has_database=existed))
        supervisor.say("正在启动数据库… / starting the database" if cluster else "使用 DATABASE_URL / using it")
        supervisor.start_database()
        if cluster:
            cluster.ensure_database(DATABASE)
        setup_django()
        applied = load("goodfor.cli.prepare").migrate_database(console)
        supervisor.say(f"数据库结构已是最新（本次 {applied} 步）/ schema is current ({applied} applied)")
        if external and (told := load("goodfor.cli.prepare").few_connections()):
            supervisor.say(told)
        info = seed(options)
        load("django.db").connections.close_all()
        # Before they start, and again whenever they are started anew.
        os.environ["GOODFOR_SANDBOX_WEBHOOKS"] = json.dumps(getattr(info, "webhooks", {}))
        supervisor.start_children(child_specs(options))
        supervisor.wait_ready(HealthWatch(options.port))
        # They import as much as the web does: side by side with it, on two cores, all would be there later.
        supervisor.start_children(stand_in_specs(options))
        announce(supervisor, options, info, time.monotonic() - began)
        supervisor.keep()
    except Stopped:
        pass
    finally:
        supervisor.say("正在停止… / stopping")
        supervisor.shutdown()
    return 0


def _patience(child: Child, health: HealthWatch) -> float:
    """How old a child must be before it is restarted for sickness: older, while it has not been well even once."""
    was_well = health.last_yes > time.monotonic() - child.age
    return SETTLE_SECONDS if was_well else max(BOOT_SECONDS, SETTLE_SECONDS)
