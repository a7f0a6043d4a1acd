"""Many buyers at once: exactly what there is, no deadlock, and nobody waits behind a queue of others."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction

from goodfor.kernel.invariants import run as run_invariant
from goodfor.promotions import operations, plan_cache
from goodfor.promotions.errors import ClaimRefused, LimitGone
from goodfor.promotions.invariants import INVARIANTS
from goodfor.promotions.models import Coupon, Shard
from goodfor.promotions.operations.claim_coupon import claim_coupon
from goodfor.promotions.operations.make_coupons import make_coupons
from goodfor.promotions.operations.reward_coupon import earn_coupon, lose_coupon
from goodfor.promotions.tests.factories import buyer, cart, flash, line, priced, reduce_by, run, share, shop_and_actor
from goodfor.promotions.types import PART, BatchWish, Limit, Presented

pytestmark = pytest.mark.django_db(transaction=True)


def race(count: int, work: Callable[[int], str]) -> Counter[str]:
    """So many threads at the same moment; what each answered."""
    start = threading.Barrier(count)

    def one(number: int) -> str:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return work(number)
        except (LimitGone, ClaimRefused) as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return Counter(threads.map(one, range(count)))


@contextmanager
def watched() -> Iterator[list[int]]:
    """How long the longest chain of waiters was, look by look."""
    seen: list[int] = []
    over = threading.Event()

    def look() -> None:
        with connection.cursor() as cursor:
            while not over.is_set():
                cursor.execute(
                    "SELECT pid, pg_blocking_pids(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                seen.append(longest(dict(cursor.fetchall())))
                time.sleep(0.002)
        connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def longest(waits: dict[int, list[int]]) -> int:
    def depth(pid: int, path: frozenset[int]) -> int:
        if pid not in waits or pid in path:
            return 0
        return 1 + max((depth(other, path | {pid}) for other in waits[pid]), default=0)

    return max((depth(pid, frozenset()) for pid in waits), default=0)


def all_is_well(now: datetime) -> None:
    with transaction.atomic():
        found = [run_invariant(invariant, now) for invariant in INVARIANTS]
    assert [(one.invariant.name, one.violations[:3]) for one in found if not one.ok] == []


def sell_out(now: datetime, buyers: int) -> tuple[Counter[str], list[int], list[float]]:
    """Buyers at 50 pieces and a code for 20: what each got, chains of waiters, how long those took who got nothing."""
    shop, actor = shop_and_actor(now)
    sale = run(shop, flash(now, Limit("sku", "units", "all", 50), Limit("buyer", "units", "all", 1)), actor, now)
    code = run(shop, reduce_by(now, 100, Limit("campaign", "uses", "all", 20), coupon=True), actor, now)
    wish = BatchWish(code.campaign_id, "public", "开业", code="open-2026")
    batch = make_coupons(shop_id=shop.id, actor=actor, now=now, wish=wish)
    coupon = Coupon.objects.get(shop_id=shop.id, batch_id=batch.id).id
    basket = cart(now, line())
    plan_cache.load(shop.id)
    wishes = {
        "both": priced(basket, share(sale, 500, units=1), share(code, 100, coupon_id=coupon)),
        "sale": priced(basket, share(sale, 500, units=1)),
    }
    refused: list[float] = []

    def buy(number: int) -> str:
        began = time.perf_counter()
        for what, wish in wishes.items():
            try:
                with transaction.atomic():
                    operations.reserve(
                        shop_id=shop.id, order_id=uuid4(), names=buyer(f"b{number}"), cart=basket, priced=wish, now=now
                    )
                    # What else an order does before it commits.
                    time.sleep(0.005)
                return what
            except LimitGone as gone:
                if what == "sale" or gone.campaign_id != code.campaign_id:
                    refused.append(time.perf_counter() - began)
                    raise
        raise AssertionError

    with watched() as chains:
        answers = race(buyers, buy)
    assert sum(row.free for row in Shard.objects.filter(shop_id=shop.id)) == 0
    all_is_well(now)
    return answers, chains, refused


def test_50_units_and_20_uses(now: datetime) -> None:
    answers, chains, _ = sell_out(now, 80)
    assert answers == {"both": 20, "sale": 30, "limit_gone": 30}
    # Who waits, waits at one of 8 shards, at the end at the last pieces that somebody holds: never one line of all.
    assert max(chains, default=0) <= 40


@pytest.mark.soak
def test_twenty_times_over(now: datetime) -> None:
    for _ in range(20):
        answers, chains, refused = sell_out(now, 80)
        assert answers == {"both": 20, "sale": 30, "limit_gone": 30}
        print(f"longest chain {max(chains, default=0)}, refused after at most {max(refused) * 1000:.0f} ms")  # noqa: T201


def test_all_phases_at_once_end_whole(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    skus = [line(quantity=2) for _ in range(3)]
    made = [
        run(shop, flash(now, Limit("sku", "units", "all", 40, PART), Limit("buyer", "uses", "all", 3)), actor, now),
        run(shop, reduce_by(now, 100, Limit("campaign", "minor", "all", 2_000, PART),
                            Limit("device", "minor", "day", 900)), actor, now),
        run(shop, reduce_by(now, 50, Limit("campaign", "uses", "week", 15),
                            Limit("phone", "uses", "all", 2)), actor, now),
    ]  # fmt: skip
    plan_cache.load(shop.id)
    orders: list[UUID] = [uuid4() for _ in range(12)]

    def act(number: int) -> str:
        dice = random.Random(number)
        for _ in range(12):
            order, basket = dice.choice(orders), cart(now, *dice.sample(skus, dice.randint(1, 3)))
            shares = [share(made[0], 1000, line=place, units=2) for place in range(len(basket.lines))]
            shares += [share(made[1], dice.randint(1, 300)), share(made[2], 50)]
            wish = priced(basket, *dice.sample(shares, dice.randint(1, len(shares))))
            names = buyer(f"b{dice.randint(1, 4)}", device=f"d{dice.randint(1, 3)}", phone=f"p{dice.randint(1, 3)}")
            try:
                with transaction.atomic():
                    # As the order's row is locked around each phase.
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [order.int >> 66])
                    match dice.randint(1, 6):
                        case 1 | 2:
                            operations.reserve(
                                shop_id=shop.id, order_id=order, names=names, cart=basket, priced=wish, now=now
                            )
                        case 3:
                            operations.commit(shop_id=shop.id, order_id=order, now=now)
                        case 4:
                            operations.release(shop_id=shop.id, order_id=order, now=now)
                        case 5:
                            operations.reserve_again(shop_id=shop.id, order_id=order, now=now)
                        case _:
                            operations.roll_back(
                                shop_id=shop.id, order_id=order, whole=dice.random() < 0.3,
                                minor=dice.randint(1, 500), units={dice.choice(skus).sku_id: (1, 2)}, disputed=False,
                                now=now,
                            )  # fmt: skip
            except LimitGone:
                pass
        return "done"

    assert race(16, act)["done"] == 16
    all_is_well(now)


def test_claims_are_counted_to_the_last(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    code = run(shop, reduce_by(now, 100, coupon=True), actor, now)
    batch = make_coupons(
        shop_id=shop.id, actor=actor, now=now, wish=BatchWish(code.campaign_id, "claim", "领券", wanted=15, each=2)
    )

    def take(number: int) -> str:
        claim_coupon(shop_id=shop.id, batch_id=batch.id, names=buyer(f"b{number % 10}"), now=now)
        return "claimed"

    assert race(40, take) == {"claimed": 15, "claim_refused": 25}
    per_buyer = Counter(Coupon.objects.filter(shop_id=shop.id).values_list("buyer_ref", flat=True))
    assert max(per_buyer.values()) <= 2
    all_is_well(now)


def test_a_reward_is_taken_back_while_its_order_lets_it_go(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    code = run(shop, reduce_by(now, 100, coupon=True), actor, now)
    wish = BatchWish(code.campaign_id, "claim", "奖励", wanted=1)
    batch = make_coupons(shop_id=shop.id, actor=actor, now=now, wish=wish)
    coupon_id = earn_coupon(shop_id=shop.id, batch_id=batch.id, buyer_ref="b", now=now)
    assert coupon_id is not None
    order, basket = uuid4(), cart(now, coupons=[Presented(coupon_id, code.campaign_id)])
    wanted = priced(basket, share(code, coupon_id=coupon_id))
    operations.reserve(shop_id=shop.id, order_id=order, names=buyer(), cart=basket, priced=wanted, now=now)
    begun = threading.Event()

    def lose() -> bool:
        try:
            connection.ensure_connection()
            begun.set()
            with transaction.atomic():
                return lose_coupon(shop_id=shop.id, coupon_id=coupon_id, now=now)
        finally:
            connections.close_all()

    with watched() as chains, ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            operations.release(shop_id=shop.id, order_id=order, now=now)
            answer = threads.submit(lose)
            assert begun.wait(60)
            until = time.monotonic() + 60
            while not any(chains) and time.monotonic() < until:
                time.sleep(0.01)
        assert answer.result(60)
    assert any(chains)
    assert Coupon.objects.get(shop_id=shop.id, id=coupon_id).state == "void"
    all_is_well(now)
