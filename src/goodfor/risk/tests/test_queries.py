"""What pages read of risk control."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from goodfor.kernel.errors import NotFound
from goodfor.risk import queries, wiring
from goodfor.risk.keys import keys_of
from goodfor.risk.operations import assess, note
from goodfor.risk.pieces import Pieces
from goodfor.risk.tests.engine import HOUR, FixedRules, Verdict, act_of, hit_of
from goodfor.risk.types import Decision, KeyKind, Outcome, Result, Scene

pytestmark = pytest.mark.django_db
LAST = UUID(int=2**128 - 1)


@pytest.fixture
def shop() -> UUID:
    """A shop; nothing is remembered of its keys."""
    return uuid4()


def judged(shop: UUID, at: datetime, outcome: Outcome = Outcome.ALLOW, **given: object) -> Decision:
    """A decision that ends so."""
    with wiring.replaced(Pieces(rules=FixedRules(Verdict(hits=(hit_of(outcome),))))):
        return assess(act_of(shop, at, Scene.SIGN_IN, **given))


def test_newest_decisions_page_by_page(shop: UUID, now: datetime) -> None:
    made = [judged(shop, now + timedelta(seconds=n // 2), [*Outcome][n % 5]) for n in range(20)]
    judged(uuid4(), now)
    newest = sorted(((now + timedelta(seconds=n // 2), one.id) for n, one in enumerate(made)), reverse=True)
    place, seen = (now + HOUR, LAST), []
    while lines := queries.newest_decisions(shop, before=place, limit=6):
        seen += [(line.at, line.id) for line in lines]
        place = seen[-1]
    assert seen == newest
    for outcome in Outcome:
        lines = queries.newest_decisions(shop, before=(now + HOUR, LAST), outcome=outcome)
        assert {line.id for line in lines} == {one.id for one in made if one.outcome is outcome}
        assert all(line.outcome is outcome and line.amount_minor == 1200 for line in lines)


def test_decisions_about_one_thing(shop: UUID, now: datetime) -> None:
    order = ("order", uuid4())
    mine = [judged(shop, now + n * HOUR, subject=order).id for n in range(3)]
    judged(shop, now, subject=("order", uuid4()))
    judged(shop, now, subject=("claim", order[1]))
    judged(uuid4(), now, subject=order)
    assert [line.id for line in queries.decisions_of(shop, *order)] == mine[::-1]
    assert [line.id for line in queries.decisions_of(shop, *order, limit=1)] == mine[-1:]


def test_a_decision_of_another_shop_is_not_there(shop: UUID, now: datetime) -> None:
    made = judged(shop, now)
    assert queries.decision(shop, made.id).line.id == made.id
    for who, which in ((uuid4(), made.id), (shop, uuid4()), (shop, UUID(int=made.id.int ^ 1))):
        with pytest.raises(NotFound):
            queries.decision(who, which)


@pytest.mark.parametrize("kind", list(KeyKind))
def test_events_of_a_key(shop: UUID, now: datetime, kind: KeyKind) -> None:
    key = keys_of(act_of(shop, now))[kind]
    expected = []
    for number, scene in enumerate((Scene.SIGN_IN, Scene.ORDER, Scene.REDEEM, Scene.ORDER)):
        act = act_of(shop, now + number * HOUR, scene)
        note(act_of(shop, now + number * HOUR + timedelta(minutes=1), scene), Result.BAD, assess(act).id)
        expected += [(act.at, scene, Result.ATTEMPT), (act.at + timedelta(minutes=1), scene, Result.BAD)]
    assess(act_of(shop, now - timedelta(days=91)))
    later = now + 5 * HOUR
    found = queries.events_of(shop, kind, key, now=later)
    assert [(line.at, line.scene, line.result) for line in found] == expected[::-1]
    assert found[0].keys == keys_of(act_of(shop, now))
    assert [line.at for line in queries.events_of(shop, kind, key, now=later, limit=3)] == [
        at for at, _, _ in expected[:-4:-1]
    ]
    assert queries.events_of(shop, kind, 12345, now=later) == []
    assert queries.events_of(uuid4(), kind, key, now=later) == []


def test_figures_by_the_hour(shop: UUID, now: datetime) -> None:
    for minutes, outcome in ((0, Outcome.ALLOW), (59, Outcome.ALLOW), (59, Outcome.DENY), (60, Outcome.ALLOW)):
        judged(shop, now + timedelta(minutes=minutes), outcome)
    judged(uuid4(), now)
    found = queries.figures(shop, since=now, until=now + 2 * HOUR)
    assert [(line.hour, line.scene, line.outcome, line.count, line.failing, line.sampled) for line in found] == [
        (now, Scene.SIGN_IN, Outcome.ALLOW, 2, 0, 0), (now, Scene.SIGN_IN, Outcome.DENY, 1, 0, 0),
        (now + HOUR, Scene.SIGN_IN, Outcome.ALLOW, 1, 0, 0),
    ]  # fmt: skip
    assert queries.figures(shop, since=now, until=now + HOUR) == found[:2]


def test_an_entity_without_a_sealed_value_has_none_to_open(shop: UUID, now: datetime) -> None:
    judged(shop, now)
    keys = keys_of(act_of(shop, now))
    with pytest.raises(NotFound):
        queries.entity_value(shop, KeyKind.MAIL, keys[KeyKind.MAIL])
    with pytest.raises(NotFound):
        queries.entity_value(uuid4(), KeyKind.ADDRESS, keys[KeyKind.ADDRESS])
    assert queries.entities(uuid4(), keys.items()) == {}
