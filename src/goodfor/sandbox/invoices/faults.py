"""Faults on demand, by call. In memory; a restart begins without any."""

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass

CALLS = ("issue", "ask")
#: kind -> its settings with their defaults. `slow`: taken on, and written after so many questions.
KINDS: Mapping[str, Mapping[str, int | str]] = {
    "delay": {"ms": 1000},
    "lost_answer": {},
    "error_burst": {"status": 500, "work": "before"},
    "bad_signature": {},
    "refuse": {"code": "refused"},
    "slow": {"asks": 2},
}


class WrongFault(Exception):
    """The wish cannot be granted; the text says why."""


@dataclass
class Fault:
    """One fault that is set. `left` None means until it is reset."""

    id: int
    kind: str
    on: str
    settings: dict[str, int | str]
    left: int | None = 1
    skip: int = 0
    hits: int = 0


class FaultBoard:
    """All faults. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, wish: Mapping[str, object]) -> dict[str, object]:
        """`{"kind", "on"?, "times"?, "skip"?, ...settings}`; without `on` any call. Raises WrongFault."""
        rest = dict(wish)
        kind, on = str(rest.pop("kind", "")), str(rest.pop("on", "") or "")
        times, skip = rest.pop("times", 1), rest.pop("skip", 0)
        if kind not in KINDS or on not in ("", *CALLS):
            raise WrongFault(f"kinds: {', '.join(KINDS)}; on: {', '.join(CALLS)}")
        if (times is not None and (type(times) is not int or times < 1)) or type(skip) is not int or skip < 0:
            raise WrongFault("times: a positive integer or null; skip: an integer from 0")
        settings = dict(KINDS[kind])
        for name, value in rest.items():
            if name not in settings or type(value) is not type(settings[name]):
                raise WrongFault(f"{name}: no such setting of {kind}, or of another type")
            settings[name] = value
        with self._lock:
            fault = Fault(len(self._faults) + 1, kind, on, settings, times if isinstance(times, int) else None, skip)
            self._faults.append(fault)
            return asdict(fault)

    def take(self, kind: str, call: str, **match: str) -> Fault | None:
        """The oldest fault of that kind that fits, used up by one."""
        with self._lock:
            for fault in self._faults:
                fits = fault.kind == kind and fault.on in ("", call) and fault.left != 0
                if not fits or any(fault.settings.get(name) != value for name, value in match.items()):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.left is not None:
                    fault.left -= 1
                fault.hits += 1
                return Fault(**asdict(fault))
        return None

    def listed(self) -> list[dict[str, object]]:
        """All faults with their counts."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def reset(self) -> None:
        """Removes all."""
        with self._lock:
            self._faults.clear()
