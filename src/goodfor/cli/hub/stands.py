"""The stand-ins of suppliers in a process of their own, whose books nobody here writes."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from goodfor.cli import processes
from goodfor.cli.bench.site import free_port
from goodfor.cli.errors import CliError
from goodfor.sandbox.suppliers.client import SuppliersClient

#: Answers of all books take their time.
TIMEOUT = 300.0


@dataclass(frozen=True, slots=True)
class Stands:
    """Where they answer, and who they are to the machine."""

    client: SuppliersClient
    url: str
    pid: int


@contextlib.contextmanager
def suppliers(hurry: float = 0.01, seconds: float = 30.0) -> Iterator[Stands]:
    """They run for the length of the block. `hurry`: their pauses between calls back, times this. Raises CliError."""
    token, port = secrets.token_urlsafe(18), free_port()
    with tempfile.TemporaryDirectory(prefix="goodfor-suppliers-") as folder:
        command = [sys.executable, "-P", "-m", "goodfor.sandbox.suppliers", "--port", str(port), "--data", folder]
        log = Path(folder) / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*command, "--hurry", str(hurry)], env={**os.environ, "GOODFOR_SANDBOX_TOKEN": token}, stdout=out,
                stderr=out, preexec_fn=processes.die_with_parent(signal.SIGTERM),
            )  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        client = SuppliersClient(url, token, timeout=TIMEOUT)
        try:
            _wait(process, client, log, seconds)
            yield Stands(client, url, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: "subprocess.Popen[bytes]", client: SuppliersClient, log: Path, seconds: float) -> None:
    until = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError):
            client.status()
            return
        if process.poll() is not None or time.monotonic() > until:
            said = log.read_text("utf-8", "replace").strip().splitlines()[-1:] or ["-"]
            raise CliError(f"供应商替身没有就绪：{said[0]}", f"the suppliers' stand-ins did not start: {said[0]}")
        time.sleep(0.02)
