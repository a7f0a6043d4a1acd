"""Attacks as a whole: the breaker, guesses that begin alike, planted codes; and honest people beside them."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.ids import uuid7
from goodfor.risk.door_tasks import purge
from goodfor.risk.doors import codes, desk
from goodfor.risk.doors.types import By
from goodfor.risk.errors import NotPlanted, PlantedAlready
from goodfor.risk.operations.answered import answered
from goodfor.risk.operations.canary_seen import seen
from goodfor.risk.operations.knock import knock
from goodfor.risk.operations.plant_canaries import plant_canaries
from goodfor.risk.operations.plant_honeypots import plant_honeypots
from goodfor.risk.operations.retire_planted import retire_canary, retire_honeypot
from goodfor.risk.tests.door_helpers import events, keys, sql, try_at

pytestmark = pytest.mark.django_db
ATTACK, TOUCHED, SEEN = "risk.door_under_attack", "risk.honeypot_touched", "risk.canary_seen"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def shop_id() -> UUID:
    return uuid7()


def guess(shop_id: UUID, now: datetime, n: int, **more: object) -> object:
    """From an address of its own."""
    return try_at(shop_id, "redeem", now, ip=f"10.{n // 250}.{n % 250}.1", **more)


def test_the_breaker_opens_once_and_says_so(shop_id: UUID, now: datetime) -> None:
    for n in range(29):
        assert guess(shop_id, now + n * timedelta(seconds=1), n).allowed
    assert events(shop_id, ATTACK) == []
    assert guess(shop_id, now + timedelta(seconds=30), 29).allowed
    (told,) = events(shop_id, ATTACK)
    assert (told["door"], told["batch"], told["why"], told["misses"]) == ("redeem", "", "rate", 30)
    refused = guess(shop_id, now + timedelta(seconds=31), 30)
    assert (refused.allowed, refused.wait_seconds, refused.challenge_cost) == (False, 0, 2)
    assert not guess(shop_id, now + timedelta(seconds=31), 30, paid=1).allowed
    assert guess(shop_id, now + timedelta(seconds=31), 30, paid=2).allowed
    (attack,) = desk.attacks(shop_id=shop_id, now=now + MINUTE)
    assert (attack.door, attack.why, attack.cost, attack.times) == ("redeem", "rate", 2, 1)
    # Another door, another shop: nothing is asked.
    assert try_at(shop_id, "look_up", now + MINUTE, ip="10.9.9.9", subject="x").allowed
    assert guess(uuid7(), now + MINUTE, 31).allowed
    assert guess(shop_id, now + timedelta(minutes=11), 31).allowed


def test_slower_than_the_floor_is_no_alarm(shop_id: UUID, now: datetime) -> None:
    for n in range(100):
        assert guess(shop_id, now + n * timedelta(seconds=2.2), n).allowed
    assert events(shop_id, ATTACK) == []


def test_many_who_are_right_are_no_alarm(shop_id: UUID, now: datetime) -> None:
    """A busy door with as many errors as an attack, among three times as many who are right."""
    for n in range(240):
        assert guess(shop_id, now + n * timedelta(seconds=0.25), n, good=n % 4 != 0).allowed
    assert events(shop_id, ATTACK) == []


def test_too_many_whatever_the_share(shop_id: UUID, now: datetime) -> None:
    """An attack that hides behind a crowd."""
    for n in range(900):
        guess(shop_id, now + n * timedelta(seconds=0.05), n, good=n % 3 != 0)
        if events(shop_id, ATTACK):
            break
    (told,) = events(shop_id, ATTACK)
    assert (told["why"], told["misses"], n) == ("many", 200, 597)


def test_slow_attacks_are_seen_within_the_hour(shop_id: UUID, now: datetime) -> None:
    """One every eight seconds, each from elsewhere: seven a minute, far below the floor."""
    for n in range(330):
        guess(shop_id, now + n * timedelta(seconds=8), n)
    (told,) = events(shop_id, ATTACK)
    assert told["why"] == "slow"
    assert 300 <= told["misses"] < 320


def test_it_stays_longer_each_time_and_asks_for_more(shop_id: UUID, now: datetime) -> None:
    at, stays, costs = now, [], []
    for _ in range(5):
        for n in range(30):
            guess(shop_id, at, n, paid=0)
        (attack,) = desk.attacks(shop_id=shop_id, now=at)
        stays.append(attack.open_until - at)
        costs.append(attack.cost)
        sql("DELETE FROM risk_door_key")
        at = attack.open_until + timedelta(seconds=1)
    assert stays == [timedelta(minutes=m) for m in (10, 20, 40, 80, 80)]
    assert costs == [2, 2, 3, 3, 4]
    assert len(events(shop_id, ATTACK)) == 5
    at += timedelta(days=2)
    for n in range(30):
        guess(shop_id, at, n)
    (attack,) = desk.attacks(shop_id=shop_id, now=at)
    assert (attack.open_until - at, attack.cost, attack.times) == (timedelta(minutes=10), 2, 1)


def test_an_attack_that_goes_on_keeps_it_open(shop_id: UUID, now: datetime) -> None:
    """Attackers who pay: the door stays under attack, without a second alarm."""
    for n in range(30 * 40):
        guess(shop_id, now + n * timedelta(seconds=1), n, paid=4)
    assert len(events(shop_id, ATTACK)) == 1
    (attack,) = desk.attacks(shop_id=shop_id, now=now + timedelta(minutes=20))
    assert attack.open_until > now + timedelta(minutes=25)


def test_known_people_are_not_asked(shop_id: UUID, now: datetime) -> None:
    try_at(shop_id, "redeem", now - timedelta(days=20), ip="192.0.2.5", device="honest", good=True)
    for n in range(40):
        guess(shop_id, now, n)
    assert knock(shop_id=shop_id, door="redeem", keys=keys("192.0.2.6", "new"), now=now).challenge_cost == 2
    made = try_at(shop_id, "redeem", now, ip="192.0.2.5", device="honest", good=True)
    assert (made.allowed, made.known) == (True, True)


def test_each_batch_has_its_breaker(shop_id: UUID, now: datetime) -> None:
    """An attack on one batch, told by the codes that were tried, asks nothing of the others."""
    for n in range(30):
        made = knock(shop_id=shop_id, door="redeem", keys=keys(f"10.0.{n}.1"), now=now)
        answered(made, good=False, now=now, batch="spring")
    (told,) = events(shop_id, ATTACK)
    assert told["batch"] == "spring"
    named = {name: knock(shop_id=shop_id, door="redeem", keys=keys("10.1.0.1", batch=name), now=now)
             for name in ("spring", "autumn")}  # fmt: skip
    assert (named["spring"].challenge_cost, named["autumn"].allowed) == (2, True)
    nameless = knock(shop_id=shop_id, door="redeem", keys=keys("10.1.0.2"), now=now)
    assert nameless.allowed
    assert desk.asks_for_batch(nameless, batch="spring", now=now) == 2
    assert desk.asks_for_batch(nameless, batch="autumn", now=now) == 0


# -- guesses that begin alike -----------------------------------------------------------------------


def test_neighbours_are_no_accident(shop_id: UUID, now: datetime) -> None:
    """Five sound codes that begin alike, from five networks: an alarm, and each further guess locks who made it."""
    start = codes.parse_code(codes.new_code())
    assert start is not None
    number = 12345 << 40
    for n in range(8):
        code = codes.with_checks(number + n)
        made = knock(shop_id=shop_id, door="redeem", keys=keys(f"10.0.{n}.1", f"d{n}"), now=now, paid=4)
        told = answered(made, good=False, now=now, guess=code, sound=True)
        assert (told.alike, told.alarm) == (n >= 4, n == 4)
    assert [one["why"] for one in events(shop_id, ATTACK)] == ["alike"]
    assert knock(shop_id=shop_id, door="redeem", keys=keys("10.0.7.1"), now=now, paid=4).wait_seconds == 60
    assert knock(shop_id=shop_id, door="redeem", keys=keys("10.0.3.1"), now=now, paid=4).allowed


def test_one_code_again_and_again_is_one_guess(shop_id: UUID, now: datetime) -> None:
    code = codes.new_code()
    for n in range(12):
        made = knock(shop_id=shop_id, door="redeem", keys=keys(f"10.0.{n}.1"), now=now)
        assert not answered(made, good=False, now=now, guess=code, sound=True).alike
    assert events(shop_id, ATTACK) == []


def test_random_codes_do_not_begin_alike(shop_id: UUID, now: datetime) -> None:
    for n in range(28):
        made = knock(shop_id=shop_id, door="redeem", keys=keys(f"10.0.{n}.1"), now=now)
        assert not answered(made, good=False, now=now, guess=codes.new_code(), sound=True).alike


# -- planted codes ----------------------------------------------------------------------------------


def test_honeypots(shop_id: UUID, now: datetime) -> None:
    """Touched: told once an hour, answered like any unknown code, and all keys of the asker locked for a day."""
    (code, other) = plant_honeypots(shop_id=shop_id, count=2, batch="b1", why="in the export", actor="staff:1", now=now)
    assert codes.is_sound(code)
    try_at(shop_id, "redeem", now, ip="192.0.2.7", device="thief", good=True)
    made = knock(shop_id=shop_id, door="redeem", keys=keys("192.0.2.7", "thief", "buyer"), now=now)
    assert made.known
    told = answered(made, good=False, now=now, guess=code, sound=True)
    assert told.honeypot
    (event,) = events(shop_id, TOUCHED)
    assert (event["door"], event["batch"]) == ("redeem", "b1")
    for given in (keys("192.0.2.7"), keys("10.0.0.1", "thief"), keys("10.0.0.1", "", "buyer")):
        refused = knock(shop_id=shop_id, door="redeem", keys=given, now=now + timedelta(hours=23))
        assert (refused.wait_seconds, refused.known) == (3600, False)
    beside = knock(shop_id=shop_id, door="redeem", keys=keys("192.0.2.8"), now=now)
    assert (beside.wait_seconds, beside.challenge_cost) == (0, 4)
    late = now + timedelta(minutes=59)
    again = knock(shop_id=shop_id, door="redeem", keys=keys("10.3.0.1"), now=late)
    assert answered(again, good=False, now=late, guess=code).honeypot
    assert len(events(shop_id, TOUCHED)) == 1
    assert {(one.name, one.met) for one in desk.honeypots(shop_id=shop_id)} == {(code[-4:], 2), (other[-4:], 0)}


def test_a_retired_honeypot_is_an_unknown_code(shop_id: UUID, now: datetime) -> None:
    (code,) = plant_honeypots(shop_id=shop_id, codes=["SUMMERSALE"], why="x", actor="staff:1", now=now)
    (view,) = desk.honeypots(shop_id=shop_id)
    with pytest.raises(NotPlanted):
        retire_honeypot(shop_id=uuid7(), honeypot_id=view.id, actor="staff:2", now=now)
    retire_honeypot(shop_id=shop_id, honeypot_id=view.id, actor="staff:2", now=now)
    with pytest.raises(NotPlanted):
        retire_honeypot(shop_id=shop_id, honeypot_id=view.id, actor="staff:2", now=now)
    made = knock(shop_id=shop_id, door="coupon", keys=keys("192.0.2.7"), now=now)
    assert not answered(made, good=False, now=now, guess=code).honeypot
    assert desk.honeypots(shop_id=shop_id) == []
    assert desk.honeypots(shop_id=shop_id, retired=True)[0].retired_at == now
    assert [row[0] for row in sql("SELECT action FROM kernel_audit WHERE shop_id = %s ORDER BY id", [shop_id])] == [
        "risk.honeypot_planted", "risk.honeypot_retired",
    ]  # fmt: skip


def test_another_shops_honeypot_is_nothing_here(shop_id: UUID, now: datetime) -> None:
    (code,) = plant_honeypots(shop_id=uuid7(), count=1, why="x", actor="staff:1", now=now)
    made = knock(shop_id=shop_id, door="redeem", keys=keys("192.0.2.7"), now=now)
    assert not answered(made, good=False, now=now, guess=code).honeypot


def test_planting_refuses_nonsense(shop_id: UUID, now: datetime) -> None:
    plant_honeypots(shop_id=shop_id, codes=["SUMMERSALE"], why="x", actor="a", now=now)
    for wrong in ({"codes": ["SHORT"]}, {"count": 0}, {"count": 1001}, {"count": 1, "why": " "}):
        with pytest.raises(InvalidInput):
            plant_honeypots(**{"shop_id": shop_id, "why": "x", "actor": "a", "now": now, **wrong})
    with pytest.raises(PlantedAlready):
        plant_honeypots(shop_id=shop_id, codes=["OTHERSALE", "SUMMERSALE"], why="x", actor="a", now=now)
    for sizes in ([], [b"short"], [bytes(16), b"x" * 17]):
        with pytest.raises(InvalidInput):
            plant_canaries(shop_id=shop_id, sku_id=uuid7(), fingerprints=sizes, why="x", actor="a", now=now)
    assert sql("SELECT count(*) FROM risk_honeypot") == [(1,)]
    assert sql("SELECT count(*) FROM kernel_audit") == [(1,)]


def test_canaries(shop_id: UUID, now: datetime) -> None:
    sku_id, mark = uuid7(), bytes(range(16))
    (canary_id,) = plant_canaries(
        shop_id=shop_id, sku_id=sku_id, fingerprints=[mark], why="batch of May", actor="staff:1", now=now
    )
    assert not seen(shop_id=shop_id, fingerprint=bytes(16), place="claim", now=now)
    assert not seen(shop_id=uuid7(), fingerprint=mark, place="claim", now=now)
    assert events(shop_id, SEEN) == []
    assert seen(shop_id=shop_id, fingerprint=mark, place="claim", now=now)
    assert seen(shop_id=shop_id, fingerprint=mark, place="forum", now=now + MINUTE)
    (event,) = events(shop_id, SEEN)
    assert event == {"canary_id": str(canary_id), "sku_id": str(sku_id), "place": "claim"}
    assert seen(shop_id=shop_id, fingerprint=mark, place="forum", now=now + timedelta(hours=2))
    assert len(events(shop_id, SEEN)) == 2
    (view,) = desk.canaries(shop_id=shop_id)
    assert (view.id, view.sku_id, view.met, view.name) == (canary_id, sku_id, 3, "forum")
    retire_canary(shop_id=shop_id, canary_id=canary_id, actor="staff:2", now=now)
    assert not seen(shop_id=shop_id, fingerprint=mark, place="claim", now=now)
    with pytest.raises(PlantedAlready):
        plant_canaries(shop_id=shop_id, sku_id=sku_id, fingerprints=[mark], why="again", actor="staff:1", now=now)
    actions = [row[0] for row in sql("SELECT action FROM kernel_audit WHERE shop_id = %s ORDER BY id", [shop_id])]
    assert actions == ["risk.canary_planted", "risk.canary_seen", "risk.canary_seen", "risk.canary_retired"]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM risk_honeypot",
        "UPDATE risk_honeypot SET hash = sha256('x')",
        "UPDATE risk_honeypot SET planted_by = 'somebody else'",
        "UPDATE risk_honeypot SET retired_at = NULL, retired_by = ''",
        "DELETE FROM risk_canary",
        "UPDATE risk_canary SET fingerprint = substr(sha256('x'), 1, 16)",
        "UPDATE risk_canary SET sku_id = gen_random_uuid()",
        "UPDATE risk_canary SET retired_at = NULL, retired_by = ''",
    ],
)
def test_what_was_planted_stays_as_it_was(shop_id: UUID, now: datetime, statement: str) -> None:
    plant_honeypots(shop_id=shop_id, count=1, why="x", actor="a", now=now)
    (canary,) = plant_canaries(shop_id=shop_id, sku_id=uuid7(), fingerprints=[bytes(16)], why="x", actor="a", now=now)
    retire_honeypot(shop_id=shop_id, honeypot_id=desk.honeypots(shop_id=shop_id)[0].id, actor="a", now=now)
    retire_canary(shop_id=shop_id, canary_id=canary, actor="a", now=now)
    before = sql("SELECT h::text, c::text FROM risk_honeypot h, risk_canary c")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert sql("SELECT h::text, c::text FROM risk_honeypot h, risk_canary c") == before


# -- forgetting -------------------------------------------------------------------------------------


def test_what_is_over_is_forgotten_and_no_more(shop_id: UUID, now: datetime) -> None:
    for n in range(3):
        try_at(shop_id, "redeem", now, buyer=f"b{n}")
    for _ in range(15):
        try_at(shop_id, "redeem", now + timedelta(days=3), buyer="locked")
    try_at(shop_id, "redeem", now, device="d", good=True)
    assert purge(now + timedelta(minutes=69)) == 0
    assert purge(now + timedelta(minutes=71)) == 4
    assert sql("SELECT count(*) FROM risk_door_key") == [(5,)]
    assert purge(now + timedelta(days=3)) == 0
    # Three tries are wrong before the key is locked; the twelve others are turned away, and counted for the hour.
    assert purge(now + timedelta(days=4)) == 3 + 12 + 4
    assert desk.locked_out(shop_id=shop_id, now=now + timedelta(days=3)) == {("redeem", "buyer"): 1}
    assert sql("SELECT kind FROM risk_door_key") == [(int(By.BUYER),)]
    assert sql("SELECT count(*) FROM risk_door_known") == [(1,)]
    assert purge(now + timedelta(days=181)) >= 1
    assert sql("SELECT count(*) FROM risk_door_known") == [(0,)]
