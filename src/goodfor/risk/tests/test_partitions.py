"""Months: made ahead, dropped whole, and nothing ever fails for the lack of one."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from goodfor.kernel import loops
from goodfor.kernel.clock import utc_now
from goodfor.risk import queries, tasks
from goodfor.risk.keys import keys_of
from goodfor.risk.operations import assess
from goodfor.risk.operations.keep_partitions import keep_partitions
from goodfor.risk.operations.purge import ENTITY_AGE, purge
from goodfor.risk.tests.engine import act_of, sql
from goodfor.risk.types import KeyKind, Outcome


def months(table: str) -> list[str]:
    """The months that a table has partitions of."""
    return [
        name.removeprefix(f"{table}_")
        for (name,) in sql(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass ORDER BY 1", [table]
        )
        if not name.endswith("default")
    ]


@pytest.mark.django_db
def test_months_are_made_ahead_and_again_is_nothing(now: datetime) -> None:
    before = set(months("risk_event"))
    assert keep_partitions(now=now) == 8
    for table in ("risk_event", "risk_decision"):
        assert set(months(table)) - before == {"2026_01", "2026_02", "2026_03", "2026_04"}
    assert keep_partitions(now=now) == 0
    # A partition has the indexes and the guards of all.
    [(indexes,)] = sql("SELECT count(*) FROM pg_indexes WHERE tablename = 'risk_event_2026_01'")
    assert indexes == 12
    triggers = sql("SELECT tgname FROM pg_trigger WHERE tgrelid = 'risk_event_2026_01'::regclass ORDER BY 1")
    assert triggers == [("risk_event_kept",), ("risk_event_whole",)]


@pytest.mark.django_db
def test_what_has_no_month_is_judged_all_the_same_and_gets_one(now: datetime) -> None:
    shop = uuid4()
    far = [now, now - timedelta(days=40), now + timedelta(days=200), datetime(2031, 5, 5, tzinfo=UTC)]
    decisions = [assess(act_of(shop, at)) for at in far]
    assert [one.outcome for one in decisions] == [Outcome.ALLOW] * 4
    assert sql("SELECT count(*) FROM risk_event_default") == [(4,)]
    assert sql("SELECT count(*) FROM risk_decision_default") == [(4,)]
    assert keep_partitions(now=now) == 8 + 8 - 2, "rows moved, months made; that of now was made for its row"
    assert sql("SELECT count(*) FROM risk_event_default") == [(0,)]
    assert sql("SELECT DISTINCT tableoid::regclass::text FROM risk_event ORDER BY 1") == [
        ("risk_event_2025_11",), ("risk_event_2026_01",), ("risk_event_2026_07",), ("risk_event_2031_05",),
    ]  # fmt: skip
    for one in decisions:
        assert queries.decision(shop, one.id).line.id == one.id
    assert keep_partitions(now=now) == 0
    # The guards stand in the new default partition too.
    assess(act_of(shop, datetime(2033, 1, 1, tzinfo=UTC)))
    for statement in ("DELETE FROM risk_event_default", "TRUNCATE risk_event_default"):
        with pytest.raises(DatabaseError, match="is refused"), transaction.atomic():
            sql(statement)


@pytest.mark.django_db
def test_old_months_are_dropped_whole(now: datetime) -> None:
    for table in ("risk_event", "risk_decision"):
        for month in ("2023-11-01", "2023-12-01", "2024-09-01", "2024-10-01"):
            sql("SELECT risk_make_partition(%s, %s)", [table, month])
    keep_partitions(now=now)
    assert "2024_09" not in months("risk_event")
    assert "2024_10" in months("risk_event"), "fifteen whole months beside the present one"
    assert "2023_11" not in months("risk_decision")
    assert "2023_12" in months("risk_decision"), "twenty-five"
    assert keep_partitions(now=now) == 0


@pytest.mark.django_db(transaction=True)
def test_who_reads_a_table_is_not_driven_out() -> None:
    """An old month is dropped in the next round; decisions go before."""
    now = utc_now()
    sql("SELECT risk_make_partition('risk_event', '2001-01-01')")
    params = {k: v for k, v in connection.get_connection_params().items() if k in ("dbname", "user", "host", "port")}
    with psycopg.connect(**params) as other:
        other.execute("SELECT count(*) FROM risk_event")
        keep_partitions(now=now)
        assert "2001_01" in months("risk_event")
        other.rollback()
    assert keep_partitions(now=now) == 1
    assert "2001_01" not in months("risk_event")


@pytest.mark.django_db
def test_names_of_keys_go_when_no_event_can_be_left(now: datetime) -> None:
    shop = uuid4()
    assess(act_of(shop, now))
    assert purge(now=now + ENTITY_AGE) == 0
    later = now + ENTITY_AGE + timedelta(seconds=1)
    assert purge(now=later, limit=5) == 5
    assert purge(now=later) == 4
    assert purge(now=later) == 0
    assert queries.entities(shop, [(KeyKind.BUYER, keys_of(act_of(shop, now))[KeyKind.BUYER])]) == {}


def test_the_worker_does_it() -> None:
    assert loops.REGISTRY["risk.partitions"].fn is tasks.keep_months
    assert loops.REGISTRY["risk.purge"].fn is tasks.purge_old
