"""The worker's patience: loops and jobs go on after failures and end when asked."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import pytest

from goodfor.cli import worker
from goodfor.kernel import loops


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "pause_after", lambda failures, usual: 0.001)
    monkeypatch.setattr(worker, "_close_connections", lambda: None)


def test_pauses() -> None:
    assert [PAUSE(n, 2.0) for n in (0, 1, 3, 5, 40)] == [2.0, 2.0, 2.0, 8.0, 30.0]
    assert [PAUSE(n, 0.0) for n in (0, 1, 2, 3)] == [0.0, 0.5, 1.0, 2.0]


PAUSE = worker.pause_after


def test_a_loop_goes_on_after_a_failure_and_ends_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, calls = threading.Event(), []

    def run_once(item: loops.Loop, now: datetime) -> int:
        assert now.tzinfo is not None
        calls.append(item.name)
        if len(calls) == 1:
            raise RuntimeError("the database went away")
        if len(calls) == 5:
            stop.set()
        return 1 if len(calls) == 3 else 0

    monkeypatch.setattr(worker.loops, "run_once", run_once)
    (thread,) = worker.start_loops([loops.Loop("kernel.relay", 1.0, lambda now: 0)], stop)
    thread.join(5)
    assert not thread.is_alive()
    assert calls == ["kernel.relay"] * 5


def test_failures_of_a_loop_and_their_end_are_noted_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, calls, noted = threading.Event(), [], []

    def run_once(item: loops.Loop, now: datetime) -> int:
        calls.append(now)
        if len(calls) == 1:
            raise RuntimeError("the code is SECRET-2")
        if len(calls) == 5:
            stop.set()
        return 0

    def note(**line: object) -> None:
        noted.append((line["name"], line["worked"], str(line["error"]).partition(",")[0]))
        assert "SECRET" not in str(line)
        # Who cannot be told must not stop the loop.
        raise OSError

    monkeypatch.setattr(loops, "run_once", run_once)
    monkeypatch.setattr(worker, "note_duty", note)
    worker.run_loop(loops.Loop("noted", 1.0, lambda now: 0), stop)
    assert len(calls) == 5
    assert noted == [("noted", False, "RuntimeError"), ("noted", False, "")]


class _App:
    """Stands for procrastinate: fails once, ends once by itself, then works until cancelled."""

    def __init__(self) -> None:
        self.runs = 0
        self.cancelled = False
        self.connector = self

    def get_worker_connector(self) -> None:
        return None

    @contextlib.contextmanager
    def replace_connector(self, _connector: None) -> Iterator["_App"]:
        yield self

    @contextlib.asynccontextmanager
    async def open_async(self) -> AsyncIterator["_App"]:
        yield self

    async def run_worker_async(self, **options: object) -> None:
        assert options["install_signal_handlers"] is False
        self.runs += 1
        if self.runs == 1:
            raise ConnectionError("the database went away")
        if self.runs == 2:
            return
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.cancelled = True
            raise


def test_jobs_go_on_after_a_failure_and_end_when_asked() -> None:
    app = _App()

    async def scene() -> None:
        stop = asyncio.Event()
        work = asyncio.create_task(worker.run_jobs(app, stop))
        while app.runs < 3:
            await asyncio.sleep(0.01)
        stop.set()
        await asyncio.wait_for(work, 5)

    asyncio.run(scene())
    assert app.runs == 3
    assert app.cancelled
