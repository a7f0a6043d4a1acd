"""Many at once: idempotency, draining a guarded account, rollups under readers."""

import random
from uuid import UUID

import pytest
from django.db import connection, transaction

from goodfor.ledger import queries
from goodfor.ledger.errors import IdempotencyMismatch, InsufficientFunds
from goodfor.ledger.operations import roll_up
from goodfor.ledger.tests.factories import BANK, NOW, ORDER, SALES, audit, counts, entry, put, sql, together, wallet

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")


def test_each_reference_from_eight_threads_at_once() -> None:
    storm_of_references(60)


def storm_of_references(references: int) -> None:
    """Each from eight threads at once, every tenth by one of them with another payload: one transaction each."""
    code = wallet(SHOP, 1_000 * references)

    def worker(seed: int) -> list[tuple[int, int | None]]:
        out: list[tuple[int, int | None]] = []
        order = list(range(references))
        random.Random(seed // 2).shuffle(order)
        for n in order:
            changed = seed == 7 and n % 10 == 0
            amount = 100 + (1 if changed else 0)
            try:
                out.append((n, put(SHOP, entry(f"s:{n}", (code, amount), (ORDER, -amount)))[0]))
            except IdempotencyMismatch:
                out.append((n, None))
        return out

    results = together([(lambda s=s: worker(s)) for s in range(8)], seconds=3_600)
    ids: dict[int, set[int]] = {n: set() for n in range(references)}
    refused = 0
    for result in results:
        for n, tx in result:
            refused += tx is None
            if tx is not None:
                ids[n].add(tx)
    assert all(len(found) == 1 for found in ids.values())
    assert counts()[0] == references + 1
    # The changed payload came first for some: then the seven plain ones were refused.
    amounts = [
        row[0] for row in sql("SELECT amount_minor FROM ledger_posting WHERE layer = 0 AND amount_minor IN (100, 101)")
    ]
    assert len(amounts) == references
    assert refused == sum(7 if a == 101 else 0 for a in amounts) + len(range(0, references, 10)) - amounts.count(101)
    assert audit() == {}


@pytest.mark.parametrize("slices", [1, 8])
def test_threads_drain_an_account_to_exactly_zero(slices: int) -> None:
    drain(slices, threads=12, total=1_500, steps=200)


def drain(slices: int, *, threads: int, total: int, steps: int) -> None:
    """Many take random amounts until nothing is left: never below the floor, never refused while enough was there."""
    code = wallet(SHOP, total, slices=slices)

    def worker(seed: int) -> int:
        rng, taken = random.Random(seed), 0
        for step in range(steps):
            amount = rng.randint(1, 40)
            try:
                put(SHOP, entry(f"d:{seed}:{step}", (code, amount), (ORDER, -amount)))
                taken += amount
            except InsufficientFunds:
                if amount == 1:
                    break
                # Refused only while less than the amount is left: nobody puts money back here.
                assert queries.available(SHOP, code) < amount
        return taken

    results = together([(lambda s=s: worker(s)) for s in range(threads)], seconds=3_600)
    assert all(isinstance(r, int) for r in results), results
    left = queries.available(SHOP, code)
    assert sum(results) + left == total
    if left:
        put(SHOP, entry("last", (code, left), (ORDER, -left)))
    assert queries.available(SHOP, code) == 0
    assert audit() == {}


def test_mixed_accounts_in_random_order_never_deadlock() -> None:
    codes = [wallet(SHOP, 100_000, name=f"m{n}", slices=1 + n % 3) for n in range(6)]

    def worker(seed: int) -> int:
        rng = random.Random(seed)
        for step in range(40):
            a, b = rng.sample(codes, 2)
            c, d = rng.sample(codes, 2)
            put(SHOP, entry(f"x:{seed}:{step}", (a, 7), (b, -7)), entry(f"y:{seed}:{step}", (c, 3), (d, -3)))
        return 1

    assert together([(lambda s=s: worker(s)) for s in range(8)]) == [1] * 8
    assert sum(queries.balance(SHOP, code) for code in codes) == 600_000
    assert audit() == {}


def test_rollup_and_tail_equal_the_plain_sum_in_every_snapshot() -> None:
    wrong: list[tuple[int, int]] = []

    def writer(seed: int) -> int:
        for step in range(80):
            put(
                SHOP,
                entry(f"w:{seed}:{step}", (BANK, 3), (ORDER, -3)),
                entry(f"v:{seed}:{step}", (ORDER, 1), (SALES, -1)),
            )
        return 0

    def roller() -> int:
        return sum(roll_up(now=NOW, batch=7) for _ in range(150))

    def reader() -> int:
        for _ in range(120):
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                seen = queries.balance(SHOP, ORDER)
                plain = sql(
                    "SELECT coalesce(-sum(p.amount_minor), 0) FROM ledger_posting p JOIN ledger_account a "
                    "ON a.id = p.account_id WHERE p.shop_id = %s AND a.code = %s",
                    [SHOP, ORDER],
                )[0][0]
                if seen != plain:
                    wrong.append((seen, plain))
        return 0

    results = together([*[(lambda s=s: writer(s)) for s in range(3)], roller, reader, reader])
    assert not [r for r in results if isinstance(r, Exception)], results
    assert wrong == []
    assert results[3] > 0
    while roll_up(now=NOW):
        pass
    assert queries.balance(SHOP, ORDER) == 3 * 80 * 2
    assert audit() == {}
