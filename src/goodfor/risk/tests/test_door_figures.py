"""What pages are told of doors: every knock once, however it is forgotten; who is locked out, who met bait."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from goodfor.kernel import audit
from goodfor.risk import door_queries, queries
from goodfor.risk.door_models import DoorBreaker, DoorKey
from goodfor.risk.doors.codes import new_code
from goodfor.risk.doors.table import REDEEM, SIGN_IN
from goodfor.risk.doors.types import By
from goodfor.risk.errors import BadUnlock, NotLocked
from goodfor.risk.keys import key_of
from goodfor.risk.operations.canary_seen import seen
from goodfor.risk.operations.close_breaker import close_breaker
from goodfor.risk.operations.plant_canaries import plant_canaries
from goodfor.risk.operations.plant_honeypots import plant_honeypots
from goodfor.risk.operations.purge_doors import purge_doors
from goodfor.risk.operations.sound_alarm import sound_alarm
from goodfor.risk.operations.unlock_key import unlock_key
from goodfor.risk.tests.door_helpers import sql, try_at
from goodfor.risk.types import KeyKind

pytestmark = pytest.mark.django_db
SHOP = UUID("018f0000-0000-7000-8000-00000000d001")
OTHER = UUID("018f0000-0000-7000-8000-00000000d002")
NOW = datetime(2026, 3, 20, 10, 30, tzinfo=UTC)
IP = "203.0.113.9"


def totals(since: datetime, until: datetime, shop_id: UUID = SHOP) -> dict[tuple[str, datetime], Sequence[int]]:
    return {
        (one.door, one.hour): (one.right, one.wrong, one.asked, one.refused)
        for one in door_queries.door_hours(shop_id, since=since, until=until)
    }


def hammer(now: datetime, many: int, *, ip: str = IP, shop_id: UUID = SHOP, door: str = "redeem") -> Counter[str]:
    """Wrong codes from one address, one a second; how each knock came out."""
    came: Counter[str] = Counter()
    for number in range(many):
        made = try_at(shop_id, door, now + timedelta(seconds=number), ip=ip, guess=new_code())
        came["let in" if made.allowed else "asked" if made.challenge_cost else "refused"] += 1
    return came


# -- by the hour --------------------------------------------------------------------------------------


def test_each_knock_is_told_once_whether_kept_or_forgotten() -> None:
    came = hammer(NOW, 12)
    assert came["let in"] == 5
    assert came["refused"] == 7
    for minute in range(3):
        try_at(SHOP, "sign_in", NOW + timedelta(minutes=minute), ip="198.51.100.1", device="d", subject="a", good=True)
    # In the next hour one goes on and is wrong, and one is asked for a challenge.
    assert try_at(SHOP, "redeem", NOW + timedelta(minutes=40), ip="198.51.100.7").allowed
    sound_alarm(shop_id=SHOP, door=REDEEM, scope=0, batch="", why="rate", misses=30, now=NOW + timedelta(minutes=41))
    asked = try_at(SHOP, "redeem", NOW + timedelta(minutes=42), ip="198.51.100.8")
    assert (asked.allowed, asked.challenge_cost > 0) == (False, True)
    hammer(NOW, 2, shop_id=OTHER)
    hour = NOW.replace(minute=0)
    expected = {
        ("redeem", hour): (0, 5, 0, 7), ("redeem", hour + timedelta(hours=1)): (0, 1, 1, 0),
        ("sign_in", hour): (3, 0, 0, 0),
    }  # fmt: skip
    span = hour, hour + timedelta(hours=5)
    assert totals(*span) == expected
    raw = sql("SELECT count(*) FROM risk_door_answer WHERE shop_id = %s AND NOT good", [SHOP])
    assert raw == [(6,)]
    # Whatever is forgotten when: the figures stay.
    for minutes in (43, 75, 80, 120, 200):
        while purge_doors(now=NOW + timedelta(minutes=minutes), limit=3):
            pass
        assert totals(*span) == expected, minutes
    assert sql("SELECT count(*) FROM risk_door_answer") == [(0,)]
    assert sql("SELECT count(*) FROM risk_door_refusal") == [(0,)]
    assert totals(*span, shop_id=OTHER) == {("redeem", hour): (0, 2, 0, 0)}
    # And go after a long time.
    while purge_doors(now=NOW + timedelta(days=500)):
        pass
    assert totals(*span) == {}


def test_turning_away_is_not_logged() -> None:
    assert sql("SELECT relpersistence FROM pg_class WHERE relname = 'risk_door_refusal'") == [("u",)]


# -- locked out ---------------------------------------------------------------------------------------


def locked(now: datetime, **given: Any) -> list[tuple[str, By]]:
    return [(one.door, one.by) for one in door_queries.locked_keys(SHOP, now=now, **given)]


def test_who_is_locked_out_is_found_by_what_is_typed_and_let_in() -> None:
    hammer(NOW, 8)
    hammer(NOW, 8, ip="198.51.100.20")
    soon = NOW + timedelta(seconds=20)
    assert locked(soon) == [("redeem", By.ADDRESS)] * 2
    count, until = door_queries.locked_by_door(SHOP, now=soon)["redeem"]
    assert count == 2
    assert soon < until < soon + timedelta(minutes=2)
    assert door_queries.locked_by_door(OTHER, now=soon) == {}
    asked = door_queries.keys_of_text(SHOP, f" {IP} ")
    [found] = door_queries.locked_keys(SHOP, now=soon, only=asked)
    assert (found.by, found.level) == (By.ADDRESS, 1)
    for text in ("203.0.113.10", "", "x" * 5000, "\ud800", "nobody@shop.example"):
        assert locked(soon, only=door_queries.keys_of_text(SHOP, text)) == []
    assert locked(soon, only=door_queries.keys_of_text(OTHER, IP)) == []
    told = {"shop_id": SHOP, "door": "redeem", "by": found.by, "key": found.key, "actor": "staff:ann", "now": soon}
    with pytest.raises(BadUnlock):
        unlock_key(**told, reason="  ")
    for wrong in ({"shop_id": OTHER}, {"door": "sign_in"}, {"door": "x"}, {"by": By.DEVICE}, {"key": 1}):
        with pytest.raises(NotLocked):
            unlock_key(**{**told, **wrong}, reason="客户来电")
    assert len(locked(soon)) == 2
    unlock_key(**told, reason=" 客户来电 ")
    assert locked(soon, only=asked) == []
    assert len(locked(soon)) == 1
    row = DoorKey.objects.get(shop_id=SHOP, door=REDEEM.number, kind=int(By.ADDRESS), key=found.key)
    assert (row.level, row.open_at, row.busy_until) == (0, None, None)
    [line] = audit.lines_of(shop_id=SHOP, subject=("risk_door", "redeem"))
    assert (line.actor, line.action, line.data["reason"]) == ("staff:ann", "risk_door_unlocked", "客户来电")
    assert str(line.data["key"]) == str(found.key)
    # A whole allowance again.
    assert hammer(soon, 6)["let in"] == 5
    with pytest.raises(NotLocked):
        unlock_key(**{**told, "now": soon + timedelta(hours=5)}, reason="x")


def test_a_breaker_is_closed_by_hand_and_opens_again() -> None:
    until = NOW + timedelta(seconds=30)
    assert sound_alarm(shop_id=SHOP, door=REDEEM, scope=7, batch="b-1", why="many", misses=200, now=NOW)
    assert sound_alarm(shop_id=OTHER, door=REDEEM, scope=7, batch="b-1", why="many", misses=200, now=NOW)
    [one] = door_queries.breakers(SHOP, now=until)
    assert (one.door, one.batch, one.why, one.open, one.misses, one.times) == ("redeem", "b-1", "many", True, 200, 1)
    told = {"shop_id": SHOP, "door": "redeem", "scope": 7, "actor": "staff:ann", "now": until}
    with pytest.raises(BadUnlock):
        close_breaker(**told, reason="")
    for wrong in ({"scope": 0}, {"door": "coupon"}, {"door": "x"}):
        with pytest.raises(NotLocked):
            close_breaker(**{**told, **wrong}, reason="活动")
    close_breaker(**told, reason="活动")
    [one] = door_queries.breakers(SHOP, now=until)
    assert (one.open, one.open_until) == (False, until)
    with pytest.raises(NotLocked):
        close_breaker(**told, reason="活动")
    assert DoorBreaker.objects.get(shop_id=OTHER).open_until > until
    [line] = audit.lines_of(shop_id=SHOP, subject=("risk_door", "redeem"))
    assert (line.action, line.data) == ("risk_breaker_closed", {"batch": "b-1", "reason": "活动"})
    # Closed at the very moment in which it opened.
    again = until + timedelta(minutes=1)
    assert sound_alarm(shop_id=SHOP, door=REDEEM, scope=7, batch="b-1", why="rate", misses=30, now=again)
    close_breaker(**{**told, "now": again}, reason="活动")
    [one] = door_queries.breakers(SHOP, now=again + timedelta(seconds=1))
    assert (one.open, one.times) == (False, 2)


# -- stuffing -----------------------------------------------------------------------------------------


def test_who_tries_many_accounts_is_shown() -> None:
    for number in range(6):
        try_at(SHOP, "sign_in", NOW + timedelta(seconds=number), ip=f"198.51.100.{number}", subject=f"u{number}",
               guess="123456")  # fmt: skip
    found = door_queries.stuffing(SHOP, now=NOW + timedelta(seconds=10))
    # One network with six accounts, one password at six; each address tried one.
    assert [(one.by, one.accounts) for one in found] == [(By.NETWORK, 6), (None, 6)] or [
        (one.by, one.accounts) for one in found
    ] == [(None, 6), (By.NETWORK, 6)]
    assert door_queries.stuffing(OTHER, now=NOW + timedelta(seconds=10)) == []
    # A quarter of an hour later only the password tells.
    found = door_queries.stuffing(SHOP, now=NOW + timedelta(minutes=15))
    assert [(one.by, one.accounts) for one in found] == [(None, 6)]
    assert SIGN_IN.number == 1


# -- who met bait -------------------------------------------------------------------------------------


def test_who_met_a_planted_code_is_named() -> None:
    [code] = plant_honeypots(shop_id=SHOP, count=1, why="x", actor="staff:ann", now=NOW)
    try_at(SHOP, "redeem", NOW, ip=IP, device="device-0001", buyer="buyer:7", guess=code)
    # From another address of an attacker, twice: his keys were locked after the first.
    try_at(SHOP, "redeem", NOW + timedelta(seconds=5), ip="198.51.100.3", guess=code)
    found = door_queries.meetings(SHOP, since=NOW - timedelta(days=1))
    assert [(one.place, one.count, [kind for kind, _ in one.keys]) for one in found] == [
        ("redeem", 1, [KeyKind.ADDRESS]), ("redeem", 1, [KeyKind.BUYER, KeyKind.DEVICE, KeyKind.ADDRESS]),
    ]  # fmt: skip
    keys = dict(found[1].keys)
    assert keys[KeyKind.ADDRESS] == key_of(SHOP, KeyKind.ADDRESS, IP)
    names = queries.entities(SHOP, found[1].keys)
    assert names[KeyKind.ADDRESS, keys[KeyKind.ADDRESS]].label == "203.0.113.*"
    assert names[KeyKind.BUYER, keys[KeyKind.BUYER]].label == "buyer:7"
    assert queries.entity_value(SHOP, KeyKind.ADDRESS, keys[KeyKind.ADDRESS]) == IP
    assert door_queries.meetings(OTHER, since=NOW - timedelta(days=1)) == []


def test_who_brought_a_canary_is_named_where_it_is_known() -> None:
    [planted] = plant_canaries(
        shop_id=SHOP, sku_id=UUID(int=5), fingerprints=[b"0" * 16], why="x", actor="staff:ann", now=NOW
    )
    told: dict[str, Any] = {"shop_id": SHOP, "fingerprint": b"0" * 16, "place": "lookup"}
    assert seen(**told, now=NOW)
    assert door_queries.meetings(SHOP, since=NOW - timedelta(days=1)) == []
    for minutes in (1, 2):
        assert seen(**told, now=NOW + timedelta(minutes=minutes), who={KeyKind.BUYER: "staff:ben"})
    [met] = door_queries.meetings(SHOP, since=NOW - timedelta(days=1))
    assert (met.planted_id, met.place, met.count) == (planted, "lookup", 2)
    assert met.keys == ((KeyKind.BUYER, key_of(SHOP, KeyKind.BUYER, "staff:ben")),)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE risk_meeting SET count = 0 WHERE shop_id = %s", [SHOP])
