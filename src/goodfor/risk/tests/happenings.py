"""Events as the engine writes them, for tests of links; where its tables are not there, tables of the same shape."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from goodfor.kernel.ids import uuid7
from goodfor.risk.types import SCENE_NUMBERS, Result, Scene

_EVENTS = """
CREATE TABLE risk_event (
    id bigserial PRIMARY KEY, at timestamptz NOT NULL, amount_minor bigint NOT NULL, buyer bigint, device bigint,
    network bigint, address bigint, phone bigint, mail bigint, instrument bigint, batch bigint, referrer bigint,
    shop_id uuid NOT NULL, scene smallint NOT NULL, result smallint NOT NULL)
"""
_ENTITIES = """
CREATE TABLE risk_entity (
    id uuid PRIMARY KEY, shop_id uuid NOT NULL, kind smallint NOT NULL, key bigint NOT NULL, label varchar(80) NOT NULL,
    first_at timestamptz NOT NULL, last_at timestamptz NOT NULL)
"""


def sql(text: str, *params: Any) -> list[tuple[Any, ...]]:
    """Run a statement; its rows, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(text, params or None)
        return list(cursor.fetchall()) if cursor.description else []


def make_tables() -> list[str]:
    """The engine's tables where there are none; the names of those that were made."""
    made = []
    for name, text in (("risk_event", _EVENTS), ("risk_entity", _ENTITIES)):
        if sql("SELECT to_regclass(%s)", name) == [(None,)]:
            sql(text)
            made.append(name)
    return made


def happen(
    shop_id: UUID, at: datetime, scene: Scene = Scene.ORDER, result: Result = Result.ATTEMPT, **keys: int
) -> int:
    """An event of these keys; its number."""
    columns = ["shop_id", "at", "scene", "result", "amount_minor", *keys]
    values = [shop_id, at, SCENE_NUMBERS[scene], int(result), 0, *keys.values()]
    marks = ", ".join(["%s"] * len(columns))
    rows = sql(f"INSERT INTO risk_event ({', '.join(columns)}) VALUES ({marks}) RETURNING id", *values)
    return int(rows[0][0])


def name(shop_id: UUID, kind: int, key: int, label: str, at: datetime) -> None:
    """A label for a key."""
    sql(
        "INSERT INTO risk_entity (id, shop_id, kind, key, label, first_at, last_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        uuid7(), shop_id, kind, key, label, at, at,
    )  # fmt: skip


def link(shop_id: UUID, buyer: int, key: int, kind: int, at: datetime) -> None:
    """A link as the loop would have written it."""
    sql(
        """INSERT INTO risk_link (shop_id, key, buyer, kind, first_at, last_at, settled)
           VALUES (%s, %s, %s, %s, %s, %s, false)
           ON CONFLICT (shop_id, key, buyer) DO UPDATE SET first_at = least(risk_link.first_at, excluded.first_at),
               settled = risk_link.settled AND risk_link.first_at <= excluded.first_at""",
        shop_id, key, buyer, kind, at, at,
    )  # fmt: skip


def rows_of(shop_id: UUID) -> dict[int, tuple[int, int, int, int]]:
    """The groups as they are stored: kind, cluster, size, buyers by key."""
    found = sql("SELECT key, kind, cluster, size, buyers FROM risk_cluster WHERE shop_id = %s", shop_id)
    return {key: tuple(rest) for key, *rest in found}  # type: ignore[misc]
