"""A shop with people who may, and ways to store what tests look at."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection

from goodfor.identity.operations.add_staff import add_staff
from goodfor.identity.operations.create_shop import create_shop
from goodfor.kernel.ids import uuid7_floor
from goodfor.risk import evaluate, rule_cache, rule_queries
from goodfor.risk.keys import key_of
from goodfor.risk.operations.approve import approve
from goodfor.risk.operations.save_draft import save_draft
from goodfor.risk.operations.submit_rule import set_state
from goodfor.risk.rule_types import RuleText, RuleView, Verdict
from goodfor.risk.types import SCENE_NUMBERS, KeyKind, Outcome, Scene, Value

SAYS = RuleText(
    name="大额订单", text="amount_minor >= 50000", scenes=(Scene.ORDER,), outcome=Outcome.HOLD, label="R0043-001",
    threat="stolen_payment", hold_minutes=60,
)  # fmt: skip


@dataclass
class World:
    """A shop; `anna` and `bert` may set rules, `cora` may not."""

    shop_id: UUID
    now: datetime
    anna: str
    bert: str
    cora: str

    def draft(self, says: RuleText = SAYS, code: str = "big-order", by: str = "") -> RuleView:
        """A rule that Anna wrote."""
        return save_draft(shop_id=self.shop_id, says=says, code=code, actor=by or self.anna, now=self.now)

    def go(self, rule: RuleView, state: str, percent: int = 0) -> RuleView:
        """Brought there by Anna, with Bert's approval where it takes one."""
        change = set_state(
            shop_id=self.shop_id, rule_id=rule.id, state=state, percent=percent, actor=self.anna, now=self.now,
            reason="试试",
        )  # fmt: skip
        if not change.done:
            assert change.proposal_id is not None
            approve(shop_id=self.shop_id, proposal_id=change.proposal_id, actor=self.bert, now=self.now)
        return rule_queries.rule(self.shop_id, rule.id)

    def live(self, says: RuleText = SAYS, code: str = "big-order") -> RuleView:
        """A rule that counts for everybody."""
        return self.go(self.go(self.draft(says, code), "shadow"), "live")

    def judge(
        self, snapshot: dict[str, Value], scene: Scene = Scene.ORDER, now: datetime | None = None, **keys: str
    ) -> Verdict:
        """What lists and rules say."""
        return evaluate.hits(self.shop_id, scene, snapshot, self.keys(**keys), now or self.now)

    def keys(self, **values: str) -> dict[KeyKind, int]:
        """Keys of values: `buyer="buyer:1"`."""
        found = {KeyKind(kind): key_of(self.shop_id, KeyKind(kind), value) for kind, value in values.items()}
        return {kind: key for kind, key in found.items() if key is not None}

    def decided(
        self, features: dict[str, Value], at: datetime, scene: Scene = Scene.ORDER, outcome: str = "allow",
        hits: list[dict[str, Any]] | None = None, subject: tuple[str, UUID] | None = None,
    ) -> UUID:  # fmt: skip
        """A stored decision; its id."""
        decision_id = UUID(int=uuid7_floor(at).int | (uuid4().int & ((1 << 62) - 1)))
        sql(
            """INSERT INTO risk_decision (shop_id, at, id, event_id, scene, subject_kind, subject_id, features,
                   set_version, hits, challengers, why, rules_version, outcome, reasons, hold_until, cost, sampled,
                   failed, absent, silent, latency_us, expires_at)
               VALUES (%s, %s, %s, 1, %s, %s, %s, %s::jsonb, 1, %s::jsonb, '{}', '[]', 1, %s, '{}',
                   CASE WHEN %s = 'hold' THEN %s::timestamptz END, 0, false, '{}', '{}', '{}', 1, %s)""",
            [self.shop_id, at, decision_id, SCENE_NUMBERS[scene], subject[0] if subject else "",
             subject[1] if subject else None, json.dumps(features), json.dumps(hits or []), outcome, outcome, at, at],
        )  # fmt: skip
        return decision_id


def sql(text: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Past the operations."""
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall() if cursor.description else []


def dump(*tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows, to prove that nothing changed."""
    return {table: sorted(sql(f"SELECT t::text FROM {table} t")) for table in tables}


RULE_TABLES = ("risk_rule", "risk_rule_version", "risk_proposal", "risk_rule_set", "kernel_audit", "kernel_history")
LIST_TABLES = ("risk_list_entry", "risk_list", "risk_proposal", "kernel_audit")


def staff(shop_id: UUID, name: str, role: str, now: datetime) -> str:
    """A person of the shop, as the audit trail names them."""
    user = User.objects.create(username=f"{name}-{shop_id}")
    return add_staff(shop_id=shop_id, user_id=user.pk, role=role, actor="test", now=now).actor


def open_world(now: datetime, code: str = "risky") -> World:
    """A shop with three people."""
    rule_cache.forget()
    shop = create_shop(code=code, name="店", currency="CNY", actor="test", now=now)
    people = [("anna", "owner"), ("bert", "operator"), ("cora", "support")]
    return World(shop.id, now, *(staff(shop.id, name, role, now) for name, role in people))


@pytest.fixture
def world(db: None, now: datetime) -> World:
    return open_world(now)
