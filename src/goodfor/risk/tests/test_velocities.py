"""Velocities: equal to a plain recount, capped, bounded on both sides, read from indexes that hold what they need."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from goodfor.risk import hot, velocity_sql
from goodfor.risk.features import NUMBER, catalogue
from goodfor.risk.tests.engine import sql
from goodfor.risk.types import BY_STAFF, SCENE_NUMBERS, KeyKind, Result, Scene, Value
from goodfor.risk.velocities import BY_SCENE, CAP, FEATURES, PRONE, VELOCITIES, Velocity
from goodfor.risk.velocity_sql import AHEAD, Seen, month_of, next_month, reading, scan_of


@dataclass(frozen=True)
class Row:
    """One event."""

    at: datetime
    scene: Scene
    result: Result
    amount: int
    keys: dict[KeyKind, int]


def insert(shop: UUID, rows: Sequence[Row]) -> None:
    """Write events past the engine."""
    columns = ", ".join(KeyKind)
    places = ", ".join(["%s"] * (5 + len(KeyKind)))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO risk_event (shop_id, at, scene, result, amount_minor, {columns}) VALUES ({places})",
            [
                [shop, row.at, SCENE_NUMBERS[row.scene], int(row.result), row.amount, *map(row.keys.get, KeyKind)]
                for row in rows
            ],
        )


def read(
    shop: UUID, scene: Scene, keys: dict[KeyKind, int], at: datetime
) -> tuple[dict[str, Value], Seen | None]:  # fmt: skip
    """What a decision would see."""
    what = reading(scene, at)
    [row] = hot.rows("test", what.text, velocity_sql.params_of(what, scene, shop, keys, at))
    return velocity_sql.values_of(what, row, keys, at)


def recount(one: Velocity, rows: Sequence[Row], keys: dict[KeyKind, int], at: datetime) -> int | None:
    """The same by hand: newest events of the key first, no more than the cap of one scan."""
    if one.kind not in keys:
        return None
    longest = max(
        other.window for other in VELOCITIES if scan_of(other) == scan_of(one) and _asked_together(other, one)
    )
    scanned = sorted(
        (
            row
            for row in rows
            if row.keys.get(one.kind) == keys[one.kind]
            and at - longest < row.at <= at + AHEAD
            and (one.kind not in PRONE or (row.scene, row.result) == (one.scenes[0], one.result))
        ),
        key=lambda row: row.at,
        reverse=True,
    )[:CAP]
    fitting = [
        row
        for row in scanned
        if row.at > at - one.window
        and (not one.scenes or row.scene in one.scenes)
        and (one.result is None or row.result == one.result)
    ]
    if one.what == "count":
        return len(fitting)
    if one.what == "sum":
        return sum(row.amount for row in fitting)
    assert one.of is not None
    return len({row.keys[one.of] for row in fitting if one.of in row.keys})


_scene: Scene = Scene.ORDER


def _asked_together(one: Velocity, other: Velocity) -> bool:
    return _scene in one.asked and _scene in other.asked


def check(scene: Scene, rows: Sequence[Row], keys: dict[KeyKind, int], at: datetime, shop: UUID) -> int:
    """Every velocity of a scene equals its recount; how many were not nought."""
    global _scene
    _scene = scene
    found, _seen = read(shop, scene, keys, at)
    expected = {one.name: recount(one, rows, keys, at) for one in BY_SCENE[scene]}
    assert {name: found[name] for name in expected} == expected, (scene, at)
    return sum(bool(value) for value in expected.values())


def past(seed: int, at: datetime, count: int, days: int = 100) -> list[Row]:
    """Random events of few keys, mostly young."""
    dice = random.Random(seed)
    return [
        Row(
            at=at + AHEAD - timedelta(seconds=dice.random() ** 4 * days * 86_400, microseconds=dice.randrange(10**6)),
            scene=dice.choice(list(Scene)),
            result=dice.choices(list(Result), [6, 3, 2])[0],
            amount=dice.choice([0, 100, 12_345, 9_000_000_000]),
            keys={kind: dice.randrange(1, 4) for kind in KeyKind if dice.random() < 0.8},
        )
        for _ in range(count)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_they_equal_a_plain_recount(now: datetime, seed: int) -> None:
    """Whether the events lie in months of their own (seeds 2, 3) or in the default partition."""
    shop, at = uuid4(), now + timedelta(days=seed * 9, hours=seed)
    rows = past(seed, at, 3_000)
    if seed >= 2:
        month = month_of(at - timedelta(days=120))
        while month <= at + timedelta(days=31):
            sql("SELECT risk_make_partition('risk_event', %s)", [month.date()])
            month = next_month(month)
        assert sql("SELECT count(*) FROM risk_event_default") == [(0,)]
    insert(shop, rows)
    seen = 0
    for scene in Scene:
        for number in (1, 3):
            seen += check(scene, rows, dict.fromkeys(KeyKind, number), at, shop)
    assert seen > 150, "the events were about something"


@pytest.mark.django_db
def test_a_key_that_is_not_known_counts_nothing_rather_than_nought(now: datetime) -> None:
    shop = uuid4()
    rows = past(9, now, 200)
    insert(shop, rows)
    for scene in Scene:
        found, seen = read(shop, scene, {}, now)
        assert set(found) >= {one.name for one in BY_SCENE[scene]}
        assert set(found.values()) <= {None}
        assert seen is None
    check(Scene.ORDER, rows, {KeyKind.BUYER: 1}, now, shop)
    found, _ = read(shop, Scene.ORDER, {KeyKind.BUYER: 77}, now)
    assert found["buyer_orders_1h"] == 0
    assert found["address_orders_1h"] is None


@pytest.mark.django_db
def test_windows_end_on_both_sides(now: datetime) -> None:
    shop, keys = uuid4(), {KeyKind.BUYER: 5}
    second = timedelta(seconds=1)
    ages = [-AHEAD - second, -AHEAD, timedelta(0), timedelta(minutes=10) - second, timedelta(minutes=10),
            timedelta(hours=1) - second, timedelta(hours=1), timedelta(hours=24) - second,
            timedelta(hours=24)]  # fmt: skip
    insert(shop, [Row(now - age, Scene.ORDER, Result.ATTEMPT, 1, keys) for age in ages])
    found, _ = read(shop, Scene.ORDER, keys, now)
    assert (found["buyer_orders_10m"], found["buyer_orders_1h"], found["buyer_orders_24h"]) == (3, 5, 7)
    assert found["buyer_ordered_24h"] == 7


@pytest.mark.django_db
def test_no_more_than_the_cap_is_read_and_the_newest_are(now: datetime) -> None:
    shop, keys = uuid4(), {KeyKind.ADDRESS: 5, KeyKind.PHONE: 6}
    rows = [
        Row(now - timedelta(seconds=n), Scene.SIGN_IN, Result.BAD, 0, {**keys, KeyKind.BUYER: 1 + n})
        for n in range(CAP + 200)
    ]
    insert(shop, rows)
    check(Scene.SIGN_IN, rows, keys, now, shop)
    found, _ = read(shop, Scene.SIGN_IN, keys, now)
    assert found["address_sign_in_bad_10m"] == CAP
    assert found["address_sign_in_bad_buyers_1h"] == CAP


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(PRONE))
def test_harmless_acts_push_no_failures_out(now: datetime, kind: KeyKind) -> None:
    """A guesser fills the newest rows of the key with acts of other scenes and with successes."""
    failures = [one for one in VELOCITIES if one.kind == kind and one.result is Result.BAD]
    if not failures:
        pytest.skip("no failures are counted by it")
    shop, keys = uuid4(), {kind: 5}
    bad = [
        Row(now - timedelta(seconds=300 + n), one.scenes[0], Result.BAD, 0, {**keys, KeyKind.BUYER: 5})
        for one in {one.scenes: one for one in failures}.values()
        for n in range(7)
    ]
    noise = [
        Row(now - timedelta(seconds=n / 10), scene, result, 0, keys)
        for n in range(CAP)
        for scene, result in ((Scene.REFERRAL, Result.ATTEMPT), (Scene.SIGN_IN, Result.GOOD))
    ]
    insert(shop, bad + noise)
    for one in failures:
        found, _ = read(shop, one.asked[0], keys, now)
        assert found[one.name] == (1 if one.what == "distinct" and one.of is not KeyKind.ADDRESS else 7 if one.what ==
                                   "count" else 0), one.name  # fmt: skip


@pytest.mark.django_db
def test_no_shop_sees_another_ones(now: datetime) -> None:
    """Keys are hashes over the shop's id: two shops never have the same one. Rows that name keys do know their shop."""
    one, other = uuid4(), uuid4()
    for shop in (one, other):
        sql("INSERT INTO risk_entity (id, shop_id, kind, key, label, first_at, last_at)"
            " VALUES (%s, %s, 1, 5, '', %s, %s)",
            [uuid4(), shop, now - timedelta(hours=3 if shop == one else 9), now])  # fmt: skip
    assert read(one, Scene.ORDER, {KeyKind.BUYER: 5}, now)[0]["buyer_known_hours"] == 3.0
    assert read(other, Scene.ORDER, {KeyKind.BUYER: 5}, now)[0]["buyer_known_hours"] == 9.0
    assert read(uuid4(), Scene.ORDER, {KeyKind.BUYER: 5}, now)[0]["buyer_known_hours"] == 0.0, "seen for the first time"


# -- the data and the text --------------------------------------------------------------------------


def test_names_are_features_each_once() -> None:
    assert len(VELOCITIES) >= 40
    known = catalogue(FEATURES)
    assert {one.name for one in VELOCITIES} <= set(known)
    assert all(feature.type == NUMBER and feature.kind is not None and str(feature.words) for feature in FEATURES)
    assert len({str(feature.words) for feature in FEATURES}) == len(FEATURES)
    assert all(one.asked for one in VELOCITIES)
    assert set(BY_SCENE) == set(Scene)
    assert all(BY_SCENE.values()), "every scene counts something"


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": "distinct", "of": None},
        {"what": "count", "of": KeyKind.MAIL},
        {"scenes": ()},
        {"scenes": (Scene.ORDER, Scene.PAY)},
        {"result": None},
    ],
)
def test_what_the_indexes_cannot_answer_is_refused(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "name": "x", "kind": KeyKind.BUYER, "scenes": (Scene.ORDER,), "result": Result.ATTEMPT, "what": "count",
        "of": None, "window": timedelta(hours=1), "asked": (Scene.ORDER,), "words": "x",
    }  # fmt: skip
    Velocity(**right)
    with pytest.raises(ValueError, match="x: "):
        Velocity(**{**right, **wrong})


def test_one_statement_and_its_text_changes_only_with_the_month(now: datetime) -> None:
    at = now + timedelta(days=14)
    for scene in Scene:
        text = reading(scene, at).text
        assert text == reading(scene, at + timedelta(hours=5)).text
        assert text != reading(scene, at + timedelta(days=40)).text
        groups = "FROM risk_cluster" in text
        assert groups == (scene not in BY_STAFF)
        assert text.count("LIMIT") == len({scan_of(one) for one in BY_SCENE[scene]}) + ("ip_city" in text) + groups
        assert "shop_id" in text
        assert ";" not in text
        # Both sides of every scan are bounded by constants, by which partitions are pruned.
        assert len(
            re.findall(r"at >= '\d{4}-\d\d-01 00:00\+00' AND at < '\d{4}-\d\d-01 00:00\+00'", text)
        ) == text.count("FROM risk_event") + text.count("FROM risk_decision")


def test_months_follow_the_clock_of_partitions(now: datetime) -> None:
    assert month_of(now) == now
    assert month_of(now - timedelta(microseconds=1)) == now.replace(year=2025, month=12)
    assert next_month(now) == now.replace(month=2)
    assert next_month(now.replace(month=12)) == now.replace(year=2027)
    late = now.replace(month=2) - timedelta(seconds=1)
    assert velocity_sql.months_of(Scene.ORDER, late)[-1] == now.replace(month=3), "what is dated ahead is read as well"


@pytest.mark.django_db
def test_indexes_hold_all_that_velocities_read() -> None:
    """Newest rows come from one index each, without the table where its pages are settled."""
    found = {
        name: set(re.findall(r"\w+", definition.partition("(")[2].partition(" WHERE ")[0]))
        for name, definition in sql(
            "SELECT i.relname, pg_get_indexdef(i.oid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
            " WHERE x.indrelid = 'risk_event'::regclass"
        )
    }
    for one in VELOCITIES:
        needed = {str(one.kind), "scene", "result", "at"}
        needed |= {"amount_minor"} if one.what == "sum" else set()
        needed |= {str(one.of)} if one.of else set()
        assert needed <= found[f"risk_event_{one.kind}"], one.name


@pytest.mark.django_db
@pytest.mark.parametrize("scene", list(Scene))
def test_only_the_months_of_the_windows_are_touched(now: datetime, scene: Scene) -> None:
    at = now + timedelta(days=14)
    for back in range(-1, 15):
        month = month_of(at)
        for _ in range(max(back, 0)):
            month = month_of(month - timedelta(days=1))
        for table in ("risk_event", "risk_decision"):
            sql(f"SELECT risk_make_partition('{table}', %s)", [(month if back >= 0 else next_month(month)).date()])
    what = reading(scene, at)
    params = velocity_sql.params_of(what, scene, uuid4(), dict.fromkeys(KeyKind, 1), at)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = "\n".join(row[0] for row in hot.rows("test", f"EXPLAIN {what.text}", params, prepare=False))
    touched = set(re.findall(r" on risk_\w+_(\d{4}_\d\d)", plan))
    longest = max(velocity_sql.windows_of(scene))
    assert touched
    assert min(touched) >= f"{month_of(at - longest):%Y_%m}"
    assert max(touched) <= f"{month_of(at):%Y_%m}"
    assert "default" not in plan
    assert "Seq Scan" not in plan
