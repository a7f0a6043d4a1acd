"""What the tests of the engine share: acts, parts that answer as told, rows as they lie there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from goodfor.risk.types import Act, Hit, KeyKind, Outcome, Scene, Value


def act_of(shop: UUID, at: datetime, scene: Scene = Scene.ORDER, **given: Any) -> Act:
    """An act with every key, unless told otherwise."""
    return Act(**{
        "shop_id": shop, "scene": scene, "at": at, "buyer": "buyer:1", "device": "device-0001", "ip": "203.0.113.7",
        "phone": "13800138000", "mail": "a@example.com", "instrument": "card-0001", "batch": "batch-1",
        "referrer": "buyer:9", "amount_minor": 1200, "currency": "CNY", **given,
    })  # fmt: skip


def hit_of(outcome: Outcome, code: str = "r1", **given: Any) -> Hit:
    """A rule that fitted, live unless told otherwise."""
    return Hit(
        **{"rule_id": uuid4(), "code": code, "version": 1, "outcome": outcome, "live": True, "label": "", **given}
    )


@dataclass(frozen=True)
class Verdict:
    """A verdict as told."""

    version: int = 3
    immutable_block: object | None = None
    allow: object | None = None
    block: object | None = None
    watch: tuple[object, ...] = ()
    hits: tuple[Hit, ...] = ()
    lists: Mapping[str, bool] = field(default_factory=dict)
    silent: tuple[str, ...] = ()


MODEL_ID = UUID(int=7)


@dataclass(frozen=True)
class Scored:
    """A score as told."""

    score: float
    model_id: UUID = MODEL_ID
    challengers: Mapping[UUID, float] = field(default_factory=dict)


class FixedRules:
    """Lists and rules that always say the same."""

    def __init__(self, verdict: Verdict | None = None) -> None:
        self.verdict = verdict or Verdict()

    def hits(
        self, shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value], keys: Mapping[KeyKind, int], now: datetime
    ) -> Verdict:
        return self.verdict


class LimitRules:
    """One rule: deny above so many of one feature."""

    def __init__(self, name: str, limit: int) -> None:
        self.name, self.limit = name, limit

    def hits(
        self, shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value], keys: Mapping[KeyKind, int], now: datetime
    ) -> Verdict:
        value = snapshot[self.name]
        assert isinstance(value, int)
        return Verdict(hits=(hit_of(Outcome.DENY),) if value > self.limit else ())


class FixedModel:
    """A model that always says the same."""

    def __init__(self, score: float, challengers: Mapping[UUID, float] | None = None) -> None:
        self.scored = Scored(score, challengers=challengers or {})
        self.asked_why = 0

    def score(self, shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value]) -> Scored:
        return self.scored

    def reasons(self, shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value]) -> list[dict[str, Any]]:
        self.asked_why += 1
        return [{"feature": "buyer_orders_1h", "value": snapshot["buyer_orders_1h"], "share": 0.4}]


def sql(statement: str, params: Any = None) -> list[tuple[Any, ...]]:
    """Rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []


def counted() -> tuple[int, int]:
    """How many events and decisions there are."""
    [(events, decisions)] = sql("SELECT (SELECT count(*) FROM risk_event), (SELECT count(*) FROM risk_decision)")
    return events, decisions


HOUR = timedelta(hours=1)
NOW_UTC = datetime(2026, 1, 1, tzinfo=UTC)
