"""Comparing in tests: rehearsed days, and what was found of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from goodfor.kernel.tenancy import platform_job
from goodfor.recon.operations.reconcile import reconcile
from goodfor.recon.sources import Sources
from goodfor.recon.types import RunView, Scope

FOUND = """
SELECT b.category, CASE WHEN b.category IN ('C9', 'S6') THEN u.account
       WHEN b.category = 'C10' THEN b.detail ->> 'reference'
       ELSE coalesce(nullif(t.key, ''), nullif(t.alt_key, ''), o.key) END
FROM recon_break b JOIN recon_run u ON u.id = b.run_id AND u.live
LEFT JOIN recon_row t ON t.id = b.theirs_id LEFT JOIN recon_row o ON o.id = b.ours_id
WHERE b.shop_id = %s
"""


def compare(shop_id: UUID, scope: Scope, sources: Sources, now: datetime) -> RunView:
    return reconcile(scope=replace(scope, shop_id=shop_id), sources=sources, actor="test", now=now)


def compare_all(shop_id: UUID, scopes: Iterable[Scope], sources: Sources, now: datetime) -> list[RunView]:
    return [compare(shop_id, scope, sources, now) for scope in scopes]


def found(shop_id: UUID) -> Counter[tuple[str, str]]:
    return Counter((row[0], row[1]) for row in sql(FOUND, [shop_id]))


def sql(text: str, params: Any = ()) -> list[tuple[Any, ...]]:
    with platform_job("test"), connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall() if cursor.description else []


def matches(shop_id: UUID) -> set[tuple[str, str, str]]:
    """Pairs of the live runs by what names their rows."""
    rows = sql(
        """SELECT o.source, t.source, m.by FROM recon_match m JOIN recon_run u ON u.id = m.run_id AND u.live
           JOIN recon_row o ON o.id = m.ours_id JOIN recon_row t ON t.id = m.theirs_id WHERE m.shop_id = %s""",
        [shop_id],
    )
    return {(row[0], row[1], row[2]) for row in rows}
