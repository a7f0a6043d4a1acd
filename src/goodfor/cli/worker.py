"""The worker process: background jobs (procrastinate) and the rooms' loops, in one process.

Killed at any instruction it loses nothing: jobs are rows, loops look at the database again. SIGTERM ends it
within 5 s; what is still running by then is rolled back and done again by the next worker.
"""

import asyncio
import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.db import connections

from goodfor.cli.processes import watch_parent
from goodfor.kernel import jobs, loops
from goodfor.kernel.clock import utc_now
from goodfor.kernel.faults import brief
from goodfor.kernel.memory import settle
from goodfor.kernel.operations.note_duty import note_duty
from goodfor.risk.wiring import warm

GRACE_SECONDS = 3.0
LAST_RESORT_SECONDS = 4.5
LONGEST_PAUSE = 30.0
JOBS_AT_ONCE = 4
#: A loop that goes well is noted so rarely; failures, and the end of them, at once.
NOTE_SECONDS = 30.0

log = structlog.get_logger("goodfor.worker")


def pause_after(failures: int, usual: float) -> float:
    """Seconds until the next try: `usual` after a success, doubling from half a second after failures, at most 30."""
    return usual if failures == 0 else max(usual, min(LONGEST_PAUSE, 0.5 * 2.0 ** min(failures - 1, 10)))


def run_loop(item: loops.Loop, stop: threading.Event) -> None:
    """Call one loop until `stop` is set. A failure is logged and backed off, never the end of the loop."""
    failures = 0
    noted_at = float("-inf")
    while not stop.is_set():
        done, error = 0, ""
        had_failed = failures > 0
        try:
            done = loops.run_once(item, utc_now())
            failures = 0
        except Exception as problem:
            failures += 1
            error = brief(problem)
            log.exception("loop_failed", loop=item.name, failures=failures)
            # Whatever it was, the next try gets a connection without a past: it may have been the database.
            _close_connections()
        if error or had_failed or time.monotonic() - noted_at >= NOTE_SECONDS:
            noted_at = time.monotonic()
            # The note is for people; without it (the database is away) the loop goes on all the same.
            with contextlib.suppress(Exception):
                note_duty(name=item.name, worked=done > 0, error=error, now=utc_now())
        if not done:
            loops.rest(item.name, pause_after(failures, item.seconds), stop)
    _close_connections()


def _close_connections() -> None:
    with contextlib.suppress(Exception):
        connections.close_all()


def start_loops(items: Iterable[loops.Loop], stop: threading.Event) -> list[threading.Thread]:
    """One thread for each loop, so that one that waits for a slow network holds up no other."""
    threads = [
        threading.Thread(target=run_loop, args=(item, stop), name=f"loop:{item.name}", daemon=True) for item in items
    ]
    for thread in threads:
        thread.start()
    return threads


async def run_jobs(app: Any, stop: asyncio.Event) -> None:
    """Run the job worker on all queues until `stop`; when it fails (the database went away), start it again."""
    failures = 0
    while not stop.is_set():
        began = time.monotonic()
        failed: BaseException | None = None
        try:
            await _one_worker(app, stop)
        except Exception as error:
            failed = error
        if stop.is_set():
            return
        failures = 1 if time.monotonic() - began > LONGEST_PAUSE else failures + 1
        log.warning("job_worker_ended", failures=failures, error=type(failed).__name__ if failed else None)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause_after(failures, 0.0))


async def _one_worker(app: Any, stop: asyncio.Event) -> None:
    # The web's connector borrows Django's connection; a worker needs a pool of its own, which dies with it.
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            work = asyncio.create_task(
                worker_app.run_worker_async(
                    install_signal_handlers=False,
                    concurrency=JOBS_AT_ONCE,
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    delete_jobs="successful",
                )
            )
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not work.done():
                work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work


async def _serve(app: Any, threads_stop: threading.Event, on_stop: Callable[[], None]) -> None:
    stop = asyncio.Event()
    running = asyncio.get_running_loop()

    def ask_to_stop() -> None:
        on_stop()
        threads_stop.set()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        running.add_signal_handler(number, ask_to_stop)

    def parent_is_gone() -> None:
        running.call_soon_threadsafe(ask_to_stop)

    watch_parent(parent_is_gone)
    await run_jobs(app, stop)


def _end_for_certain() -> None:
    # A thread stuck in a long statement would keep the interpreter; its transaction is rolled back by the server.
    timer = threading.Timer(LAST_RESORT_SECONDS, os._exit, args=(0,))
    timer.daemon = True
    timer.start()


def main() -> int:
    """Run until SIGTERM or SIGINT. Django must be set up. Returns the exit code."""
    stop = threading.Event()
    warm()
    settle()
    log.info("worker_started", loops=sorted(loops.REGISTRY))
    threads = start_loops(list(loops.REGISTRY.values()), stop)
    try:
        asyncio.run(_serve(jobs.app, stop, _end_for_certain))
    finally:
        stop.set()
        limit = time.monotonic() + GRACE_SECONDS
        for thread in threads:
            thread.join(max(0.0, limit - time.monotonic()))
    log.info("worker_stopped")
    return 0
