"""Rules of a shop, compiled: once a process and number of the rule set."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from goodfor.kernel.errors import DomainError
from goodfor.risk import rule_states as states
from goodfor.risk.language import Expression, ListReference, compile_many
from goodfor.risk.rule_models import Rule
from goodfor.risk.rule_reading import stored
from goodfor.risk.types import Outcome, Scene, Value

#: Shops whose rules a process keeps.
SHOPS: Final = 500
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A running rule. `broken`: what it needs is not there any more, so it is never evaluable."""

    id: UUID
    code: str
    state: str
    percent: int
    version: int
    outcome: Outcome
    hard: bool
    hold: timedelta | None
    cost: int
    label: str
    stays: timedelta | None
    by: str
    scenes: tuple[Scene, ...]
    expression: Expression | None


@dataclass(frozen=True, slots=True)
class Ready:
    """The rules of one scene as one function; its answers are in the order of `rules`."""

    rules: tuple[Loaded, ...]
    run: Callable[[Mapping[str, Value]], tuple[bool | None, ...]]
    lists: tuple[ListReference, ...]
    broken: tuple[str, ...] = ()


@dataclass(slots=True)
class _Shop:
    version: int
    scenes: dict[Scene, Ready]


_shops: dict[UUID, _Shop] = {}
_lock = threading.Lock()


def ready(shop_id: UUID, scene: Scene, version: int) -> Ready:
    """The rules of a scene as of a number of the rule set; read and compiled when the number is new to this process."""
    shop = _shops.get(shop_id)
    if shop is None or shop.version != version:
        # What is read now is at least as new as the number, so that nothing old is ever taken for new.
        shop = _Shop(version, _scenes(load(shop_id) if version else ()))
        with _lock:
            while len(_shops) >= SHOPS:
                del _shops[next(iter(_shops))]
            _shops[shop_id] = shop
    return shop.scenes[scene]


def forget() -> None:
    """Drop everything: after a database was replaced (tests, restore)."""
    with _lock:
        _shops.clear()


def load(shop_id: UUID) -> tuple[Loaded, ...]:
    """All running rules, the strongest first."""
    found = Rule.objects.select_related("version").filter(shop_id=shop_id, state__in=sorted(states.RUNNING))
    loaded = [_loaded(row) for row in found]
    return tuple(sorted(loaded, key=lambda rule: (not rule.hard, -rule.outcome.strength, rule.code)))


def compiled(rules: tuple[Loaded, ...]) -> Ready:
    """These rules as one function."""
    good = tuple(rule for rule in rules if rule.expression is not None)
    pairs = [(rule.id, rule.expression) for rule in good if rule.expression is not None]
    lists = sorted({reference for _, expression in pairs for reference in expression.lists})
    return Ready(good, compile_many(pairs), tuple(lists), tuple(rule.code for rule in rules if rule.expression is None))


def _scenes(rules: tuple[Loaded, ...]) -> dict[Scene, Ready]:
    return {scene: compiled(tuple(rule for rule in rules if scene in rule.scenes)) for scene in Scene}


def _loaded(row: Rule) -> Loaded:
    version = row.version
    assert version is not None
    expression: Expression | None = None
    try:
        expression = stored(version.tree)
    except DomainError as error:
        # One rule that cannot be read must not silence the others; it shows among those not evaluable.
        log.error("risk_rule_unreadable", shop_id=str(row.shop_id), code=row.code, reason=error.data.get("reason"))
    return Loaded(
        id=row.id, code=row.code, state=row.state, percent=row.percent, version=version.number,
        outcome=Outcome(version.outcome), hard=version.hard,
        hold=timedelta(minutes=version.hold_minutes) if version.hold_minutes else None, cost=version.cost,
        label=version.label, stays=timedelta(days=version.quarantine_days) if version.quarantine_days else None,
        by=version.quarantine_by, scenes=tuple(Scene(scene) for scene in version.scenes), expression=expression,
    )  # fmt: skip
