"""Rules of a shop, compiled: once a process and number of the rule set.

A change of one rule costs one read and the compilation of its scenes, each with the first act in it: versions never
change, so what was made of them is kept.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from goodfor.kernel.errors import DomainError
from goodfor.kernel.latest import Latest
from goodfor.kernel.sql import Row, Statement
from goodfor.risk.language import Expression, ListReference, compile_many
from goodfor.risk.rule_reading import stored
from goodfor.risk.types import Outcome, Scene, Value

#: What a process keeps: shops, versions of rules, functions of scenes.
SHOPS: Final = 500
VERSIONS: Final = 5_000
FUNCTIONS: Final = 2_000
_RUNNING: Final = Statement(__package__, "sql/running_rules.sql")
log = structlog.get_logger(__name__)
Run = Callable[[Mapping[str, Value]], tuple[bool | None, ...]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A running rule. `expression` None: what it needs is not there any more, so it is never evaluable."""

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
    expression: Expression | None


@dataclass(frozen=True, slots=True)
class Ready:
    """The rules of one scene as one function, its answers in the order of `rules`. `broken`: codes of the others."""

    rules: tuple[Loaded, ...]
    run: Run
    lists: tuple[ListReference, ...]
    broken: tuple[str, ...] = ()


@dataclass(slots=True)
class _Shop:
    version: int
    rows: list[Row]
    scenes: dict[Scene, Ready]


_shops: Latest[UUID, _Shop] = Latest(SHOPS)
#: By id of a version; a tuple, so that what cannot be read is kept as well.
_expressions: Latest[UUID, tuple[Expression | None]] = Latest(VERSIONS)
_functions: Latest[tuple[UUID, ...], Run] = Latest(FUNCTIONS)


def ready(shop_id: UUID, scene: Scene, version: int) -> Ready:
    """The rules of a scene as of a number of the rule set; read when the number is new to this process."""
    shop = _shops.get(shop_id)
    if shop is None or shop.version != version:
        # What is read now is at least as new as the number, so that nothing old is ever taken for new.
        rows = _RUNNING.rows({"shop_id": shop_id}) if version else []
        shop = _shops.put(shop_id, _Shop(version, rows, {}))
    made = shop.scenes.get(scene)
    if made is None:
        made = shop.scenes[scene] = _made([row for row in shop.rows if scene in row[12]])
    return made


def forget() -> None:
    """Drop everything: after a database was replaced (tests, restore)."""
    for kept in (_shops, _expressions, _functions):
        kept.clear()


def _made(rows: list[Row]) -> Ready:
    """The strongest first."""
    loaded = [(_loaded(row), row[13]) for row in rows]
    loaded.sort(key=lambda pair: (not pair[0].hard, -pair[0].outcome.strength, pair[0].code))
    good = [(rule, version) for rule, version in loaded if rule.expression is not None]
    ids = tuple(version for _, version in good)
    pairs = [(version, rule.expression) for rule, version in good if rule.expression is not None]
    run = _functions.get(ids) or _functions.put(ids, compile_many(pairs))
    lists = sorted({reference for _, expression in pairs for reference in expression.lists})
    return Ready(
        tuple(rule for rule, _ in good), run, tuple(lists),
        tuple(rule.code for rule, _ in loaded if rule.expression is None),
    )  # fmt: skip


def _loaded(row: Row) -> Loaded:
    (rule_id, code, state, percent, number, outcome, hard, hold, cost, label, days, by, _, version_id, tree) = row
    return Loaded(
        id=rule_id, code=code, state=state, percent=percent, version=number, outcome=Outcome(outcome), hard=hard,
        hold=timedelta(minutes=hold) if hold else None, cost=cost, label=label,
        stays=timedelta(days=days) if days else None, by=by, expression=_expression(version_id, code, tree),
    )  # fmt: skip


def _expression(version_id: UUID, code: str, tree: str) -> Expression | None:
    kept = _expressions.get(version_id)
    if kept is not None:
        return kept[0]
    made: Expression | None = None
    try:
        made = stored(json.loads(tree))
    except DomainError as error:
        # One rule that cannot be read must not silence the others; it shows among those not evaluable.
        log.error("risk_rule_unreadable", version_id=str(version_id), code=code, reason=error.data.get("reason"))
    return _expressions.put(version_id, (made,))[0]
