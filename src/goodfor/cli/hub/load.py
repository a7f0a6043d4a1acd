"""Whose processors' time a measurement took."""

import threading
from collections.abc import Callable, Mapping
from types import TracebackType

import psutil  # type: ignore[import-untyped, unused-ignore]


class Load:
    """Seconds of processors by name, children included; one that ended meanwhile counts until it was last seen."""

    def __init__(self, processes: Mapping[str, Callable[[], int | None]]) -> None:
        self._processes = processes
        self._seen: dict[tuple[str, int], tuple[float, float]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Load":
        self._look()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def told(self) -> dict[str, float]:
        """So far."""
        self._look()
        found: dict[str, float] = dict.fromkeys(self._processes, 0.0)
        for (name, _pid), (first, last) in list(self._seen.items()):
            found[name] += last - first
        return {name: round(seconds, 1) for name, seconds in found.items()}

    def _watch(self) -> None:
        while not self._stop.wait(1.0):
            self._look()

    def _look(self) -> None:
        own = {pid for find in self._processes.values() if (pid := find()) is not None}
        for name, find in self._processes.items():
            pid = find()
            for process in _family(pid, own) if pid is not None else ():
                try:
                    times = process.cpu_times()
                except psutil.Error:
                    continue
                spent = times.user + times.system
                first = self._seen.get((name, process.pid), (spent, spent))[0]
                self._seen[name, process.pid] = (first, spent)


def _family(pid: int, others: set[int]) -> list[psutil.Process]:
    """A process and its children, without those that are counted under another name."""
    try:
        process = psutil.Process(pid)
        found, waiting = [process], process.children()
        while waiting:
            child = waiting.pop()
            if child.pid not in others:
                found.append(child)
                waiting += child.children()
        return found
    except psutil.Error:
        return []
