"""Faults on demand for a stand-in of a few calls, by what they hit. In memory; a restart begins without any."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

from goodfor.sandbox.web import Request, Response, Router, json_response

Kinds = Mapping[str, Mapping[str, int | str]]
#: kind -> its settings with their defaults: what may happen around any call. See `FaultBoard.around`.
COMMON: Kinds = {"delay": {"ms": 1000}, "lost_answer": {}, "error_burst": {"status": 500, "work": "before"}}


class WrongFault(Exception):
    """The wish cannot be granted; the text says why."""


@dataclass
class Fault:
    """One fault that is set; `on` is what it hits, empty for anything. `left` None means until it is reset."""

    id: int
    kind: str
    on: str
    settings: dict[str, int | str]
    left: int | None = 1
    skip: int = 0
    hits: int = 0


class FaultBoard:
    """All faults. Safe between threads. `word` is how wishes call what they hit, one of `places`."""

    def __init__(self, kinds: Kinds, word: str, places: Sequence[str]) -> None:
        self.kinds = kinds
        self._word, self._places = word, places
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, wish: Mapping[str, object]) -> dict[str, object]:
        """`{"kind", word?, "times"?, "skip"?, ...settings}`; without the word it hits anything. Raises WrongFault."""
        rest = dict(wish)
        kind, on = str(rest.pop("kind", "")), str(rest.pop(self._word, "") or "")
        times, skip = rest.pop("times", 1), rest.pop("skip", 0)
        if kind not in self.kinds or on not in ("", *self._places):
            raise WrongFault(f"kinds: {', '.join(self.kinds)}; {self._word}: {', '.join(self._places)}")
        if (times is not None and (type(times) is not int or times < 1)) or type(skip) is not int or skip < 0:
            raise WrongFault("times: a positive integer or null; skip: an integer from 0")
        settings = dict(self.kinds[kind])
        for name, value in rest.items():
            if name not in settings or type(value) is not type(settings[name]):
                raise WrongFault(f"{name}: no such setting of {kind}, or of another type")
            settings[name] = value
        with self._lock:
            fault = Fault(len(self._faults) + 1, kind, on, settings, times if isinstance(times, int) else None, skip)
            self._faults.append(fault)
            return asdict(fault)

    def take(self, kind: str, on: str, **match: str) -> Fault | None:
        """The oldest fault of that kind that fits, used up by one."""
        with self._lock:
            for fault in self._faults:
                fits = fault.kind == kind and fault.on in ("", on) and fault.left != 0
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

    def around(self, on: str, act: Callable[[], Response]) -> tuple[Response, bool]:
        """What `act` answers, or what a fault of COMMON makes of it; and whether one did."""
        if (delay := self.take("delay", on)) is not None:
            time.sleep(int(delay.settings["ms"]) / 1000)
        if (burst := self.take("error_burst", on, work="before")) is not None:
            return _burst(burst), True
        response = act()
        if (burst := self.take("error_burst", on, work="after")) is not None:
            return _burst(burst), True
        if self.take("lost_answer", on) is not None:
            return Response(hang_up=True), True
        return response, False

    def listed(self) -> list[dict[str, object]]:
        """All faults with their counts."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def reset(self) -> None:
        """Removes all."""
        with self._lock:
            self._faults.clear()


class Faulty(Protocol):
    """A stand-in that has a board."""

    faults: FaultBoard


def add_routes(router: Router) -> None:
    """`/_control/faults`: see them and their kinds, set one, remove all."""
    router.add("GET", "/_control/faults", "", _see)
    router.add("POST", "/_control/faults", "", _set)
    router.add("DELETE", "/_control/faults", "", _reset)


def _see(state: Faulty, _request: Request) -> Response:
    kinds = {kind: dict(settings) for kind, settings in state.faults.kinds.items()}
    return json_response({"faults": state.faults.listed(), "kinds": kinds})


def _set(state: Faulty, request: Request) -> Response:
    return json_response(state.faults.add(request.json()), 201)


def _reset(state: Faulty, _request: Request) -> Response:
    state.faults.reset()
    return json_response({"faults": []})


def _burst(fault: Fault) -> Response:
    return Response(int(fault.settings["status"]), b"fault on demand")
