"""Rolling up."""

import threading
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from goodfor.ledger import queries
from goodfor.ledger.operations import roll_up
from goodfor.ledger.tests.factories import BANK, NOW, ORDER, SALES, audit, entry, put, sql

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")


def rolled() -> list[int]:
    return [row[0] for row in sql("SELECT amount_minor FROM ledger_rollup ORDER BY amount_minor")]


def test_a_rollup_changes_no_balance_and_counts_each_posting_once() -> None:
    other = uuid4()
    for n in range(1, 6):
        put(SHOP, entry(f"r:{n}", (BANK, n), (ORDER, -n)))
        put(other, entry(f"r:{n}", (BANK, 10 * n), (SALES, -10 * n)))
    assert roll_up(now=NOW) == 4
    assert roll_up(now=NOW) == 0
    assert queries.balance(SHOP, ORDER) == 15
    put(SHOP, entry("r:9", (BANK, 5), (ORDER, -5)))
    assert queries.balance(SHOP, ORDER) == 20
    assert roll_up(now=NOW) == 2
    assert queries.balance(SHOP, ORDER) == 20
    assert rolled() == [-150, -20, 20, 150]
    assert audit() == {}


def test_small_batches_end_up_at_the_same() -> None:
    for n in range(1, 8):
        put(SHOP, *(entry(f"r:{n}:{k}", (BANK, n), (ORDER, -n)) for k in range(3)))
    rounds = 0
    while roll_up(now=NOW, batch=1):
        rounds += 1
    assert rounds > 1
    assert rolled() == [-84, 84]
    assert audit() == {}


def test_a_transaction_that_is_still_running_is_not_passed_over() -> None:
    begun, go = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            put(SHOP, entry("slow", (BANK, 7), (ORDER, -7)))
            begun.set()
            go.wait(10)
        connections.close_all()

    thread = threading.Thread(target=slow)
    put(SHOP, entry("first", (BANK, 1), (ORDER, -1)))
    thread.start()
    assert begun.wait(10)
    put(SHOP, entry("fast", (BANK, 2), (ORDER, -2)))
    roll_up(now=NOW)
    assert queries.balance(SHOP, ORDER) == 3
    go.set()
    thread.join(10)
    assert queries.balance(SHOP, ORDER) == 10
    while roll_up(now=NOW):
        pass
    assert queries.balance(SHOP, ORDER) == 10
    assert sql(
        "SELECT amount_minor FROM ledger_rollup r JOIN ledger_account a ON a.id = r.account_id "
        "WHERE a.shop_id = %s AND a.code = %s",
        [SHOP, ORDER],
    ) == [(-10,)]
    assert audit() == {}
