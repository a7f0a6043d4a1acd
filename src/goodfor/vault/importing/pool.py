"""Worker processes for sealing: answers come in the order of the chunks, a few chunks ahead of the database."""

import os
import queue
import subprocess
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

from goodfor.vault.importing.processes import start_process, stop_process
from goodfor.vault.importing.sealing import SealContext, Sealed, seal
from goodfor.vault.importing.source import RawChunk
from goodfor.vault.importing.worker import receive, send
from goodfor.vault.parsing.problems import FileProblem

#: Below this a second process costs more than it saves.
SMALL_FILE = 2 * 1024 * 1024
MAX_WORKERS = 4


class Sealer(Protocol):
    """Seals chunks in order."""

    def seal_all(self, chunks: Iterable[RawChunk]) -> Generator[Sealed, None, None]:
        """Sealed chunks, in the order of the raw ones."""
        ...

    def close(self) -> None:
        """Stop the workers."""
        ...


def sealer(context: SealContext, size_bytes: int) -> Sealer:
    """In this process for small files, else in about one process for two cores: the database needs the others."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if size_bytes < SMALL_FILE or cores < 2:
        return _Here(context)
    return _Workers(context, min(MAX_WORKERS, cores // 2))


class _Here:
    def __init__(self, context: SealContext) -> None:
        self._context = context

    def seal_all(self, chunks: Iterable[RawChunk]) -> Generator[Sealed, None, None]:
        for chunk in chunks:
            yield seal(chunk.data, chunk.first_line, chunk.end_offset, self._context)

    def close(self) -> None:
        """Nothing to stop."""


class _Workers:
    def __init__(self, context: SealContext, count: int) -> None:
        self._ahead = count + 2
        self._idle: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
        self._processes = [start_process("goodfor.vault.importing.worker") for _ in range(count)]
        for process in self._processes:
            assert process.stdin is not None
            send(process.stdin, context)
            self._idle.put(process)
        # One thread a process: writing to a pipe while the other side writes too must not block the database.
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="sealer")

    def _one(self, chunk: RawChunk) -> Any:
        process = self._idle.get()
        assert process.stdin is not None
        assert process.stdout is not None
        send(process.stdin, (chunk.data, chunk.first_line, chunk.end_offset))
        answer = receive(process.stdout)
        self._idle.put(process)
        return answer

    def seal_all(self, chunks: Iterable[RawChunk]) -> Generator[Sealed, None, None]:
        waiting: deque[Future[Any]] = deque()
        for chunk in chunks:
            waiting.append(self._threads.submit(self._one, chunk))
            if len(waiting) >= self._ahead:
                yield _sealed(waiting.popleft().result())
        while waiting:
            yield _sealed(waiting.popleft().result())

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._processes:
            stop_process(process)
        self._threads.shutdown(wait=True)


def _sealed(answer: Any) -> Sealed:
    if isinstance(answer, Sealed):
        return answer
    code, data = answer
    raise FileProblem(code, **data)
