"""Nobody learns from the answer or its time what was the matter with a code, measured."""

import hashlib
import statistics
import time
from collections.abc import Callable
from datetime import datetime
from math import erfc, sqrt
from uuid import UUID

import pytest
from django.db import connection

from goodfor.kernel.errors import Conflict, NotFound, Unavailable
from goodfor.kernel.ids import uuid7
from goodfor.risk.doors.codes import code_fingerprint, new_code, parse_code
from goodfor.risk.doors.uniform import SlowHash, alike, same_digest, steady
from goodfor.risk.errors import NotAccepted
from goodfor.risk.operations.answered import answered
from goodfor.risk.operations.knock import knock
from goodfor.risk.tests.door_helpers import keys

TRIES = 400
#: Seconds of a step, at least and at most: as short as the machine's present load allows, so that the test is.
SHORTEST, LONGEST = 0.015, 0.06


def advantage(one: list[float], other: list[float]) -> tuple[float, float]:
    """Mann-Whitney: how often a time of the one is above one of the other (0.5: a coin), and p of two sides."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks, place = 0.0, 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        ranks += (place + end + 1) / 2 * sum(1 for _, which in ranked[place:end] if which == 0)
        place = end
    n, m = len(one), len(other)
    u = ranks - n * (n + 1) / 2
    z = (u - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)
    return u / (n * m), erfc(abs(z) / sqrt(2))


def timed(ways: dict[str, Callable[[], object]], tries: int) -> dict[str, list[float]]:
    """Milliseconds of each way, in turn, so that the machine's moods meet them all alike."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(tries):
        for name, work in ways.items():
            began = time.perf_counter()
            work()
            found[name].append((time.perf_counter() - began) * 1000)
    return found


@pytest.fixture
def ways(transactional_db: None, now: datetime) -> dict[str, Callable[[], object]]:
    """A redemption of five kinds of codes, over a table with a hundred thousand others; where it stops differs."""
    shop_id, other = uuid7(), uuid7()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE code_of_test (shop uuid, hash bytea, used boolean, pin bytea)")
        cursor.execute(
            "INSERT INTO code_of_test SELECT %s, sha256(n::text::bytea), false, sha256('x')"
            " FROM generate_series(1, 100000) n",
            [shop_id],
        )
        cursor.execute("CREATE INDEX ON code_of_test (hash); ANALYZE code_of_test")
    given = {name: new_code() for name in ("unknown", "used", "foreign", "wrong")}

    def hashed(code: str) -> bytes:
        return code_fingerprint(shop_id, code)

    def put(name: str, shop: UUID, used: bool) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO code_of_test VALUES (%s, %s, %s, sha256('1234'))",
                [shop, hashed(given[name]), used],
            )

    put("used", shop_id, True)
    put("foreign", other, False)
    put("wrong", shop_id, False)

    def redeem(text: str) -> None:
        code = parse_code(text)
        assert code is not None
        made = knock(shop_id=shop_id, door="redeem", keys=keys(f"10.0.0.{len(asked)}"), now=now, paid=4)
        asked.append(made)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT shop, used, pin FROM code_of_test WHERE hash = %s", [code_fingerprint(shop_id, code)]
            )
            row = cursor.fetchone()
        try:
            if row is None or row[0] != shop_id:
                raise NotFound
            if row[1]:
                # Who says so early gives it away.
                raise Conflict("used")
            hashlib.pbkdf2_hmac("sha256", b"9999", b"salt", 3000)
            if not same_digest(bytes(row[2]), hashlib.sha256(b"9999").digest()):
                raise NotFound
        finally:
            if made.allowed:
                answered(made, good=False, now=now)

    asked: list[object] = []
    return {name: lambda text=code: redeem(text) for name, code in given.items()}


def refused(work: Callable[[], object]) -> None:
    with pytest.raises((NotAccepted, NotFound, Conflict)):
        work()


@pytest.mark.soak
def test_four_ways_of_being_wrong_take_the_same_time(ways: dict[str, Callable[[], object]]) -> None:
    """400 of each: equal medians, and nobody does better than a coin at telling two of them apart."""
    bare = timed({name: lambda one=work: refused(one) for name, work in ways.items()}, 40)
    slow = sorted(one for times in bare.values() for one in times)[-8]
    step = min(LONGEST, max(SHORTEST, slow * 2 / 1000))
    hidden = {name: lambda one=work: refused(lambda: alike(one, seconds=step)) for name, work in ways.items()}
    timed(hidden, 20)
    found = timed(hidden, TRIES)
    medians = {name: statistics.median(times) for name, times in found.items()}
    names = list(found)
    for place, one in enumerate(names):
        for other in names[:place]:
            share, p = advantage(found[one], found[other])
            assert abs(share - 0.5) < 0.1, (one, other, share, p, medians)
            assert abs(medians[one] - medians[other]) < 0.25, medians
            assert p > 1e-4, (one, other, share, p, medians)


@pytest.mark.slow
def test_the_measure_bites(ways: dict[str, Callable[[], object]]) -> None:
    """Without the door's help the same four are told apart."""
    bare = {name: lambda one=work: refused(one) for name, work in ways.items()}
    timed(bare, 10)
    found = timed(bare, 150)
    share, p = advantage(found["wrong"], found["unknown"])
    assert share > 0.65
    assert p < 1e-6


def test_one_error_for_all() -> None:
    for error in (NotFound("no such code"), Conflict("used already"), NotAccepted("pin")):

        def work(told: Exception = error) -> None:
            raise told

        with pytest.raises(NotAccepted) as caught:
            alike(work, seconds=0.001)
        assert caught.value.problem() == NotAccepted().problem()
        assert caught.value.__cause__ is None

    def broken() -> None:
        raise Unavailable

    with pytest.raises(Unavailable):
        alike(broken, seconds=0.001)
    assert alike(lambda: 7, seconds=0.001) == 7


def test_steady_ends_at_whole_steps() -> None:
    """Told by a clock of its own: whatever the work took, the end is at a multiple of the step."""
    for work, end in ((0.0, 1.0), (0.3, 1.0), (1.0, 1.0), (1.01, 2.0), (4.5, 5.0)):
        at = [100.0]

        def sleep(seconds: float, at: list[float] = at) -> None:
            # A sleep that is cut short is gone on with.
            at[0] += seconds / 2 if seconds > 0.01 else seconds

        with steady(1.0, clock=lambda at=at: at[0], sleep=sleep):
            at[0] += work
        assert at[0] == pytest.approx(100 + end)
    with pytest.raises(KeyError), steady(0.001):
        raise KeyError


def test_nobodys_hash_is_as_much_work() -> None:
    done: list[str] = []
    slow = SlowHash(lambda given, stored: (done.append(stored), given == stored)[1], lambda text: f"made {text}")
    assert slow.fits("a", "a")
    assert not slow.fits("made nobody's", None)
    assert not slow.fits("x", "")
    assert done == ["a", "made nobody's", "made nobody's"]
    assert not same_digest(None, bytes(32))
    assert not same_digest(None, b"x" * 16)
    assert not same_digest(b"x" * 16, b"x" * 32)
    assert same_digest(b"x" * 32, b"x" * 32)
