"""A throw-away installation, kept alive by the very Supervisor of `up`: for the demo and the soaks."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from goodfor.cli.children import Child, ChildSpec
from goodfor.cli.errors import CliError
from goodfor.cli.health import HealthWatch, answers_ok
from goodfor.cli.lazy import load, setup_django
from goodfor.cli.paths import cluster_dir, logs_dir
from goodfor.cli.postgres import Cluster
from goodfor.cli.processes import signal_group
from goodfor.cli.specs import Options, child_specs, environment, stand_in_specs
from goodfor.cli.supervisor import DATABASE, TICK, Supervisor

#: The buyers of a storm come from this machine, each with an address of its own in X-Forwarded-For.
PROXIES = "127.0.0.1"
_OWN = (
    "DATABASE_URL",
    "GOODFOR_MASTER_KEY",
    "GOODFOR_MASTER_KEY_FILE",
    "GOODFOR_SECRET_KEY",
    "GOODFOR_SECRET_KEY_FILE",
)


@dataclass
class Stack:
    """What runs: addresses, the demo shop `made` (a world.DemoShop), the stand-in's control; and how to kill it."""

    supervisor: Supervisor = field(repr=False)
    options: Options
    made: Any
    epay_account: Any
    control: Any = field(repr=False)
    url: str
    gateway_url: str
    #: The stand-ins of WeChat Pay, Alipay, Stripe and PayPal, where they were asked for: their control and address.
    channels: Any = field(default=None, repr=False)
    channels_url: str = ""

    def kill_web(self) -> None:
        """SIGKILL to the web server and its workers at once."""
        self._kill("web")

    def kill_worker(self) -> None:
        """SIGKILL to the worker."""
        self._kill("worker")

    def kill_database(self) -> None:
        """SIGKILL to the postmaster; its backends end by themselves, as after a crash."""
        cluster = self.supervisor.cluster
        if cluster is not None and cluster.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(cluster.process.pid, signal.SIGKILL)

    def _kill(self, name: str) -> None:
        process = self.child(name).process
        if process is not None:
            signal_group(process.pid, signal.SIGKILL)

    def child(self, name: str) -> Child:
        """A kept process by its name."""
        return next(child for child in self.supervisor.children if child.spec.name == name)

    def wait_ready(self, seconds: float = 60.0) -> float:
        """Wait until everything is back after a kill; the seconds it took. Raises CliError."""
        began = time.monotonic()
        cluster = self.supervisor.cluster
        while True:
            up = all(child.alive for child in self.supervisor.children) and cluster is not None and cluster.alive()
            if up and answers_ok(self.options.port):
                return time.monotonic() - began
            if time.monotonic() - began > seconds:
                raise CliError(f"{seconds:.0f} 秒后仍未恢复（{self.options.data}）", f"not back after {seconds:.0f} s")
            time.sleep(0.1)

    def fresh(self) -> None:
        """Give this process new database connections, after a kill of the database."""
        load("django.db").connections.close_all()


@contextlib.contextmanager
def running_stack(
    *, fast: bool, web_workers: int = 2, gateway: bool = True, channels: bool = False, rules: bool = False,
    say: Callable[[str], None] = lambda _text: None,
) -> Iterator[Stack]:  # fmt: skip
    """Database, web, worker and (with `gateway`) the payment stand-in with an EPay account; gone afterwards.

    With `channels` the stand-ins of the other four channels run too, without accounts. With `rules` shops begin with
    the starter rules of risk control, as they do in life.

    `fast` turns fsync off: never where durability is shown. Sets up Django in this process, so once a process.
    Raises CliError.
    """
    # Made by take_over with the mode that the database's user needs.
    data = Path(tempfile.gettempdir()) / f"goodfor-{secrets.token_hex(6)}"
    before = dict(os.environ)
    for name in _OWN:
        os.environ.pop(name, None)
    # All buyers of a measurement come from this one machine: rules would hold what it is about.
    os.environ["GOODFOR_STARTER_RULES"] = str(int(rules))
    port = _free_pair()
    options = Options(
        data=data, port=port, workers=web_workers, empty=not gateway, letters=False, channels=False, suppliers=False
    )  # fmt: skip
    cluster = Cluster(cluster_dir(data), log_path=logs_dir(data) / "postgres.log", fast=fast)
    with _log(data) as console:
        supervisor = Supervisor(data, console, cluster)
        keeper: threading.Thread | None = None
        try:
            stack = _start(supervisor, options, cluster, say, channels=channels)
            keeper = threading.Thread(target=_keep, args=(supervisor,), name="keeper", daemon=True)
            keeper.start()
            yield stack
        finally:
            supervisor.stopping.set()
            if keeper is not None:
                keeper.join(30)
            with contextlib.suppress(Exception):
                load("django.db").connections.close_all()
            supervisor.shutdown()
            cluster.destroy()
            if not os.environ.get("GOODFOR_KEEP_STACK"):
                shutil.rmtree(data, ignore_errors=True)
            os.environ.clear()
            os.environ.update(before)


def _start(
    supervisor: Supervisor, options: Options, cluster: Cluster, say: Callable[[str], None], *, channels: bool
) -> Stack:
    url = f"http://127.0.0.1:{options.port}"
    token = secrets.token_urlsafe(18)
    os.environ.pop("GOODFOR_PUBLIC_URL", None)
    supervisor.take_over()
    os.environ.update(environment(options, cluster.url(DATABASE), has_database=False))
    os.environ.update(GOODFOR_TRUSTED_PROXIES=PROXIES, GOODFOR_SANDBOX_TOKEN=token)
    if channels:
        os.environ["GOODFOR_LOOPBACK_CHANNELS"] = "1"
    say("正在启动数据库 / starting the database")
    supervisor.start_database()
    cluster.ensure_database(DATABASE)
    setup_django()
    say("正在建立结构与商店 / making schema and shop")
    load("goodfor.cli.prepare").migrate_database(supervisor.console)
    world, now = load("goodfor.cli.world"), load("goodfor.kernel.clock").utc_now()
    made = world.make_shop(now)
    gateway_url = os.environ.get("GOODFOR_SANDBOX_URL", "")
    account = world.open_epay(made.shop_id, gateway_url, now) if gateway_url else None
    load("django.db").connections.close_all()
    say("正在启动网页、后台与支付替身 / starting web, worker and the stand-in")
    specs = [*child_specs(options), *stand_in_specs(options)]
    channels_url = f"http://127.0.0.1:{options.port + 2}" if channels else ""
    if channels:
        specs.append(_channels(options))
    supervisor.start_children(specs)
    supervisor.wait_ready(HealthWatch(options.port))
    control = load("goodfor.sandbox.client").ControlClient(gateway_url, token) if gateway_url else None
    others = load("goodfor.sandbox.channels.client").ChannelsClient(channels_url, token) if channels else None
    return Stack(supervisor, options, made, account, control, url, gateway_url, others, channels_url)


def _channels(options: Options) -> ChildSpec:
    """The four channels in one process, on the port after EPay's."""
    data = str(options.data / "channels")
    module = "goodfor.sandbox.channels"
    command = [sys.executable, "-P", "-m", module, "--port", str(options.port + 2), "--data", data]
    return ChildSpec("channels", command, logs_dir(options.data) / "channels.log")


def _keep(supervisor: Supervisor) -> None:
    while not supervisor.stopping.wait(TICK):
        supervisor.tick()


@contextlib.contextmanager
def _log(data: Path) -> Iterator[Console]:
    """What the supervisor says goes to a file of its own beside the data folder until it exists."""
    path = data.with_name(f"{data.name}.log")
    with path.open("w", encoding="utf-8") as file:
        yield Console(file=file, no_color=True)
    if not os.environ.get("GOODFOR_KEEP_STACK"):
        path.unlink(missing_ok=True)


def _free_pair() -> int:
    """A port that is free together with the next two, below those that the system gives to whoever calls out: these may
    be anybody's a moment later."""
    for _ in range(200):
        port = 20_000 + secrets.randbelow(12_000)
        with contextlib.ExitStack() as held:
            try:
                for each in range(port, port + 3):
                    held.enter_context(contextlib.closing(socket.socket())).bind(("127.0.0.1", each))
            except OSError:
                continue
            return port
    raise CliError("找不到空闲端口", "no free port")
