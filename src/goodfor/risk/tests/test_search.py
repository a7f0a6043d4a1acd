"""Decisions are found by everything that they can be asked for, page by page, each once; keys by what is typed."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from goodfor.kernel.errors import NotFound
from goodfor.risk import pipeline, queries, search_queries, wiring
from goodfor.risk.keys import keys_of
from goodfor.risk.operations import assess, note
from goodfor.risk.operations.open_value import open_value
from goodfor.risk.pieces import Pieces
from goodfor.risk.search_queries import FIRST_ID, LAST_ID, figures_of, keys_like, search
from goodfor.risk.tests.engine import HOUR, FixedModel, FixedRules, Verdict, act_of, hit_of, sql
from goodfor.risk.types import Decision, KeyKind, Outcome, Result, Scene
from goodfor.risk.watch_types import DecisionSearch, Place

pytestmark = pytest.mark.django_db
RULE = UUID(int=77)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> UUID:
    monkeypatch.setattr(pipeline, "SAMPLED", 0)
    return uuid4()


@pytest.fixture
def made(shop: UUID, now: datetime) -> list[tuple[Decision, Scene, Outcome]]:
    """Forty of several scenes, outcomes and buyers, some of the same instant."""
    found = []
    for n in range(40):
        scene, outcome = (Scene.ORDER, Scene.SIGN_IN, Scene.PAY)[n % 3], [*Outcome][n % 5]
        hits = (hit_of(outcome, rule_id=RULE if n % 4 == 0 else uuid4()),)
        parts = Pieces(rules=FixedRules(Verdict(hits=hits)), model=FixedModel(n / 100))
        with wiring.replaced(parts):
            act = act_of(shop, now + timedelta(seconds=n // 2), scene, buyer=f"buyer:{n % 2}")
            found.append((assess(act), scene, outcome))
    with wiring.replaced(Pieces()):
        assess(act_of(uuid4(), now))
    return found


def wanted(now: datetime, **given: object) -> DecisionSearch:
    return DecisionSearch(**{"since": now - HOUR, "until": now + HOUR, **given})  # type: ignore[arg-type]


def all_of(shop: UUID, what: DecisionSearch, limit: int = 7) -> list[UUID]:
    """Page by page."""
    found: list[UUID] = []
    place: Place | None = None
    for _ in range(60):
        page = search(shop, what, before=place, limit=limit)
        found += [row.line.id for row in page.rows]
        assert len(page.rows) <= limit
        if page.next is None:
            return found
        place = page.next
    raise AssertionError("no end")


def newest_first(shop: UUID, ids: set[UUID]) -> list[UUID]:
    rows = sql("SELECT id FROM risk_decision WHERE shop_id = %s ORDER BY at DESC, id DESC", [shop])
    return [decision_id for (decision_id,) in rows if decision_id in ids]


@pytest.mark.parametrize("scan", [5000, 8])
def test_by_everything_each_once(
    shop: UUID, now: datetime, made: list[tuple[Decision, Scene, Outcome]], scan: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a page ends before it is full, since no more is read at once."""
    monkeypatch.setattr(search_queries, "SCAN", scan)
    key = keys_of(act_of(shop, now, buyer="buyer:1"))[KeyKind.BUYER]
    phone = keys_of(act_of(shop, now))[KeyKind.PHONE]

    def those(test: object) -> set[UUID]:
        return {one.id for n, (one, scene, outcome) in enumerate(made) if test(n, scene, outcome)}  # type: ignore[operator]

    cases: list[tuple[dict[str, object], set[UUID]]] = [
        ({}, those(lambda n, s, o: True)),
        ({"scene": Scene.PAY}, those(lambda n, s, o: s is Scene.PAY)),
        *(({"outcome": one}, those(lambda n, s, o, one=one: o is one)) for one in Outcome),
        ({"rule_id": RULE}, those(lambda n, s, o: n % 4 == 0)),
        ({"key": (KeyKind.BUYER, key)}, those(lambda n, s, o: n % 2 == 1)),
        ({"key": (KeyKind.PHONE, phone)}, those(lambda n, s, o: True)),
        ({"key": (KeyKind.BUYER, key), "scene": Scene.ORDER, "outcome": Outcome.DENY},
         those(lambda n, s, o: n % 2 == 1 and s is Scene.ORDER and o is Outcome.DENY)),
        ({"key": (KeyKind.PHONE, phone), "scene": Scene.PAY}, those(lambda n, s, o: s is Scene.PAY)),
        ({"score_from": 0.2}, those(lambda n, s, o: n >= 20)),
        ({"score_until": 0.1, "outcome": Outcome.HOLD}, those(lambda n, s, o: n <= 10 and o is Outcome.HOLD)),
        ({"cause": "other"}, those(lambda n, s, o: o is not Outcome.ALLOW)),
        ({"cause": "list"}, set()),
        ({"since": now + timedelta(seconds=5)}, those(lambda n, s, o: n >= 10)),
        ({"until": now + timedelta(seconds=5)}, those(lambda n, s, o: n < 10)),
        ({"key": (KeyKind.BUYER, 12345)}, set()),
        ({"subject": ("order", uuid4())}, set()),
    ]  # fmt: skip
    for given, expected in cases:
        assert all_of(shop, wanted(now, **given)) == newest_first(shop, expected), given


def test_about_one_thing(shop: UUID, now: datetime) -> None:
    order = ("order", uuid4())
    with wiring.replaced(Pieces()):
        mine = [assess(act_of(shop, now + n * timedelta(minutes=1), subject=order)).id for n in range(3)]
        assess(act_of(shop, now, subject=("order", uuid4())))
        assess(act_of(uuid4(), now, subject=order))
    page = search(shop, wanted(now, subject=order))
    assert [row.line.id for row in page.rows] == mine[::-1]
    assert page.rows[0].keys == keys_of(act_of(shop, now))
    assert page.rows[0].line == queries.decision(shop, mine[2]).line
    assert page.rows[0].latency == queries.decision(shop, mine[2]).latency
    assert (page.next, page.short) == (None, False)


def test_nobody_sees_another_shops(made: list[tuple[Decision, Scene, Outcome]], shop: UUID, now: datetime) -> None:
    key = keys_of(act_of(shop, now, buyer="buyer:1"))[KeyKind.BUYER]
    for given in ({}, {"outcome": Outcome.DENY}, {"key": (KeyKind.BUYER, key)}):
        assert search(uuid4(), wanted(now, **given)).rows == ()
    assert search(shop, wanted(now), before=(now - HOUR, LAST_ID)).rows == ()
    assert search(shop, wanted(now), before=(now, FIRST_ID)).rows == ()


def test_keys_are_found_as_they_are_typed(shop: UUID, now: datetime) -> None:
    buyer = uuid4()
    with wiring.replaced(Pieces()):
        act = act_of(shop, now, buyer=f"buyer:{buyer}", referrer="guest:ref-1")
        assess(act)
    keys = keys_of(act)
    for text, kinds in (
        ("13800138000", [KeyKind.PHONE]), (" +86 138-0013-8000 ", [KeyKind.PHONE]), ("A@Example.com", [KeyKind.MAIL]),
        ("a+tag@example.com", [KeyKind.MAIL]), ("203.0.113.7", [KeyKind.NETWORK, KeyKind.ADDRESS]),
        ("203.0.113.99", [KeyKind.NETWORK]), (str(buyer), [KeyKind.BUYER]), (f"buyer:{buyer}", [KeyKind.BUYER]),
        ("device-0001", [KeyKind.DEVICE]), ("card-0001", [KeyKind.INSTRUMENT]), ("batch-1", [KeyKind.BATCH]),
        ("guest:ref-1", [KeyKind.REFERRER]), ("13800138001", []), ("", []), ("\x00", []), ("x" * 5000, []),
        ("' OR 1=1 --", []), ("\ud800", []), ("%s %(x)s", []),
    ):  # fmt: skip
        assert keys_like(shop, text) == [(kind, keys[kind]) for kind in kinds], text
        assert keys_like(uuid4(), text) == []


@pytest.mark.parametrize("kind", list(KeyKind))
def test_figures_of_a_key_are_those_of_its_rows(shop: UUID, now: datetime, kind: KeyKind) -> None:
    for n in range(9):
        scene = (Scene.ORDER, Scene.PAY)[n % 2]
        hits = FixedRules(Verdict(hits=(hit_of(Outcome.DENY if n % 3 == 0 else Outcome.ALLOW),)))
        with wiring.replaced(Pieces(rules=hits)):
            act = act_of(shop, now + n * timedelta(minutes=1), scene, amount_minor=100 + n)
            note(act, Result.BAD if n % 2 else Result.GOOD, assess(act).id)
    with wiring.replaced(Pieces()):
        assess(act_of(uuid4(), now))
        assess(act_of(shop, now - timedelta(days=91)))
    key = keys_of(act_of(shop, now))[kind]
    found = figures_of(shop, kind, key, now=now + HOUR)
    rows = sql(
        f"SELECT scene, result, count(*), sum(amount_minor), min(at), max(at) FROM risk_event WHERE shop_id = %s"
        f" AND {kind} = %s AND at > %s GROUP BY 1, 2 ORDER BY 1, 2", [shop, key, now - timedelta(days=1)],
    )  # fmt: skip
    assert len(rows) == 4
    assert [
        ({Scene.ORDER: 5, Scene.PAY: 6}[one.scene], one.result, one.count, one.amount_minor, one.first_at, one.last_at)
        for one in found.acts
    ] == [tuple(row) for row in rows]
    assert found.outcomes == {Outcome.ALLOW: 6, Outcome.DENY: 3}
    assert found.read == 9
    assert not any(one.capped for one in found.acts)
    assert figures_of(uuid4(), kind, key, now=now + HOUR).acts == ()


def test_counts_end_somewhere(shop: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_queries, "COUNTED", 3)
    with wiring.replaced(Pieces()):
        for n in range(5):
            assess(act_of(shop, now + n * timedelta(seconds=1)))
    for kind in (KeyKind.BUYER, KeyKind.PHONE):
        [one] = figures_of(shop, kind, keys_of(act_of(shop, now))[kind], now=now + HOUR).acts
        assert (one.count, one.capped) == (3, True)


def test_a_value_that_was_opened_is_written_down(shop: UUID, now: datetime) -> None:
    with wiring.replaced(Pieces()):
        assess(act_of(shop, now))
    keys = keys_of(act_of(shop, now))
    told = "SELECT count(*) FROM kernel_audit WHERE action = 'risk_key_seen' AND subject_id = %s AND actor = 'staff:1'"
    for who, kind in ((uuid4(), KeyKind.ADDRESS), (shop, KeyKind.PHONE)):
        with pytest.raises(NotFound):
            open_value(shop_id=who, kind=kind, key=keys[kind], actor="staff:1", now=now)
    assert sql(told, [str(keys[KeyKind.ADDRESS])]) == [(0,)]
    seen = open_value(shop_id=shop, kind=KeyKind.ADDRESS, key=keys[KeyKind.ADDRESS], actor="staff:1", now=now)
    assert seen == "203.0.113.7"
    assert sql(told, [str(keys[KeyKind.ADDRESS])]) == [(1,)]
