"""Faults on demand: what may go wrong, for whom, how often, and how often it did.

A fault is *taken* when a request or a payment is chosen for it, and *hit* when it takes effect: a duplicate notify
that was never sent has been taken and not hit. Faults live in memory; a restart begins without any.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from goodfor.sandbox.fen import parse_fen
from goodfor.sandbox.types import GatewayError

ENDPOINTS = (
    "submit",
    "mapi",
    "order",
    "orders",
    "merchant",
    "refund",
    "create",
    "query",
    "refundquery",
    "close",
    "pay",
)

# kind -> the settings it understands, with their defaults
KINDS: Mapping[str, Mapping[str, int | str]] = {
    "delay": {"ms": 1000, "on": "*"},
    "lost_answer": {"on": "*"},
    "error_burst": {"status": 500, "on": "*", "work": "before"},
    "bad_signature_reply": {"on": "*"},
    "reply_shape": {"shape": "qrcode"},
    "duplicate_notify": {"count": 2},
    "concurrent_notify": {"count": 2},
    "notify_before_reply": {},
    "notify_before_redirect": {},
    "delay_notify": {"ms": 1000},
    "lost_notify": {},
    "bad_signature_notify": {"instead": 0},
    "wrong_amount_notify": {"money": "0.01", "instead": 0},
    "wrong_status_notify": {"status": "WAIT_BUYER_PAY", "instead": 0},
    "foreign_pid_notify": {"as_pid": "1002", "instead": 0},
    "paid_after_close": {"ms": 0},
    "short_payment": {"money": "0.01"},
    "refund_pending": {"seconds": 3, "outcome": "success"},
    "refund_rejected": {},
    "query_unpaid": {"seconds": 5},
}

_LARGEST = {"ms": 30_000, "count": 64, "seconds": 86_400, "instead": 1, "status": 599}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "on": ("*", *ENDPOINTS),
    "work": ("before", "after"),
    "shape": ("payurl", "qrcode", "urlscheme"),
    "outcome": ("success", "failed"),
}


@dataclass
class Fault:
    """One fault that is set. `left` None means until it is reset; `skip` lets the first ones pass."""

    id: int
    kind: str
    settings: dict[str, int | str]
    pid: str = ""
    out_trade_no: str = ""
    left: int | None = None
    skip: int = 0
    taken: int = 0
    hits: int = 0

    def number(self, key: str) -> int:
        """An integer setting."""
        return int(self.settings[key])

    def text(self, key: str) -> str:
        """A text setting."""
        return str(self.settings[key])


class FaultBoard:
    """All faults of one gateway. Safe between threads."""

    def __init__(
        self, kinds: Mapping[str, Mapping[str, int | str]] = KINDS, choices: Mapping[str, tuple[str, ...]] = _CHOICES
    ) -> None:
        self.kinds = kinds
        self._choices = choices
        self._lock = threading.Lock()
        self._faults: dict[int, Fault] = {}
        self._last_id = 0

    def add(self, wish: Mapping[str, object]) -> dict[str, object]:
        """Sets a fault from `{"kind", "pid"?, "out_trade_no"?, "times"?, "skip"?, ...settings}`.

        `times` null means until reset. Raises GatewayError that names what is wrong.
        """
        rest = dict(wish)
        kind = str(rest.pop("kind", ""))
        if kind not in self.kinds:
            raise GatewayError(f"unknown fault kind; known: {', '.join(sorted(self.kinds))}")
        pid, out_trade_no = str(rest.pop("pid", "") or ""), str(rest.pop("out_trade_no", "") or "")
        times, skip = rest.pop("times", 1), rest.pop("skip", 0)
        if times is not None and (type(times) is not int or times < 1):
            raise GatewayError("times: a positive integer or null")
        if type(skip) is not int or skip < 0:
            raise GatewayError("skip: an integer from 0")
        settings = _settings(kind, rest, self.kinds[kind], self._choices)
        with self._lock:
            self._last_id += 1
            left = times if isinstance(times, int) else None
            fault = Fault(self._last_id, kind, settings, pid, out_trade_no, left, skip)
            self._faults[fault.id] = fault
            return asdict(fault)

    def take(
        self,
        kind: str,
        *,
        pid: str,
        out_trade_no: str = "",
        endpoint: str = "",
        hit: bool = True,
        when: Callable[[Fault], bool] = lambda _fault: True,
    ) -> Fault | None:
        """The oldest fault of that kind that fits, used up by one; counted as a hit at once unless told otherwise."""
        with self._lock:
            for fault in self._faults.values():
                if fault.kind != kind or fault.left == 0 or not _fits(fault, pid, out_trade_no, endpoint):
                    continue
                if not when(fault):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                if fault.left is not None:
                    fault.left -= 1
                fault.taken += 1
                fault.hits += int(hit)
                return Fault(**asdict(fault))
        return None

    def hit(self, fault_id: int | None) -> None:
        """Counts that the fault took effect."""
        with self._lock:
            fault = self._faults.get(fault_id or 0)
            if fault is not None:
                fault.hits += 1

    def listed(self) -> list[dict[str, object]]:
        """Every fault that was set, also those used up, with their counts."""
        with self._lock:
            return [asdict(fault) for fault in self._faults.values()]

    def reset(self, fault_id: int | None = None) -> list[dict[str, object]]:
        """Removes one fault or all of them and returns their last counts. Raises GatewayError for an unknown id."""
        with self._lock:
            if fault_id is None:
                gone, self._faults = list(self._faults.values()), {}
            elif fault_id in self._faults:
                gone = [self._faults.pop(fault_id)]
            else:
                raise GatewayError("no such fault")
            return [asdict(fault) for fault in gone]


def _fits(fault: Fault, pid: str, out_trade_no: str, endpoint: str) -> bool:
    return (
        fault.pid in ("", pid)
        and fault.out_trade_no in ("", out_trade_no)
        and fault.settings.get("on", "*") in ("*", endpoint)
    )


def _settings(
    kind: str,
    given: Mapping[str, object],
    known: Mapping[str, int | str],
    choices: Mapping[str, tuple[str, ...]],
) -> dict[str, int | str]:
    settings = dict(known)
    for key, value in given.items():
        if key not in known:
            raise GatewayError(f"{kind} has no setting {key}; it has: {', '.join(known) or 'none'}")
        default = known[key]
        if isinstance(default, int):
            if isinstance(value, bool):
                value = int(value)
            if not isinstance(value, int) or not 0 <= value <= _LARGEST[key]:
                raise GatewayError(f"{key}: an integer from 0 to {_LARGEST[key]}")
        elif not isinstance(value, str) or value not in choices.get(key, (value,)):
            raise GatewayError(f"{key}: one of {', '.join(choices.get(key, ('a text',)))}")
        settings[key] = value
    if kind == "error_burst" and not 400 <= int(settings["status"]) <= 599:
        raise GatewayError("status: from 400 to 599")
    if kind == "short_payment" and not _is_money(str(settings["money"])):
        raise GatewayError("money: an amount such as 0.01")
    return settings


def _is_money(text: str) -> bool:
    try:
        return parse_fen(text) > 0
    except ValueError:
        return False
