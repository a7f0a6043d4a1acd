"""The long evidence of the ledger, L1 to L8, as `goodfor soak ledger` runs it. GOODFOR_SOAK_SCALE makes it less."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from goodfor.kernel.errors import DomainError
from goodfor.ledger import queries
from goodfor.ledger.operations import fill_days, hold, post, reverse, roll_up, seal, settle_hold, void_hold
from goodfor.ledger.tests.factories import BANK, NOW, ORDER, SALES, audit, entry, put, sql, tamper, together, wallet
from goodfor.ledger.tests.test_model import play
from goodfor.ledger.tests.test_storms import drain, storm_of_references

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.soak]
SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")
CHUNKS = 20
TABLES = (
    "ledger_tx, ledger_posting, ledger_account, ledger_balance, ledger_rollup, ledger_daily, ledger_period, ledger_seal"
)


def sized(full: int) -> int:
    """The size of a test, at least one."""
    return max(1, round(full * float(os.environ.get("GOODFOR_SOAK_SCALE", "1"))))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_l1_random_histories_agree_with_the_model(chunk: int) -> None:
    """1,000 seeds of 500 operations; compared after each, all invariants after every 25th."""
    each = sized(1_000 // CHUNKS)
    for seed in range(1_000_000 + chunk * each, 1_000_000 + (chunk + 1) * each):
        play(seed, 500, 25)
        # The invariants look at everything there is: without what earlier seeds left.
        tamper(f"TRUNCATE {TABLES}")


def test_l3_ten_thousand_references_from_eight_threads() -> None:
    storm_of_references(sized(10_000))


def pairs(count: int, act: Callable[[int, int], Any]) -> Counter[str]:
    """Two at once at each of so many things: how often what they said came."""
    gate, said = threading.Barrier(2, timeout=120), [[], []]  # type: ignore[var-annotated]

    def worker(side: int) -> int:
        for number in range(count):
            gate.wait()
            try:
                act(side, number)
                said[side].append("done")
            except DomainError as error:
                said[side].append(error.code)
        return 0

    assert together([lambda: worker(0), lambda: worker(1)], seconds=3_600) == [0, 0]
    return Counter("/".join(sorted(both)) for both in zip(*said, strict=True))


def test_l4_of_two_reversals_exactly_one_wins() -> None:
    count = sized(5_000)
    ids = [tx for n in range(count) for tx in put(SHOP, entry(f"r:{n}", (BANK, 1), (ORDER, -1)))]
    ends = pairs(count, lambda side, n: reverse(shop_id=SHOP, tx_id=ids[n], reference=f"v:{n}:{side}", now=NOW))
    assert ends == {"done/ledger_already_reversed": count}
    assert queries.balance(SHOP, ORDER) == 0
    assert audit() == {}


def test_l4_of_settling_and_voiding_exactly_one_wins() -> None:
    count = sized(5_000)
    code = wallet(SHOP, count)
    held = [
        hold(shop_id=SHOP, currency="CNY", entry=entry(f"h:{n}", (code, 1), (ORDER, -1)), now=NOW) for n in range(count)
    ]

    def act(side: int, n: int) -> None:
        if (side + n) % 2 or n % 3 == 0:
            settle_hold(shop_id=SHOP, hold_tx=held[n], reference=f"s:{n}:{side}", now=NOW)
        else:
            void_hold(shop_id=SHOP, hold_tx=held[n], reference=f"s:{n}:{side}", now=NOW)

    assert pairs(count, act) == {"done/ledger_already_settled": count}
    settled = sql("SELECT count(*) FROM ledger_tx WHERE kind LIKE '%%.settled'")[0][0]
    assert queries.balance(SHOP, ORDER) == settled
    assert queries.available(SHOP, code) == count - settled
    assert audit() == {}


@pytest.mark.parametrize("slices", [1, 8, 32])
def test_l5_sixty_four_threads_drain_an_account(slices: int) -> None:
    drain(slices, threads=64, total=sized(100_000), steps=2_000)


def test_l6_mixed_functions_on_accounts_in_random_order_never_deadlock() -> None:
    """Ten minutes; refusals are the house's own, never a deadlock or a timeout of the database."""
    codes = [wallet(SHOP, 1_000_000, name=f"m{n}", slices=1 + n % 4) for n in range(8)]
    until, refused = time.monotonic() + sized(600), Counter[str]()

    def worker(seed: int) -> int:
        rng, count = random.Random(seed), 0
        mine: list[int] = []
        held: list[int] = []
        while time.monotonic() < until:
            count += 1
            a, b, c, d = rng.sample(codes, 4)
            name = f"x:{seed}:{count}"
            with suppress_refusals(refused):
                match rng.randrange(6):
                    case 0 | 1:
                        mine += put(
                            SHOP, entry(name, (a, 7), (b, -7)), entry(name + "y", (c, 3), (d, -3), (a, 2), (b, -2))
                        )
                    case 2:
                        one = entry(name, (a, 5), (c, 2), (ORDER, -7))
                        held.append(hold(shop_id=SHOP, currency="CNY", entry=one, now=NOW))
                    case 3 if held:
                        settle_hold(shop_id=SHOP, hold_tx=held.pop(), reference=name, now=NOW)
                    case 4 if held:
                        void_hold(shop_id=SHOP, hold_tx=held.pop(), reference=name, now=NOW)
                    case 5 if mine:
                        reverse(shop_id=SHOP, tx_id=mine.pop(rng.randrange(len(mine))), reference=name, now=NOW)
        return count

    def jobs() -> int:
        while time.monotonic() < until:
            roll_up(now=NOW, batch=50)
            seal(now=NOW, batch=50)
            fill_days(now=NOW, batch=50)
        return 1

    results = together([*[(lambda s=s: worker(s)) for s in range(12)], jobs], seconds=sized(600) + 120)
    assert not [r for r in results if isinstance(r, Exception)], results
    assert all(results)
    assert set(refused) <= {"insufficient_funds"}, refused
    assert audit() == {}


class suppress_refusals(suppress):  # noqa: N801
    """The house's refusals are counted and passed over; what the database says otherwise is not."""

    def __init__(self, counted: Counter[str]) -> None:
        super().__init__(DomainError)
        self.counted = counted

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        if isinstance(error, DomainError):
            self.counted[error.code] += 1
        return bool(super().__exit__(kind, error, trace))


def test_l8_ten_thousand_reads_equal_the_plain_sum() -> None:
    """Balance and days of an account against its postings in the same snapshot, while others write and roll up."""
    reads, wrong, done = sized(10_000) // 4, [], threading.Event()  # type: ignore[var-annotated]

    def writer(seed: int) -> int:
        step = 0
        while not done.is_set():
            step += 1
            post(
                shop_id=SHOP, currency="CNY", now=NOW,
                entries=[
                    entry(f"w:{seed}:{step}", (BANK, 3), (ORDER, -3)),
                    entry(f"v:{seed}:{step}", (ORDER, 1), (SALES, -1)),
                ],
            )  # fmt: skip
        return step

    def roller() -> int:
        rounds = 0
        while not done.is_set():
            rounds += roll_up(now=NOW, batch=50) + fill_days(now=NOW, batch=50)
        return rounds

    def reader() -> int:
        for _ in range(reads):
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                days = queries.daily(SHOP, ORDER, NOW.date(), NOW.date())
                seen = (queries.balance(SHOP, ORDER), days[0].closing_minor if days else 0)
                plain = sql(
                    "SELECT coalesce(-sum(p.amount_minor), 0)::bigint FROM ledger_posting p JOIN ledger_account a "
                    "ON a.id = p.account_id WHERE p.shop_id = %s AND a.code = %s",
                    [SHOP, ORDER],
                )[0][0]
                if seen != (plain, plain):
                    wrong.append((*seen, plain))
        return reads

    def readers() -> int:
        try:
            return sum(together([reader] * 4, seconds=3_600))
        finally:
            done.set()

    results = together([writer_of(writer, 0), writer_of(writer, 1), roller, readers], seconds=3_600)
    assert not [r for r in results if isinstance(r, Exception)], results
    assert (wrong, results[3]) == ([], 4 * reads)
    assert results[2] > 0
    while roll_up(now=NOW) or fill_days(now=NOW):
        pass
    assert audit() == {}


def writer_of(work: Callable[[int], int], seed: int) -> Callable[[], int]:
    return lambda: work(seed)
