"""Many at once on one wallet: no unit is spent twice, none is lost, and the same source counts once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event
from time import sleep
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction

from goodfor.cli import world
from goodfor.kernel import invariants
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger import operations as ledger
from goodfor.ledger import queries as books
from goodfor.loyalty import queries
from goodfor.loyalty.errors import InvalidPoints, NotEnoughPoints
from goodfor.loyalty.invariants import INVARIANTS
from goodfor.loyalty.operations.expire_units import expire_units
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.pass_units_on import pass_units_on
from goodfor.loyalty.operations.revalue_units import revalue_units
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.spend_units import spend_units
from goodfor.loyalty.operations.take_back_units import take_back_units
from goodfor.loyalty.types import Holder, Source, Terms

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 8


def spend(shop_id: UUID, holder: Holder, now: datetime) -> bool:
    with transaction.atomic():
        moved = spend_units(
            shop_id=shop_id, holder=holder, units=100, order_id=uuid4(), buys_minor=100, actor="buyer", now=now
        )
        ledger.post(shop_id=shop_id, currency="CNY", entries=moved.entries, now=now)
    return True


def give(shop_id: UUID, holder: Holder, units: int, name: str, now: datetime, **more: datetime) -> bool:
    move = give_units(
        shop_id=shop_id, holder=holder, units=units, source=Source("test", name), currency="CNY", minor=units, now=now,
        **more,
    )  # fmt: skip
    return not move.again


def test_at_once(transactional_db: None) -> None:
    """Spent, given twice, passed on in circles, taken back and ended, all at once; then everything adds up."""
    now = utc_now()
    shop_id = world.make_shop(now).shop_id
    one, other = Holder(uuid4()), Holder(uuid4())
    for n in range(5):
        give(shop_id, one, 100, f"lot {n}", now, expires_at=now + timedelta(days=n + 1))
    soon = now + timedelta(hours=1)
    give(shop_id, other, 70, "ends", now, expires_at=soon)

    def hand(n: int) -> list[bool]:
        done = []
        acts = (
            lambda: spend(shop_id, one, now),
            lambda: give(shop_id, other, 10, "the same", now),
            lambda: bool(
                pass_units_on(
                    shop_id=shop_id, giver=(one, other)[n % 2], taker=(other, one)[n % 2], units=7,
                    source=Source("present", str(n)), actor="buyer", now=now,
                )
            ),
            lambda: bool(
                take_back_units(
                    shop_id=shop_id, holder=other, units=3, source=Source("back", str(n)), currency="CNY", debt=True,
                    now=now,
                )
            ),
            lambda: expire_units(now=soon) >= 0,
        )  # fmt: skip
        try:
            for act in acts:
                try:
                    done.append(act())
                except (NotEnoughPoints, InvalidPoints):
                    done.append(False)
        finally:
            connections.close_all()
        return done

    with ThreadPoolExecutor(HANDS) as pool:
        told = list(pool.map(hand, range(HANDS)))
    spent = sum(done[0] for done in told)
    assert spent <= 5
    assert sum(done[1] for done in told) == 1
    held = [queries.balance(shop_id, holder, soon) for holder in (one, other)]
    moved = sum(line.units for holder in (one, other) for line in queries.statement(shop_id, holder, limit=1000))
    assert sum(balance.available + balance.pending - balance.debt for balance in held) == moved
    with platform_job("audit in a test"):
        assert [one.name for one in INVARIANTS if invariants.run(one, soon).count] == []


def test_reckoned_anew_while_it_is_spent(transactional_db: None) -> None:
    """Who spends waits for the step that reckons his lots, and spends by their new worth; the other way round, too."""
    now = utc_now()
    shop_id = world.make_shop(now).shop_id
    people = [Holder(uuid4()) for _ in range(2)]
    for one in people:
        give(shop_id, one, 1000, f"lot {one.owner}", now)
    set_terms(shop_id=shop_id, terms=Terms(on=True, value_centi=50, redeem_bp=10_000), actor="staff:1", now=now)

    def at_once(first: Callable[[], object], then: Callable[[], object]) -> None:
        """The second begins while the first, done, has not been committed; it ends only after that."""
        done = Event()

        def held() -> None:
            try:
                with transaction.atomic():
                    first()
                    done.set()
                    waits()
            finally:
                done.set()
                connections.close_all()

        def late() -> None:
            try:
                assert done.wait(20)
                then()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            for one in [pool.submit(held), pool.submit(late)]:
                one.result()

    def reckon() -> object:
        return revalue_units(shop_id=shop_id, now=now)

    at_once(reckon, lambda: spend(shop_id, people[0], now))
    at_once(lambda: spend(shop_id, people[1], now), reckon)
    with platform_job("audit in a test"):
        assert [one.name for one in INVARIANTS if invariants.run(one, now).count] == []
    assert books.balance(shop_id, "2203:points") == 2 * 900 * 50 // 100


def waits() -> None:
    """Until somebody waits for what this transaction holds."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
        sleep(0.05)
    raise AssertionError("nobody waits")
