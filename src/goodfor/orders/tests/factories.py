"""Steps of a sale through a channel, for the tests of orders, of the audit and of attacks."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.db import connection

from goodfor.kernel import audit, invariants, relay
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger import queries as ledger
from goodfor.orders import queries
from goodfor.orders.operations import apply_payment_fact, buy_with_balance, place_order, start_payment
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.types import Buyer, HoldOrder, LineRequest, OrderView, PlacedOrder
from goodfor.payments import queries as payments
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.run_due_refunds import run_due_refunds
from goodfor.payments.operations.sandbox_books import pay_trade
from goodfor.payments.types import Applied, Fact, PaymentView
from goodfor.vault import queries as vault

KEY = "x" * 32
PRICE = 4850


@dataclass(frozen=True)
class Till:
    """A sandbox account of a shop."""

    shop_id: UUID
    account_id: UUID


def open_till(
    shop_id: UUID, now: datetime, methods: Sequence[str] = ("alipay", "wxpay"), *, code: str = "till"
) -> Till:
    view = open_account(
        shop_id=shop_id, provider="sandbox", code=code, name="模拟", currency="CNY",
        config={"page_url": "/pay/sandbox"}, secrets={"key": KEY, "secret": KEY},
        methods=tuple(methods), enabled=True, actor="test", now=now,
    )  # fmt: skip
    return Till(shop_id, view.id)


def place(
    shop: Shop, now: datetime, quantity: int = 1, *, ref: str = "guest:a", ip: str = "192.0.2.1", contact: str = "",
    hold: HoldOrder | None = None,
) -> PlacedOrder:  # fmt: skip
    return place_order(
        shop_id=shop.demo.shop_id,
        lines=[LineRequest(shop.sku_id, quantity)],
        buyer=Buyer(ref, contact=contact, ip=ip),
        channel="storefront",
        hold=hold,
        now=now,
    )


def buy(shop: Shop, now: datetime, quantity: int = 1, hold: HoldOrder | None = None) -> OrderView:
    return buy_with_balance(
        shop_id=shop.demo.shop_id,
        client_id=shop.demo.client_id,
        wallet_account=shop.demo.wallet_account,
        currency="CNY",
        lines=[LineRequest(shop.sku_id, quantity)],
        external_ref=None,
        hold=hold,
        now=now,
    )


def begin(till: Till, order_id: UUID, now: datetime, method: str = "alipay") -> PaymentView:
    """Start paying; the attempt that was made or taken up."""
    start_payment(
        shop_id=till.shop_id,
        order_id=order_id,
        method=f"till/{method}",
        return_url="https://shop.example/o",
        notify_url="https://shop.example/pay/notify",
        now=now,
    )
    return next(p for p in reversed(payments.payments_of(till.shop_id, "order", order_id)) if p.method == method)


def fact(payment: PaymentView, now: datetime, *, amount_minor: int | None = None, ref: str = "") -> Fact:
    """What the sandbox says once this was paid."""
    return Fact(
        kind="paid",
        provider="sandbox",
        account_id=payment.account_id,
        our_ref=payment.number,
        channel_ref=ref or f"S{payment.number}",
        amount=payment.amount if amount_minor is None else Money(amount_minor, payment.amount.currency),
        happened_at=now,
        source="query",
    )


def pay(payment: PaymentView, now: datetime) -> Applied:
    """The buyer pays, and the fact is applied."""
    assert pay_trade(shop_id=payment.shop_id, number=payment.number, now=now)
    return apply_payment_fact(shop_id=payment.shop_id, fact=fact(payment, now), now=now)


def relay_all(now: datetime) -> None:
    """Tell all events; one waits while any older transaction of the server (of another test run, too) is open."""
    until = time.monotonic() + 10
    while relay.relay_batch(now) or (_untold() and time.monotonic() < until):
        time.sleep(0.005)


def _untold() -> bool:
    newer = "(SELECT upto_xid, upto_id FROM kernel_event_cursor WHERE name = 'relay')"
    return bool(sql(f"SELECT EXISTS (SELECT FROM kernel_event WHERE (xid, id) > {newer})")[0][0])


def seal_all(now: datetime) -> None:
    """Seal the audit trail to its end; waits like `relay_all`."""
    until = time.monotonic() + 10
    sealed = "SELECT count(*) FROM kernel_audit WHERE NOT EXISTS (SELECT FROM kernel_audit_seal WHERE audit_id = id)"
    while audit.seal(now) or (sql(sealed)[0][0] and time.monotonic() < until):
        time.sleep(0.005)


def refund_all(now: datetime) -> None:
    """Let the worker send all refunds and tell the orders."""
    while run_due_refunds(now=now):
        pass
    relay_all(now)


def broken(now: datetime) -> dict[str, tuple[tuple[str, str], ...]]:
    """What the audit says after all events were told."""
    relay_all(now)
    seal_all(now)
    return {r.invariant.name: r.violations for r in invariants.run_all(now) if not r.ok}


def state_of(shop: Shop, order_id: UUID) -> str:
    return queries.order_view(shop.demo.shop_id, order_id).state


def stock(shop: Shop) -> tuple[int, int, int]:
    """Codes available, reserved, sold."""
    level = vault.stock(shop.demo.shop_id, [shop.sku_id])[shop.sku_id]
    return level.available, level.reserved, level.sold


def booked(shop: Shop, account: str) -> int:
    return ledger.balance(shop.demo.shop_id, account)


def sql(text: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    with platform_job("test"), connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall() if cursor.description else []


def forget_all() -> None:
    """Empty the database after a module that committed; the tables of the kernel have no models and are named."""
    sql("SET session_replication_role = replica")
    call_command("flush", interactive=False, verbosity=0)
    [(tables,)] = sql("SELECT string_agg(tablename, ', ') FROM pg_tables WHERE tablename LIKE 'kernel\\_%%'", {})
    sql(f"TRUNCATE {tables}")
    sql("SET session_replication_role = DEFAULT")
    connection.close()


def together(work: Callable[[int], Any], count: int, threads: int = 12) -> list[Any]:
    """Results of `work(0..count-1)` run side by side; a refusal is its code."""

    def one(index: int) -> Any:
        try:
            return work(index)
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(count)))
