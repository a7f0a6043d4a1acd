"""A shop to measure: throw-away PostgreSQL with fsync on, granian and the worker as in `up`."""

import base64
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from goodfor.cli.lazy import load, setup_django
from goodfor.cli.postgres import temporary_cluster

WEB_THREADS = 8


@dataclass(frozen=True, slots=True)
class Site:
    """Where the shop runs."""

    port: int
    url: str
    made: Any
    console: Console
    #: The server, for whoever kills it.
    cluster: Any = None


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_site(console: Console, *, workers: int = 2, web: bool = True) -> Iterator[Site]:
    """Start database and (with `web`) web and worker, make the demo shop without codes; all ends with the block."""
    with tempfile.TemporaryDirectory(prefix="goodfor-bench-") as folder, temporary_cluster(fast=False) as cluster:
        cluster.ensure_database("goodfor")
        url, port = cluster.url("goodfor"), free_port()
        os.environ.update(
            DATABASE_URL=url,
            GOODFOR_DATA_DIR=folder,
            GOODFOR_MASTER_KEY=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            GOODFOR_SECRET_KEY=secrets.token_urlsafe(48),
            GOODFOR_WEB_WORKERS=str(workers),
            GOODFOR_PUBLIC_URL=f"http://127.0.0.1:{port}",
        )
        setup_django()
        load("goodfor.cli.prepare").migrate_database(console)
        world, clock = load("goodfor.cli.world"), load("goodfor.kernel.clock")
        made = world.make_shop(clock.utc_now())
        children = [_web(port, workers, Path(folder)), _worker(Path(folder))] if web else []
        try:
            if web:
                _wait(f"http://127.0.0.1:{port}/readyz")
            yield Site(port, url, made, console, cluster)
        finally:
            load("django.db").connections.close_all()
            for child in children:
                child.terminate()
            for child in children:
                try:
                    child.wait(10)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()


def _start(args: list[str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as out:
        return subprocess.Popen([sys.executable, "-m", *args], stdout=out, stderr=subprocess.STDOUT)


def _web(port: int, workers: int, folder: Path) -> "subprocess.Popen[bytes]":
    args = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    args += ["--blocking-threads", str(WEB_THREADS), "--no-ws", "--log-level", "warning"]
    return _start([*args, "goodfor.config.wsgi:application"], folder / "web.log")


def _worker(folder: Path) -> "subprocess.Popen[bytes]":
    return _start(["goodfor", "worker"], folder / "worker.log")


def _wait(url: str, seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  (loopback)
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        if time.monotonic() > until:
            raise TimeoutError("the web process did not get ready")
        time.sleep(0.05)
