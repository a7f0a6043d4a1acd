"""A small invented world of purchases and of decisions, for the tests of the model. No outside data."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import numpy as np
from django.db import connection

from goodfor.kernel.ids import uuid7, uuid7_floor
from goodfor.risk.model.boosting import Settings
from goodfor.risk.model.rows import Labelled
from goodfor.risk.model.transactions import Transactions, made_of
from goodfor.risk.types import Value

START = datetime(2026, 1, 1, tzinfo=UTC)
#: Small and fast.
QUICK = Settings(trees=40, leaves=7, rate=0.1, seeds=(1, 2))


def purchases(*, customers: int = 600, terminals: int = 200, days: int = 75, seed: int = 7) -> Transactions:
    """Customers with a habit each; some amounts are far above it, and some terminals are bad for three weeks."""
    chance = np.random.default_rng(seed)
    habit = chance.uniform(5, 100, customers)
    many = customers * days * 2 // 5
    ts = np.sort(chance.integers(0, days * 86_400, many))
    customer = chance.integers(0, customers, many)
    terminal = chance.integers(0, terminals, many)
    amount = np.maximum(1, habit[customer] * chance.normal(1, 0.4, many))
    scenario = np.zeros(many, dtype=np.int64)
    begun = chance.uniform(-14, days, terminals)
    hurt = chance.random(terminals) < 0.2
    day = ts / 86_400
    scenario[hurt[terminal] & (day > begun[terminal]) & (day < begun[terminal] + 21)] = 2
    stolen = chance.random(many) < 0.005
    amount[stolen] *= 5
    scenario[stolen] = 3
    cents = np.round(amount * 100).astype(np.int64)
    return made_of({"ts": ts, "customer": customer, "terminal": terminal, "cents": cents, "scenario": scenario})


def decisions(many: int = 3000, *, days: int = 60, seed: int = 3, delay: int = 7) -> Iterator[Labelled]:
    """Decisions with what became of them: new devices, many orders within an hour and one province are worse."""
    chance = np.random.default_rng(seed)
    for number in range(many):
        at = START + timedelta(days=days * number / many)
        snapshot, odds = snapshot_of(chance)
        bad = bool(chance.random() < 1 / (1 + np.exp(-odds)))
        # One in fifty is not known yet.
        known = None if chance.random() < 0.02 else at + timedelta(days=delay)
        yield Labelled(at, snapshot, bad if known else None, known, int(chance.integers(500, 50_000)))


def snapshot_of(chance: np.random.Generator) -> tuple[dict[str, Value], float]:
    """One snapshot, and the log-odds that the act is bad."""
    orders = int(chance.poisson(1.5))
    new_device = bool(chance.random() < 0.3)
    province = str(chance.choice(["广东", "北京", "四川", "云南"]))
    age = float(chance.exponential(200))
    odds = -5.5 + 0.7 * orders + 2.0 * new_device + (1.5 if province == "云南" else 0) - age / 200
    snapshot: dict[str, Value] = {
        "buyer_orders_1h": orders,
        "new_device": new_device,
        "province": None if chance.random() < 0.1 else province,
        "account_age_days": None if chance.random() < 0.2 else age,
        "scene": "order",
    }
    return snapshot, odds


def decided_at(at: datetime) -> UUID:
    """An id of a decision of that instant."""
    return UUID(int=uuid7_floor(at).int | (uuid4().int & ((1 << 62) - 1)))


def store(shop_id: UUID, many: int = 3000, *, delay: timedelta = timedelta(days=3), scene: int = 5) -> int:
    """Store the invented decisions as the engine and the labels do; bad ones are told of after `delay`. How many."""
    rows, labels = [], []
    for act in decisions(many):
        decision_id = decided_at(act.at)
        snapshot = {**act.snapshot, "amount_minor": act.amount_minor}
        rows.append([shop_id, act.at, decision_id, scene, json.dumps(snapshot), act.at])
        if act.bad:
            labels.append([uuid7(), shop_id, decision_id, act.at + delay])
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO risk_decision (shop_id, at, id, event_id, scene, subject_kind, features, set_version, hits,
                   challengers, why, rules_version, outcome, reasons, cost, sampled, failed, absent, silent, latency_us,
                   expires_at)
               VALUES (%s, %s, %s, 1, %s, '', %s::jsonb, 1, '[]', '{}', '[]', 1, 'allow', '{}', 0, false, '{}', '{}',
                   '{}', 1, %s)""",
            rows,
        )
        cursor.executemany(
            """INSERT INTO risk_label (id, shop_id, decision_id, subject_type, bad, source, known_at, by)
               VALUES (%s, %s, %s, '', true, 'review', %s, 'staff:ann')""",
            labels,
        )
    return len(rows)
