"""Stock and lines for the tests of delivery, and the proof that a refusal changed nothing."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from goodfor.delivery import invariants as of_delivery
from goodfor.delivery.operations import deliver_now
from goodfor.delivery.types import ToDeliver
from goodfor.kernel import invariants
from goodfor.kernel.errors import DomainError
from goodfor.kernel.tenancy import platform_job
from goodfor.vault import invariants as of_vault
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock
from goodfor.vault.tests.factories import codes, load, rows

HOLD = timedelta(minutes=15)
TABLES = (
    "delivery_reveal", "kernel_audit", "kernel_event", "kernel_history", "vault_code", "vault_lot", "vault_stock",
    "vault_stock_delta",
)  # fmt: skip


@dataclass(frozen=True)
class Stocked:
    """A shop with codes of one SKU, each of which cost 1.00; `codes` are (number, secret) in the order of the file."""

    shop_id: UUID
    sku_id: UUID
    codes: list[tuple[str, str]]


def stocked(count: int, now: datetime, *, shop_id: UUID | None = None, **options: Any) -> Stocked:
    shop, sku = shop_id or uuid4(), uuid4()
    pairs = codes(count, prefix=sku.hex[-8:].upper())
    load(shop, sku, pairs, now, **options)
    return Stocked(shop, sku, pairs)


def line(of: Stocked, quantity: int = 1) -> ToDeliver:
    return ToDeliver(uuid4(), of.sku_id, quantity)


def bought(of: Stocked, now: datetime, quantity: int = 1) -> ToDeliver:
    """A line that was delivered."""
    made = line(of, quantity)
    with transaction.atomic():
        deliver_now(shop_id=of.shop_id, lines=[made], now=now)
    return made


def reserved(of: Stocked, now: datetime, quantity: int = 1, *, hold: timedelta = HOLD) -> ToDeliver:
    """A line that holds a reservation."""
    made = line(of, quantity)
    vault.reserve(
        shop_id=of.shop_id, sku_id=of.sku_id, holder_id=made.line_id, quantity=quantity, until=now + hold, now=now
    )
    return made


def levels(of: Stocked, now: datetime) -> tuple[int, int, int]:
    """Codes available, reserved, sold."""
    level = stock.stock(of.shop_id, [of.sku_id], now)[of.sku_id]
    return level.available, level.reserved, level.sold


def held(of: Stocked, lines: Sequence[ToDeliver]) -> list[int]:
    """How many sold codes each line holds."""
    return [len(stock.held(of.shop_id, made.line_id)) for made in lines]


def everything() -> dict[str, list[str]]:
    """All rows that delivery can touch, as text."""
    with platform_job("test"):
        return {table: sorted(text for (text,) in rows(f"SELECT t::text FROM {table} t")) for table in TABLES}


@contextmanager
def refused(error: type[BaseException], **data: Any) -> Iterator[None]:
    """The block is refused with exactly this error and data, and nothing at all has changed."""
    before = everything()
    with pytest.raises(error) as caught:
        yield
    assert type(caught.value) is error
    assert getattr(caught.value, "data", {}) == data
    assert everything() == before


def violated(now: datetime) -> dict[str, tuple[tuple[str, str], ...]]:
    """Truths of delivery and of the vault that do not hold, with what violates them."""
    connections["default"].ensure_connection()
    with platform_job("audit in a test"):
        results = [invariants.run(truth, now) for truth in (*of_delivery.INVARIANTS, *of_vault.INVARIANTS)]
    return {result.invariant.name: result.violations for result in results if not result.ok}


def race(count: int, work: Callable[[int], str]) -> Counter[str]:
    """Run `work` in that many threads at once, each with a connection of its own; a refusal is its code."""
    start = threading.Barrier(count)

    def one(number: int) -> str:
        try:
            start.wait(timeout=30)
            return work(number)
        except DomainError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return Counter(threads.map(one, range(count)))
