"""Races for scarce codes: exact counts, no code twice, no deadlock."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from goodfor.kernel.crypto import keyring
from goodfor.vault import operations, queries
from goodfor.vault.errors import FileRefused, OutOfStock, ReservationLost
from goodfor.vault.importing import source
from goodfor.vault.tests.factories import codes, fold, load, rows, states_of, write
from goodfor.vault.types import ImportOptions, StockLevel

pytestmark = pytest.mark.django_db(transaction=True)
MINUTES = timedelta(minutes=15)


def race(count: int, work: Callable[[int], str]) -> Counter[str]:
    """Run `work` in that many threads at once, each with a connection of its own; what they answered."""
    start = threading.Barrier(count)

    def one(number: int) -> str:
        try:
            start.wait(timeout=30)
            return work(number)
        except (OutOfStock, ReservationLost, FileRefused) as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return Counter(threads.map(one, range(count)))


def buy_patiently(shop: UUID, sku: UUID, holder: UUID, now: datetime) -> None:
    """Take one code; one that somebody else has locked for a moment is not a shortage yet."""
    for _attempt in range(200):
        try:
            operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=1, now=now)
            return
        except OutOfStock:
            time.sleep(0.01)
    raise OutOfStock


def test_40_race_for_20(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, codes(20, prefix="R"), now)
    holders = [uuid4() for _ in range(40)]

    def buy(number: int) -> str:
        with transaction.atomic():
            operations.take(shop_id=shop, sku_id=sku, holder_id=holders[number], quantity=1, now=now)
        return "sold"

    assert race(40, buy) == {"sold": 20, "out_of_stock": 20}
    assert states_of(shop) == {2: 20}
    shown = [
        code.secret
        for holder in holders
        for code in operations.reveal(shop_id=shop, holder_id=holder, code_ids=None, now=now)
    ]
    assert sorted(shown) == sorted(secret for _, secret in codes(20, prefix="R"))
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(0, 0, 20)}


def test_orders_of_three_never_share(shop: UUID, sku: UUID, now: datetime) -> None:
    for part in "ABC":
        load(shop, sku, codes(10, prefix=part), now)

    def buy(_: int) -> str:
        for _attempt in range(20):
            try:
                operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=3, now=now)
                return "sold"
            except OutOfStock:
                # Codes that another buyer held for a moment may be free again.
                continue
        return "out_of_stock"

    assert race(16, buy)["sold"] == 10
    assert states_of(shop) == {2: 30}
    per_holder = rows("SELECT count(*) FROM vault_code WHERE shop_id = %s GROUP BY holder_id", [shop])
    assert per_holder == [(3,)] * 10


def test_pay_cancel_and_time_out_at_once(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 10, now)
    holders = [uuid4() for _ in range(10)]
    for holder in holders:
        operations.reserve(shop_id=shop, sku_id=sku, holder_id=holder, quantity=1, until=now, now=now)

    def act(number: int) -> str:
        holder = holders[number % 10]
        if number < 10:
            operations.sell_reserved(shop_id=shop, holder_id=holder, quantity=1, now=now)
            return "sold"
        if number < 20:
            return f"released {operations.release(shop_id=shop, holder_id=holder, now=now)}"
        return f"expired {operations.expire_reservations(now=now + MINUTES)}"

    answers = race(24, act)
    sold = answers["sold"]
    assert sold + answers["reservation_lost"] == 10
    freed = answers["released 1"] + sum(
        int(answer.split()[1]) * times for answer, times in answers.items() if answer.startswith("expired")
    )
    assert sold + freed == 10
    assert states_of(shop) == {state: n for state, n in ((0, freed), (2, sold)) if n}


def test_the_same_reservation_sells_once(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 3, now)
    holder = uuid4()
    operations.reserve(shop_id=shop, sku_id=sku, holder_id=holder, quantity=3, until=now + MINUTES, now=now)

    def pay(_: int) -> str:
        operations.sell_reserved(shop_id=shop, holder_id=holder, quantity=3, now=now)
        return "sold"

    assert race(12, pay) == {"sold": 1, "reservation_lost": 11}
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(0, 0, 3)}


def test_reveal_against_refund(shop: UUID, sku: UUID, now: datetime) -> None:
    """Each code is either shown or taken back, never both."""
    load(shop, sku, 20, now)
    holder = uuid4()
    operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=20, now=now)
    ids = [code.code_id for code in queries.held(shop, holder)]

    def act(number: int) -> str:
        if number == 0:
            return f"back {operations.take_back(shop_id=shop, holder_id=holder, now=now).count}"
        shown = operations.reveal(shop_id=shop, holder_id=holder, code_ids=[ids[number]], now=now)
        return f"shown {len(shown)}"

    answers = race(20, act)
    back = next(int(answer.split()[1]) for answer in answers if answer.startswith("back"))
    assert answers["shown 1"] + back == 20
    assert states_of(shop) == {state: n for state, n in ((0, back), (2, answers["shown 1"])) if n}


def test_folding_while_selling_keeps_the_counts(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 60, now)
    stop = threading.Event()
    seen: list[int] = []

    def watch() -> None:
        try:
            while not stop.is_set():
                operations.fold_stock(limit=3, now=now)
                level = queries.stock(shop, [sku], now)[sku]
                seen.append(level.available + level.reserved + level.sold)
        finally:
            connections.close_all()

    def trade(_: int) -> str:
        for _round in range(5):
            holder = uuid4()
            operations.reserve(shop_id=shop, sku_id=sku, holder_id=holder, quantity=2, until=now + MINUTES, now=now)
            if _round % 2:
                operations.release(shop_id=shop, holder_id=holder, now=now)
            else:
                operations.sell_reserved(shop_id=shop, holder_id=holder, quantity=2, now=now)
        return "done"

    watchers = [threading.Thread(target=watch) for _ in range(2)]
    for watcher in watchers:
        watcher.start()
    try:
        assert race(8, trade) == {"done": 8}
    finally:
        stop.set()
        for watcher in watchers:
            watcher.join()
    assert set(seen) == {60}
    fold(now)
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(12, 0, 48)}


def test_draining_against_taking_back(shop: UUID, sku: UUID, now: datetime) -> None:
    """A code that comes back while its lot drains is for sale after the next fold at the latest."""
    for round_no in range(8):
        load(shop, sku, codes(1, prefix=f"T{round_no}"), now)
        holder = uuid4()
        operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=1, now=now)

        def act(number: int, holder: UUID = holder) -> str:
            if number:
                operations.fold_stock(now=now)
            else:
                operations.take_back(shop_id=shop, holder_id=holder, now=now)
            return "done"

        race(3, act)
        fold(now)
        assert operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=1, now=now).count == 1
    fold(now)


def test_two_imports_of_the_same_codes(shop: UUID, sku: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LINES_PER_CHUNK", 1)
    pairs = codes(5000, prefix="I")
    files: list[Path] = [write(pairs), write(pairs[::-1]), write([*pairs, ("z", "ONLY-HERE-1")])]

    def load_one(number: int) -> str:
        done = operations.import_file(
            shop_id=shop,
            sku_id=sku,
            path=files[number],
            options=ImportOptions(currency="CNY"),
            actor="test",
            now=now,
        )
        counts = done.batch.counts
        assert counts.accepted + counts.duplicate_held == done.batch.lines_done
        return "done"

    answers = race(3, load_one)
    # A file of which the others have stored every code gives none: "no codes" is its honest answer.
    assert answers["done"] + answers["no_codes"] == 3
    assert rows("SELECT count(*), count(DISTINCT fingerprint) FROM vault_code WHERE shop_id = %s", [shop]) == [
        (5001, 5001)
    ]


def test_rotation_while_selling_and_revealing(shop: UUID, sku: UUID, now: datetime) -> None:
    pairs = codes(40, prefix="K")
    load(shop, sku, pairs, now)
    keyring().rotate()
    shown: list[tuple[str, str]] = []

    def act(number: int) -> str:
        if number < 2:
            while operations.rotate_keys(limit=3, now=now).found:
                continue
            return "rotated"
        for _round in range(5):
            holder = uuid4()
            buy_patiently(shop, sku, holder, now)
            revealed = operations.reveal(shop_id=shop, holder_id=holder, code_ids=None, now=now)
            shown.extend((code.number, code.secret) for code in revealed)
        return "sold"

    assert race(10, act) == {"rotated": 2, "sold": 8}
    assert sorted(shown) == sorted(pairs)
    while operations.rotate_keys(now=now).found:
        continue
    assert list(queries.keys_in_use()) == [keyring().active_key_id]
