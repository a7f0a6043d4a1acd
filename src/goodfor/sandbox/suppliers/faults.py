"""What may go wrong at a supplier, as switches: for a site, an item, a number, an endpoint; so many times or so often.

A switch is `{"kind", ...settings, "site"?, "item"?, "number"?, "on"?, "times"?, "skip"?, "share"?}`. `times` null:
until it is reset; `skip` lets the first ones pass; `share` 0.1: one in ten, by a generator with a seed, so that runs
repeat.
"""

import hashlib
import random
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from goodfor.sandbox.types import GatewayError

#: Names of what is called, the same at every vendor.
ENDPOINTS: Final = (
    "balance", "categories", "list", "item", "create", "query", "codes", "cancel", "complain", "ticket", "code_state",
    "void", "statement", "token", "other",
)  # fmt: skip
#: What `down` is about.
AFTER_SALE: Final = frozenset({"code_state", "void", "complain", "ticket"})
Setting = int | float | str
#: kind -> settings with their defaults. What each does: see the package's docstring.
KINDS: Final[Mapping[str, Mapping[str, Setting]]] = {
    # Answers.
    "lost_answer": {},
    "late_answer": {"seconds": 1.0},
    "lost_request": {},
    "html": {"status": 502, "work": "before"},
    "empty_body": {"work": "after"},
    "bad_json": {"work": "after"},
    "dead": {"how": "refuse"},
    "refuse": {"why": "stock"},
    "throttle": {"calls": 10, "seconds": 1.0},
    "duplicate_reply": {},
    "doubt_reply": {},
    # The site's clock.
    "clock": {"seconds": 3600},
    # What becomes of an order.
    "not_found": {"seconds": 0.0, "queries": 1},
    "odd_word": {"word": "odd"},
    "deliver": {"seconds": 0.0, "queries": 0},
    "never": {},
    "fail": {"seconds": 0.0, "why": "failed"},
    "partial": {"count": 1, "refund": 1},
    "refund_after": {"seconds": 0.0, "part": 1.0, "tell": 1},
    # Codes.
    "wrong_count": {"delta": -1},
    "used_code": {},
    "dirty_code": {"how": "cr"},
    # After the sale.
    "lies_about_codes": {},
    "slow_void": {"seconds": 60.0},
    "judge": {"seconds": 0.0, "outcome": "books"},
    "down": {},
    # Calls back.
    "lost_push": {},
    "late_push": {"seconds": 1.0},
    "doubled_push": {"count": 2},
    "reordered_push": {},
    "forged_push": {"instead": 0},
    "tampered_push": {"instead": 0},
    "push_first": {},
    # The catalogue.
    "shrinking": {},
}
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "work": ("before", "after"),
    "outcome": ("books", "upheld", "refused"),
    "how": ("refuse", "503", "cr", "colon", "picture", "link", "no_number", "spaces"),
}


@dataclass
class Switch:
    """One switch. `left` None: until it is reset."""

    id: int
    kind: str
    settings: dict[str, Setting]
    site: str = ""
    item: str = ""
    number: str = ""
    on: str = "*"
    left: int | None = 1
    skip: int = 0
    share: float = 1.0
    hits: int = 0

    def whole(self, key: str) -> int:
        """A whole number."""
        return int(self.settings[key])

    def ms(self, key: str = "seconds") -> int:
        """Seconds as milliseconds."""
        return int(float(self.settings[key]) * 1000)

    def text(self, key: str) -> str:
        """A text."""
        return str(self.settings[key])


@dataclass(frozen=True)
class Scope:
    """What a call or an order is about, for the choice of switches."""

    site: str
    endpoint: str = "other"
    item: str = ""
    number: str = ""


class Board:
    """All switches of one process. Safe between threads. They live in memory: a restart begins without any."""

    def __init__(self, seed: int = 1) -> None:
        self._lock = threading.Lock()
        self._switches: dict[int, Switch] = {}
        self._last = 0
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        #: Kinds that are set at all: a call looks here first.
        self._kinds: frozenset[str] = frozenset()

    def set(self, wish: Mapping[str, object]) -> Switch:
        """Sets a switch. Raises GatewayError that names what is wrong."""
        rest: dict[str, Any] = dict(wish)
        kind = str(rest.pop("kind", ""))
        if kind not in KINDS:
            raise GatewayError(f"unknown kind; known: {', '.join(sorted(KINDS))}")
        where = {key: str(rest.pop(key, "") or "") for key in ("site", "item", "number")}
        on, times, skip = str(rest.pop("on", "*")), rest.pop("times", 1), rest.pop("skip", 0)
        share = rest.pop("share", 1.0)
        if on != "*" and on not in ENDPOINTS:
            raise GatewayError(f"on: * or one of {', '.join(ENDPOINTS)}")
        if (times is not None and (type(times) is not int or times < 1)) or type(skip) is not int or skip < 0:
            raise GatewayError("times: a positive integer or null; skip: an integer from 0")
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
            raise GatewayError("share: above 0, at most 1")
        settings = _settings(kind, rest)
        with self._lock:
            self._last += 1
            made = Switch(
                self._last, kind, settings, where["site"], where["item"], where["number"], on, times, skip, float(share)
            )
            self._switches[made.id] = made
            self._kinds |= {kind}
            return Switch(**asdict(made))

    def take(self, kind: str, scope: Scope, **needs: Setting) -> Switch | None:
        """The oldest switch that fits, used up by one and counted. `needs`: settings that it must have."""
        if kind not in self._kinds:
            return None
        with self._lock:
            for switch in self._switches.values():
                if switch.kind != kind or switch.left == 0 or not _fits(switch, scope):
                    continue
                if any(switch.settings.get(key) != value for key, value in needs.items()):
                    continue
                if switch.share < 1 and self._random.random() >= switch.share:
                    continue
                if switch.skip > 0:
                    switch.skip -= 1
                    continue
                if switch.left is not None:
                    switch.left -= 1
                switch.hits += 1
                return Switch(**asdict(switch))
        return None

    def look(self, kind: str, scope: Scope) -> Switch | None:
        """A switch that fits, not used up: for what lasts, as a clock that is wrong."""
        if kind not in self._kinds:
            return None
        with self._lock:
            fits = (one for one in self._switches.values() if one.kind == kind and one.left != 0 and _fits(one, scope))
            found = next(fits, None)
            return None if found is None else Switch(**asdict(found))

    def drawn(self, switch: Switch, about: str) -> bool:
        """Whether a switch with a share is about this one: always the same answer for the same seed; counted."""
        digest = hashlib.sha256(f"{self._seed}|{switch.kind}|{about}".encode()).digest()
        hit = int.from_bytes(digest[:8], "big") / 2**64 < switch.share
        with self._lock:
            if hit and (kept := self._switches.get(switch.id)) is not None:
                kept.hits += 1
        return hit

    def listed(self) -> list[dict[str, object]]:
        """Every switch that was set, also used up, with how often it hit."""
        with self._lock:
            return [asdict(switch) for switch in self._switches.values()]

    def reset(self, switch_id: int | None = None) -> list[dict[str, object]]:
        """Removes one or all; their last counts. Raises GatewayError."""
        with self._lock:
            if switch_id is not None and switch_id not in self._switches:
                raise GatewayError("no such switch")
            ids = list(self._switches) if switch_id is None else [switch_id]
            gone = [asdict(self._switches.pop(one)) for one in ids]
            self._kinds = frozenset(one.kind for one in self._switches.values())
            return gone


def _fits(switch: Switch, scope: Scope) -> bool:
    return (
        switch.site in ("", scope.site, scope.site.partition("/")[0])
        and switch.item in ("", scope.item)
        and switch.number in ("", scope.number)
        and switch.on in ("*", scope.endpoint)
    )


def _settings(kind: str, given: Mapping[str, object]) -> dict[str, Setting]:
    settings = dict(KINDS[kind])
    for key, value in given.items():
        if key not in settings:
            raise GatewayError(f"{kind} has no setting {key}; it has: {', '.join(settings) or 'none'}")
        if isinstance(value, bool):
            value = int(value)
        if isinstance(settings[key], str):
            if not isinstance(value, str) or value not in _CHOICES.get(key, (value,)):
                raise GatewayError(f"{key}: one of {', '.join(_CHOICES.get(key, ('a text',)))}")
            settings[key] = value
        elif isinstance(value, int | float) and -100_000_000 < value < 100_000_000:
            settings[key] = value
        else:
            raise GatewayError(f"{key}: a number")
    return settings
