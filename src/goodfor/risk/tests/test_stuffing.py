"""Lists tried out: seen across accounts, whatever the address; and honest errors are not."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from goodfor.kernel.ids import uuid7
from goodfor.risk.doors import codes, stuffing
from goodfor.risk.doors.keys import PASSWORD_BITS, beginning_mark, password_mark
from goodfor.risk.features import catalogue
from goodfor.risk.tests.door_helpers import keys, sql, try_at
from goodfor.risk.types import Value

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop_id() -> UUID:
    return uuid7()


def facts(shop_id: UUID, now: datetime, ip: str = "", device: str = "", **more: str) -> dict[str, Value]:
    return stuffing.facts(shop_id=shop_id, door=more.pop("door", "sign_in"), keys=keys(ip, device), now=now, **more)


def fails(shop_id: UUID, now: datetime, ip: str, subject: str, guess: str = "x", device: str = "") -> None:
    assert try_at(shop_id, "sign_in", now, ip=ip, subject=subject, device=device, guess=guess, paid=4).allowed


def test_accounts_failed_from_one_network(shop_id: UUID, now: datetime) -> None:
    for n in range(20):
        fails(shop_id, now + n * timedelta(seconds=20), f"192.0.2.{n}", f"a{n // 2}", guess=f"p{n}")
    at = now + timedelta(minutes=7)
    assert facts(shop_id, at, "192.0.2.99")["stuffed_accounts_10m"] == 10
    assert facts(shop_id, at, "192.0.3.99")["stuffed_accounts_10m"] == 0
    assert facts(shop_id, at + timedelta(minutes=6), "192.0.2.99")["stuffed_accounts_10m"] == 5
    assert facts(uuid7(), at, "192.0.2.99")["stuffed_accounts_10m"] == 0


def test_accounts_failed_from_one_device(shop_id: UUID, now: datetime) -> None:
    """Another address each time, the same cookie."""
    for n in range(5):
        fails(shop_id, now, f"10.{n}.0.1", f"a{n}", device="d")
    assert facts(shop_id, now + timedelta(minutes=1), "10.9.0.1", "d")["stuffed_accounts_10m"] == 5


def test_one_password_at_many_accounts(shop_id: UUID, now: datetime) -> None:
    """A spray from everywhere: every address and device once."""
    for n in range(30):
        fails(shop_id, now + n * timedelta(minutes=1), f"10.{n}.0.1", f"a{n}", guess="Sommer2026!")
    at = now + timedelta(minutes=30)
    told = facts(shop_id, at, "10.99.0.1", guess="Sommer2026!")
    assert (told["same_password_accounts_1h"], told["stuffed_accounts_10m"]) == (30, 0)
    assert facts(shop_id, at, "10.99.0.1", guess="another")["same_password_accounts_1h"] == 0
    assert facts(shop_id, now + timedelta(minutes=80), guess="Sommer2026!")["same_password_accounts_1h"] == 9


def test_one_person_who_forgot_a_password_is_nobody(shop_id: UUID, now: datetime) -> None:
    for n in range(4):
        fails(shop_id, now, "192.0.2.1", "me", guess=f"p{n}")
    assert facts(shop_id, now + timedelta(minutes=1), "192.0.2.1", guess="p1") == {
        "stuffed_accounts_10m": 1, "same_password_accounts_1h": 1, "sound_guesses_10m": 0, "alike_guesses_10m": 0,
    }  # fmt: skip


def test_being_right_leaves_no_trace_of_the_password(shop_id: UUID, now: datetime) -> None:
    try_at(shop_id, "sign_in", now, ip="192.0.2.1", subject="me", guess="right", good=True)
    assert sql("SELECT mark, guess, subject, address FROM risk_door_answer") == [(None, None, None, None)]
    assert facts(shop_id, now + timedelta(minutes=1), "192.0.2.1", guess="right")["same_password_accounts_1h"] == 0


def test_guesses_at_codes(shop_id: UUID, now: datetime) -> None:
    """Sound codes that nobody has, and such as begin alike; slips are neither."""
    for n in range(4):
        code = codes.with_checks((99 << 50) + n)
        try_at(shop_id, "redeem", now, ip=f"192.0.2.{n}", paid=4, guess=code, sound=True)
        try_at(shop_id, "redeem", now, ip=f"192.0.2.{n}", paid=4, guess=code[:-1] + "0", sound=False)
    at = now + timedelta(minutes=1)
    told = facts(shop_id, at, "192.0.2.9", door="redeem", guess=codes.with_checks((99 << 50) + 7))
    assert told["sound_guesses_10m"] == 4
    assert told["alike_guesses_10m"] >= 4
    assert told["same_password_accounts_1h"] == 0
    other = facts(shop_id, at, "10.0.0.9", door="redeem", guess=codes.new_code())
    assert (other["sound_guesses_10m"], other["alike_guesses_10m"]) == (0, 0)


def test_what_is_kept_of_a_password_tells_little(shop_id: UUID) -> None:
    marks = {password_mark(shop_id, f"password{n}") for n in range(2000)}
    assert max(marks) < 1 << PASSWORD_BITS
    assert 1990 < len(marks) <= 2000
    assert password_mark(shop_id, "a") != password_mark(uuid7(), "a")
    assert beginning_mark(shop_id, "redeem", "SHORT1234") is None
    assert beginning_mark(shop_id, "redeem", "SHORT12345") is not None


def test_features_have_names_and_words(shop_id: UUID, now: datetime) -> None:
    known = catalogue(stuffing.FEATURES)
    assert set(known) == set(facts(shop_id, now))
    assert all(str(feature.words) for feature in known.values())
