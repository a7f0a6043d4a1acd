"""Processes that die at a fault point. Each is forked from one that has started Django: a start takes two seconds.

The one that forks holds no connection and runs no threads; it ends when its standard input does, with the tests.
"""

import atexit
import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from django.db import connection

from goodfor.cli.tests.claim_scenes import Step

SOURCE = Path(__file__).resolve().parents[2]
SECONDS = 60
#: Each child takes one step, or tries one so often until it dies: news waits for open transactions. It answers with
#: what waitpid says; the words of a child go to a file of their own.
PROGRAM = """
import django, os, pickle, sys, threading, time
django.setup()
import goodfor.aftersales.tasks
from django.db import connection
from goodfor.kernel import faultpoints
while True:
    try:
        point, times, step, words = pickle.load(sys.stdin.buffer)
    except EOFError:
        break
    assert connection.connection is None and threading.active_count() == 1
    child = os.fork()
    if child == 0:
        os.dup2(os.open(words, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
        try:
            faultpoints._armed = faultpoints._chances(f"{point}=1")
            step = pickle.loads(step)
            for _ in range(times):
                step()
                time.sleep(0.01)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Forker:
    """The process that forks, and where its children's words go."""

    process: "subprocess.Popen[bytes]"
    words: Path

    def run(self, point: str, step: Step) -> int:
        """What became of a child that took the step, as `Popen.returncode` says it. Raises TimeoutError."""
        asked: IO[bytes] | None = self.process.stdin
        told: IO[bytes] | None = self.process.stdout
        assert asked
        assert told
        asked.write(pickle.dumps((point, step.times, pickle.dumps(step.work), str(self.words))))
        asked.flush()
        if not select.select([told], [], [], SECONDS)[0]:
            self.end()
            raise TimeoutError(f"no answer from the child for {point}")
        return int(told.readline())

    def end(self) -> None:
        """End it, and the child it may have."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@cache
def _forker(database: str) -> Forker:
    environment = os.environ | {
        "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "goodfor.config.settings", "PYTHONPATH": str(SOURCE.parent),
    }  # fmt: skip
    folder = tempfile.mkdtemp(prefix="forked-", dir=os.environ["GOODFOR_DATA_DIR"])
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", PROGRAM],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0,
    )  # fmt: skip
    made = Forker(process, Path(folder) / "words")
    atexit.register(made.end)
    return made


def killed(point: str, step: Step) -> None:
    """A process of its own, on this test's database, takes the step and dies of it at the point.

    One that lives, or fails, never reached the point.
    """
    name = connection.settings_dict["NAME"]
    forker = _forker(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl())
    try:
        code = forker.run(point, step)
    except (TimeoutError, BrokenPipeError, ValueError):
        # The next test has one of its own.
        forker.end()
        _forker.cache_clear()
        raise
    assert code == -signal.SIGKILL, forker.words.read_text(encoding="utf-8", errors="replace")[-2000:]
