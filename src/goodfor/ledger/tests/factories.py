"""Makers for the ledger's tests."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, connections

from goodfor.kernel import invariants
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger.invariants import INVARIANTS
from goodfor.ledger.operations import open_account, post
from goodfor.ledger.types import Entry, Line

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ORDER, SALES, COGS, BANK = "2203:order", "5001:sales:codes", "5401:cogs:codes", "1002:bank:manual"


def entry(reference: str, *lines: tuple[str, int], kind: str = "test", at: datetime = NOW, **dims: UUID) -> Entry:
    return Entry(reference, kind, tuple(Line(code, amount, **dims) for code, amount in lines), at)


def wallet(shop: UUID, amount: int = 0, *, name: str = "w1", slices: int = 1, floor: int = 0) -> str:
    code = f"2207:wallet:{name}"
    open_account(shop_id=shop, code=code, currency="CNY", guarded=True, floor_minor=floor, slices=slices, now=NOW)
    if amount:
        put(shop, entry(f"fund:{name}:{uuid4()}", (BANK, amount), (code, -amount)))
    return code


def put(shop: UUID, *entries: Entry, now: datetime = NOW) -> list[int]:
    return post(shop_id=shop, currency="CNY", entries=entries, now=now)


def audit(now: datetime = NOW) -> dict[str, list[str]]:
    """Violations by invariant, only those that have any."""
    connection.ensure_connection()
    with platform_job("test"):
        results = [invariants.run(item, now) for item in INVARIANTS]
    return {r.invariant.name: [subject for subject, _ in r.violations] for r in results if not r.ok}


def counts() -> tuple[int, ...]:
    """How many headers, postings and accounts there are: a refusal changes none."""
    with platform_job("test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM ledger_tx), (SELECT count(*) FROM ledger_posting), "
            "(SELECT count(*) FROM ledger_account), (SELECT coalesce(sum(posted_minor), 0) FROM ledger_balance)"
        )
        return tuple(cursor.fetchone())


def sql(text: str, params: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    with platform_job("test"), connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall() if cursor.description else []


def tamper(text: str, params: Sequence[Any] | None = None) -> None:
    """Change rows as a superuser who switches the guards off."""
    sql("SET session_replication_role = replica")
    try:
        sql(text, params)
    finally:
        sql("SET session_replication_role = DEFAULT")


def together(work: Sequence[Callable[[], Any]], seconds: float = 60) -> list[Any]:
    """Run all at once in threads of their own; each result or the exception that it raised."""
    results: list[Any] = [None] * len(work)
    barrier = threading.Barrier(len(work))

    def run(index: int, fn: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(20)
            results[index] = fn()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    return results
